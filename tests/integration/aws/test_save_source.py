"""Sources that callers ask to keep."""

from datetime import date
from pathlib import Path

import pytest

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.save_source import SavedSources, safe_name
from audio_translation.errors import SourceNotSaved
from tests.fakes.aws.moto_server import BUCKET, Aws


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"audio")
    return path


def sources(aws: Aws, bucket: str = BUCKET) -> SavedSources:
    return SavedSources(Bucket(aws.clients, bucket), folder="/audio/")


def test_a_source_is_kept_with_its_type(aws: Aws, audio: Path) -> None:
    key = sources(aws).key(date(2026, 2, 1), "id", "x.wav")
    assert key == "audio/2026/02/01/id-x.wav"
    saved = sources(aws).save(audio, key=key, mime="audio/wav")
    assert saved == f"s3://{BUCKET}/{key}"
    kept = aws.client("s3").get_object(Bucket=BUCKET, Key=key)
    assert (kept["Body"].read(), kept["ContentType"]) == (b"audio", "audio/wav")


@pytest.mark.parametrize(("bucket", "reason"), [("", "no bucket"), ("gone", "NoSuchBucket")])
def test_a_source_that_cannot_be_kept_says_why(
    aws: Aws, audio: Path, bucket: str, reason: str
) -> None:
    with pytest.raises(SourceNotSaved, match=reason):
        sources(aws, bucket).save(audio, key="k", mime="audio/wav")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("interview.MP3", "interview.wav"),
        ("a b/../c.mp3", "a-b-..-c.wav"),
        ("..mp3", "audio.wav"),
        ("señal\r\nX: 1.ogg", "se-al-X-1.wav"),
        ("", "audio.wav"),
        (".mp3", "mp3.wav"),
        ("x" * 300 + ".mp3", "x" * 70 + ".wav"),
    ],
)
def test_a_strangers_file_name_becomes_a_plain_one(name: str, safe: str) -> None:
    assert safe_name(name, "wav") == safe
