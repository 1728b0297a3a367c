"""Audio that comes from a bucket."""

from pathlib import Path

import pytest

from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Arrival
from audio_translation.download.from_s3 import S3Download
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    UrlNotAllowed,
)
from tests.fakes.aws.moto_server import BUCKET, OTHER_BUCKET, Aws


def soon() -> Deadline:
    return Deadline.after(60)


@pytest.fixture
def download(aws: Aws) -> S3Download:
    return S3Download(aws.clients, buckets=frozenset({BUCKET, OTHER_BUCKET}), max_bytes=1000)


@pytest.mark.parametrize("bucket", [BUCKET, OTHER_BUCKET])
@pytest.mark.parametrize("key", ["a.mp3", "deep/er/a b+c.mp3", "ü/ñ %41?x=1#y.mp3"])
def test_an_object_is_fetched_by_its_key_as_it_stands(
    aws: Aws, download: S3Download, tmp_path: Path, bucket: str, key: str
) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"audio")
    fetched = download.fetch(f"s3://{bucket}/{key}", tmp_path, soon(), Arrival())
    assert (fetched.path.read_bytes(), fetched.size) == (b"audio", 5)
    assert fetched.name == key.rpartition("/")[2]


@pytest.mark.parametrize("url", ["s3://somebody-elses/a.mp3", "s3:///a.mp3", "s3://", "S3://x/y"])
def test_a_bucket_that_is_not_allowed_is_not_read(
    download: S3Download, tmp_path: Path, url: str
) -> None:
    with pytest.raises(UrlNotAllowed):
        download.fetch(url, tmp_path, soon(), Arrival())


@pytest.mark.parametrize("key", ["missing.mp3", ""])
def test_an_object_that_is_not_there_is_not_retrievable(
    download: S3Download, tmp_path: Path, key: str
) -> None:
    with pytest.raises(AudioNotRetrievable):
        download.fetch(f"s3://{BUCKET}/{key}", tmp_path, soon(), Arrival())


def test_an_object_that_is_too_large_is_not_downloaded(
    aws: Aws, download: S3Download, tmp_path: Path
) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="large", Body=b"x" * 1001)
    with pytest.raises(AudioTooLarge):
        download.fetch(f"s3://{BUCKET}/large", tmp_path, soon(), Arrival())
    assert list(tmp_path.iterdir()) == []


def test_a_download_ends_at_the_deadline(aws: Aws, download: S3Download, tmp_path: Path) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="a", Body=b"x")
    with pytest.raises(AudioNotRetrievable, match="in time"):
        download.fetch(f"s3://{BUCKET}/a", tmp_path, Deadline.after(0), Arrival())
