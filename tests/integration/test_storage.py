"""S3: audio that comes from a bucket, and sources that are kept."""

from pathlib import Path

import pytest

from audio_translation.adapters.storage import Storage
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    SourceNotSaved,
    UrlNotAllowed,
)
from tests.fakes.aws import BUCKET, OTHER_BUCKET, Aws


def soon() -> Deadline:
    return Deadline.after(60)


@pytest.fixture
def storage(aws: Aws) -> Storage:
    return Storage(aws.client("s3"), bucket=BUCKET, allowed_buckets=(OTHER_BUCKET,), max_bytes=1000)


@pytest.mark.parametrize("bucket", [BUCKET, OTHER_BUCKET])
@pytest.mark.parametrize("key", ["a.mp3", "deep/er/a b+c.mp3", "ü/ñ %41?x=1#y.mp3"])
def test_an_object_is_fetched_by_its_key_as_it_stands(
    aws: Aws, storage: Storage, tmp_path: Path, bucket: str, key: str
) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"audio")
    fetched = storage.fetch(f"s3://{bucket}/{key}", tmp_path, soon())
    assert (fetched.path.read_bytes(), fetched.size) == (b"audio", 5)
    assert fetched.name == key.rpartition("/")[2]


@pytest.mark.parametrize("url", ["s3://somebody-elses/a.mp3", "s3:///a.mp3", "s3://", "S3://x/y"])
def test_a_bucket_that_is_not_allowed_is_not_read(
    storage: Storage, tmp_path: Path, url: str
) -> None:
    with pytest.raises(UrlNotAllowed):
        storage.fetch(url, tmp_path, soon())


@pytest.mark.parametrize("key", ["missing.mp3", ""])
def test_an_object_that_is_not_there_is_not_retrievable(
    storage: Storage, tmp_path: Path, key: str
) -> None:
    with pytest.raises(AudioNotRetrievable):
        storage.fetch(f"s3://{BUCKET}/{key}", tmp_path, soon())


def test_an_object_that_is_too_large_is_not_downloaded(
    aws: Aws, storage: Storage, tmp_path: Path
) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="large", Body=b"x" * 1001)
    with pytest.raises(AudioTooLarge):
        storage.fetch(f"s3://{BUCKET}/large", tmp_path, soon())
    assert list(tmp_path.iterdir()) == []


def test_a_download_ends_at_the_deadline(aws: Aws, storage: Storage, tmp_path: Path) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="a", Body=b"x")
    with pytest.raises(AudioNotRetrievable, match="in time"):
        storage.fetch(f"s3://{BUCKET}/a", tmp_path, Deadline.after(0))


def test_a_source_is_kept_with_its_type(aws: Aws, storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"audio")
    assert storage.save(path, "audio/x.wav", "audio/wav") == f"s3://{BUCKET}/audio/x.wav"
    kept = aws.client("s3").get_object(Bucket=BUCKET, Key="audio/x.wav")
    assert (kept["Body"].read(), kept["ContentType"]) == (b"audio", "audio/wav")


def test_a_source_that_cannot_be_kept_says_why(aws: Aws, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"audio")
    for bucket, reason in (("", "no bucket"), ("gone", "NoSuchBucket")):
        storage = Storage(aws.client("s3"), bucket=bucket, allowed_buckets=(), max_bytes=1000)
        with pytest.raises(SourceNotSaved, match=reason):
            storage.save(path, "k", "audio/wav")
