"""What a job keeps in the bucket comes back as it was, and goes when it is to go."""

from pathlib import Path

import pytest
import requests

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.aws.bucket import Bucket
from audio_translation.errors import Internal, NotFound
from audio_translation.formats.render import Rendered
from audio_translation.jobs.job_files import JobFiles
from audio_translation.transcript import Segment, Translation
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.unit.jobs.made_jobs import made

PLAN = [
    Chunk(0, 30_000, (Span(500, 29_000),)),
    Chunk(27_000, 60_000, (Span(29_000, 40_000), Span(41_000, 60_000)), overlap=3_000),
]
TRANSLATION = Translation((Segment(0, 900, "Señor.", tokens=(1, 2)),), "english", 1000, "m")


@pytest.fixture
def files(aws: Aws) -> JobFiles:
    return JobFiles(Bucket(aws.clients, BUCKET))


def test_the_plan_comes_back_as_it_was(files: JobFiles) -> None:
    files.save_plan("j", PLAN)
    assert files.plan("j") == PLAN
    with pytest.raises(Internal, match="bucket does not give"):
        files.plan("other")


def test_chunks_and_their_translations_come_back_each_as_it_was(
    files: JobFiles, aws: Aws, tmp_path: Path
) -> None:
    path = tmp_path / "chunk"
    path.write_bytes(b"sound")
    files.save_chunk("j", 3, path, "audio/flac")
    files.chunk("j", 3, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == b"sound"
    assert not files.has_part("j", 3)
    files.save_part("j", 3, TRANSLATION)
    assert files.has_part("j", 3)
    assert files.part("j", 3) == TRANSLATION
    files.delete_part("j", 3)
    with pytest.raises(Internal):
        files.part("j", 3)


def test_chunks_are_deleted_with_the_plan_and_translations_stay(
    files: JobFiles, aws: Aws, tmp_path: Path
) -> None:
    path = tmp_path / "chunk"
    path.write_bytes(b"sound")
    files.save_plan("j", PLAN)
    for index in range(12):
        files.save_chunk("j", index, path, "audio/flac")
    files.save_part("j", 0, TRANSLATION)
    files.delete_chunks("j", 12)
    assert aws.keys() == ["jobs/j/parts/00000.json"]


def test_the_result_is_linked_to_and_both_ends_are_deleted_together(
    files: JobFiles, aws: Aws
) -> None:
    job = made("j")
    files.save_translation("j", TRANSLATION)
    files.save_result(job, Rendered("Señor.\n", "text/plain; charset=utf-8"))
    assert files.translation("j") == TRANSLATION
    got = requests.get(files.result_link(job, seconds=60), timeout=30)
    assert (got.content.decode(), got.headers["content-type"]) == (
        "Señor.\n",
        "text/plain; charset=utf-8",
    )
    files.delete_result(job)
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
        source.upload_link(size=5, mime="audio/mpeg", seconds=60),
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
        files.save_plan("j", PLAN)
