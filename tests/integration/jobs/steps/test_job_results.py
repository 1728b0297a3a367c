"""What a job leaves beside an uploaded recording: translations, and a record if it is asked for."""

import json
from pathlib import Path

from audio_translation.aws.record_key import RecordKey
from tests.audio.tones import spoken
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.uploads import UploadWorld, running_uploads
from tools.verify.check_record import check, record_of


def downloaded(world: UploadWorld, folder: Path) -> Path:
    """Copy the bucket, as ``aws s3 sync`` does; return the folder."""
    s3 = world.aws.client("s3")
    for key in world.aws.keys(BUCKET):
        if not key.startswith("jobs/"):
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return folder


def test_an_upload_has_its_record_beside_its_translations(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path / "work", Records="on") as world:
        world.put("uploads/calls/a.wav", spoken([1]), record="true", response_format="srt,vtt")
        world.put("uploads/calls/b.wav", spoken([2]))
        world.put("uploads/c/translation.json", b'{"record": "yes", "responseFormat": "text"}')
        world.put("uploads/c/d.wav", spoken([3]))
        world.settle()
        written = {key.removeprefix("translations/") for key in world.written()}
        extra = ("transcript.html", "record.json", "record.json.sig")
        assert written == {
            *(f"calls/a.wav.{end}" for end in ("srt", "vtt", *extra)),
            *(f"calls/b.wav.{end}" for end in ("json", "vtt")),
            *(f"c/d.wav.{end}" for end in ("txt", *extra)),
        }
        folder = downloaded(world, tmp_path / "bucket")
        key = tmp_path / "key.pem"
        key.write_text(RecordKey(world.aws.clients, world.values["RecordKey"]).pem)
    record = record_of(folder / "translations/calls/a.wav.vtt")
    assert record.name == "a.wav.record.json"
    report = check(record, key=key)
    assert [(one.name, one.right) for one in report.findings] == [
        ("a.wav.record.json", True),
        ("a.wav.srt", True),
        ("a.wav.vtt", True),
        ("a.wav.transcript.html", True),
        ("source a.wav", True),
    ]
    assert check(folder / "translations/c/d.wav.record.json", key=key).holds
    assert json.loads(record.read_bytes())["source"]["url"].endswith("/uploads/calls/a.wav")
    (folder / "uploads/calls/a.wav").write_bytes(spoken([4]))
    assert [one.name for one in check(record, key=key).findings if one.right is False] == [
        "source a.wav"
    ]


def test_with_all_an_upload_declines_in_its_metadata(
    aws_server: Aws, provider: SpeechProvider, tmp_path: Path
) -> None:
    with running_uploads(aws_server, provider, tmp_path, Records="all") as world:
        world.put("uploads/a.wav", spoken([1]))
        world.put("uploads/b.wav", spoken([2]), record="false")
        world.settle()
        records = [key for key in world.written() if key.endswith("record.json")]
        assert records == ["translations/a.wav.record.json"]


def test_without_records_who_asks_for_one_is_told_beside_the_recording(
    uploads: UploadWorld,
) -> None:
    uploads.put("uploads/a.wav", spoken([1]), record="true")
    uploads.settle()
    assert uploads.error("uploads/a.wav")["param"] == "record"
    assert uploads.written() == ["translations/a.wav.error.json"]
