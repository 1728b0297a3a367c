"""Audio that comes from a bucket."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Arrival
from audio_translation.download.from_s3 import S3Download
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    RateLimited,
    ServiceError,
    UrlNotAllowed,
)
from tests.fakes.aws.failing import TOLD_BY_AWS, FailingAws, Fault
from tests.fakes.aws.moto_server import BUCKET, OTHER_BUCKET, Aws, ClientsAt
from tests.fakes.proxy import Answered


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


# S3's own trouble

_LONG = random.Random(7).randbytes(3_000_000)


@pytest.fixture
def failing(aws: Aws) -> Iterator[FailingAws]:
    aws.client("s3").put_object(Bucket=BUCKET, Key="long", Body=_LONG)
    with FailingAws(aws.endpoint) as failing:
        yield failing


def fetched(failing: FailingAws, folder: Path, *, seconds: float = 60) -> bytes:
    config = Config(read_timeout=0.3, retries={"total_max_attempts": 1})
    clients = ClientsAt(failing.url, config=config)
    download = S3Download(clients, buckets=frozenset({BUCKET}), max_bytes=2 * len(_LONG))
    url = f"s3://{BUCKET}/long"
    return download.fetch(url, folder, Deadline.after(seconds), Arrival()).path.read_bytes()


def test_a_download_that_breaks_off_goes_on_where_it_was(
    failing: FailingAws, tmp_path: Path
) -> None:
    failing.fail("s3", Fault.CUT_BODY, times=4)
    assert fetched(failing, tmp_path) == _LONG
    assert failing.left == []


@pytest.mark.parametrize("fault", Fault)
def test_what_may_pass_is_not_called_the_audios_fault(
    failing: FailingAws, tmp_path: Path, fault: Fault
) -> None:
    failing.fail("s3", fault)
    with pytest.raises(ServiceError) as raised:
        fetched(failing, tmp_path)
    told = {Fault.THROTTLE: RateLimited, Fault.REFUSE: AudioNotRetrievable}
    assert type(raised.value) is told.get(fault, Internal)
    assert not re.search(f"{BUCKET}|{TOLD_BY_AWS}", raised.value.message)
    assert failing.failed["s3"] == (5 if fault is Fault.CUT_BODY else 1)


def test_without_time_to_go_on_a_download_that_breaks_off_has_failed(
    failing: FailingAws, tmp_path: Path
) -> None:
    failing.fail("s3", Fault.CUT_BODY, times=1)
    with pytest.raises(Internal):
        fetched(failing, tmp_path, seconds=7)


def test_an_object_that_was_replaced_meanwhile_is_not_mixed_with_the_new_one(
    aws: Aws, tmp_path: Path
) -> None:
    class Replacing(FailingAws):
        def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered | None:
            answered = super().answer(method, path, body, headers)
            aws.client("s3").put_object(Bucket=BUCKET, Key="long", Body=_LONG[::-1])
            return answered

    aws.client("s3").put_object(Bucket=BUCKET, Key="long", Body=_LONG)
    with Replacing(aws.endpoint) as failing:
        failing.fail("s3", Fault.CUT_BODY, times=1)
        with pytest.raises(AudioNotRetrievable, match="replaced") as raised:
            fetched(failing, tmp_path)
    assert raised.value.passes, "a job fetches the new one"
