"""What a job keeps in the bucket comes back as it was, and goes when it is to go."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.aws.bucket import Bucket
from audio_translation.errors import Internal, NotFound
from audio_translation.formats.render import Rendered
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import Part
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.unit.jobs.made_jobs import made

TRANSLATION = Translation((Segment(0, 900, "Señor.", tokens=(1, 2)),), "english", 1000, "m")


@pytest.fixture
def files(aws: Aws) -> JobFiles:
    return JobFiles(Bucket(aws.clients, BUCKET))


def part(start: int, end: int, overlap: int = 0) -> Part:
    return Part(Chunk(start, end, (Span(start, end),), overlap), TRANSLATION, paid=end - start)


PARTS = [part(0, 30_000), part(27_000, 60_000, overlap=3_000), part(3_600_000, 3_601_000)]


def test_parts_come_back_as_they_were_in_order(files: JobFiles) -> None:
    files.parts("j").keep_all(reversed(PARTS))
    assert files.parts("j").all() == PARTS
    assert files.parts("other").all() == []


def test_a_part_is_found_by_its_chunk_and_only_if_it_was_there_before(files: JobFiles) -> None:
    files.parts("j").keep(PARTS[0])
    again = files.parts("j")
    assert again.find(PARTS[0].chunk) == PARTS[0]
    assert again.find(PARTS[1].chunk) is None
    assert again.kept == 0


def test_of_two_plans_no_speech_is_told_twice(files: JobFiles) -> None:
    files.parts("j").keep_all([*PARTS, part(10_000, 20_000), part(29_000, 50_000)])
    assert files.parts("j").all() == PARTS


def test_parts_of_two_channels_leave_each_other_alone(files: JobFiles) -> None:
    sides = [replace(p, chunk=replace(p.chunk, channel=n)) for n in (0, 1) for p in PARTS[:2]]
    files.parts("j").keep_all(reversed(sides))
    again = files.parts("j")
    assert again.all() == sides
    assert [again.find(one.chunk) for one in sides] == sides
    assert again.find(PARTS[0].chunk) is None


def test_what_is_noted_of_a_run_is_found_and_is_no_part(files: JobFiles) -> None:
    parts = files.parts("job-notes")
    assert parts.note("speakers-0") is None
    parts.keep_all([], {"speakers-0": '{"paid": 1}'})
    assert files.parts("job-notes").note("speakers-0") == '{"paid": 1}'
    assert (parts.kept, parts.all()) == (1, [])
    files.delete_all("job-notes")
    assert parts.note("speakers-0") is None


def test_a_part_that_cannot_be_read_is_an_error(files: JobFiles, aws: Aws) -> None:
    files.parts("j").keep_all(PARTS)
    aws.client("s3").put_object(Bucket=BUCKET, Key=aws.keys()[0], Body=b"{")
    with pytest.raises(ValueError, match="JSON"):
        files.parts("j").all()


def test_a_copy_of_audio_that_was_uploaded_in_parts_can_be_read(
    files: JobFiles, aws: Aws, tmp_path: Path
) -> None:
    path, again = tmp_path / "a.wav", tmp_path / "again.wav"
    path.write_bytes(bytes(range(256)) * 40_000)  # boto3 uploads from 8 MB on in parts
    aws.client("s3").upload_file(str(path), BUCKET, "recordings/a.wav")
    files.keep_object("j", "a.wav", f"s3://{BUCKET}/recordings/a.wav")
    assert files.kept_audio("j", again) == "a.wav"
    assert again.read_bytes() == path.read_bytes()


def test_audio_is_kept_under_its_name_until_it_is_deleted(
    files: JobFiles, aws: Aws, tmp_path: Path
) -> None:
    path, again = tmp_path / "a", tmp_path / "b"
    assert files.kept_audio("j", again) is None
    path.write_bytes(b"sound")
    files.keep_audio("j", "a.mp3", path, "audio/mpeg")
    assert files.kept_audio("j", again) == "a.mp3"
    assert again.read_bytes() == b"sound"
    files.delete_kept_audio("j")
    assert aws.keys() == []


def test_the_result_is_linked_to_and_deleted_with_the_translation(
    files: JobFiles, aws: Aws
) -> None:
    job = made("j")
    files.save_translation("j", TRANSLATION)
    files.save_result(job, Rendered("Señor.\n", "text/plain; charset=utf-8"))
    assert files.translation("j") == TRANSLATION
    got = requests.get(files.result_link(job, seconds=60).url, timeout=30)
    assert (got.content.decode(), got.headers["content-type"]) == (
        "Señor.\n",
        "text/plain; charset=utf-8",
    )
    files.delete_all(job.id)
    assert aws.keys() == []
    with pytest.raises(NotFound, match="no longer kept"):
        files.translation("j")


def test_what_is_uploaded_for_a_job_is_its_source_and_goes_with_it(
    files: JobFiles, aws: Aws
) -> None:
    source = files.source("j", "a.mp3")
    source.save(b"sound", "audio/mpeg")
    files.source("other", "a.mp3").save(b"sound", "audio/mpeg")
    assert source.url == f"s3://{BUCKET}/jobs/j/source/a.mp3"
    put = requests.put(
        source.upload_link(size=5, mime="audio/mpeg", seconds=60).url,
        b"again",
        headers={"Content-Type": "audio/mpeg"},
        timeout=30,
    )
    assert put.ok
    assert aws.client("s3").get_object(Bucket=BUCKET, Key=source.key)["Body"].read() == b"again"
    files.delete_all("j")
    assert aws.keys() == ["jobs/other/source/a.mp3"]


def test_a_bucket_that_is_not_there_is_an_error_of_the_table(aws: Aws) -> None:
    files = JobFiles(Bucket(aws.clients, "gone"))
    with pytest.raises(Internal, match="NoSuchBucket"):
        files.parts("j").keep(PARTS[0])
