"""A URL goes to the network or to S3, as the settings allow."""

from pathlib import Path

import pytest

from audio_translation.aws.bucket_keys import source_key
from audio_translation.deadline import Deadline
from audio_translation.download.download import Download
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge, UrlNotAllowed
from audio_translation.settings import Settings
from tests.fakes.aws.moto_server import BUCKET, OTHER_BUCKET, Aws
from tests.fakes.source import Source


def download(aws: Aws, *, max_bytes: int = 1000, **changes: object) -> Download:
    settings = Settings.model_validate(
        {"bucket": BUCKET, "allowed_buckets": (OTHER_BUCKET,), "fetch_allow_loopback": True}
        | changes
    )
    return Download(settings, aws.clients, max_bytes=max_bytes)


def test_a_url_is_fetched_over_http_and_an_object_from_its_bucket(
    aws: Aws, source: Source, folder: Path
) -> None:
    url = source.file("/a.mp3", b"from the web")
    assert download(aws).fetch(url, folder, Deadline.after(9)).path.read_bytes() == b"from the web"
    for bucket in (BUCKET, OTHER_BUCKET):
        aws.client("s3").put_object(Bucket=bucket, Key="k", Body=bucket.encode())
        fetched = download(aws).fetch(f"s3://{bucket}/k", folder, Deadline.after(9))
        assert fetched.path.read_bytes() == bucket.encode()


@pytest.mark.parametrize("limit", [4, 5])
def test_the_limit_is_for_both(aws: Aws, source: Source, folder: Path, limit: int) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="k", Body=b"audio")
    for url in (source.file("/a.mp3", b"audio"), f"s3://{BUCKET}/k"):
        if limit == 5:
            assert download(aws, max_bytes=5).fetch(url, folder, Deadline.after(9)).size == 5
        else:
            with pytest.raises(AudioTooLarge):
                download(aws, max_bytes=4).fetch(url, folder, Deadline.after(9))


def test_without_settings_there_is_no_bucket_and_no_loopback(
    aws: Aws, source: Source, folder: Path
) -> None:
    bare = download(aws, bucket="", allowed_buckets=(), fetch_allow_loopback=False)
    for url in (f"s3://{BUCKET}/k", "s3:///k", source.file("/a.mp3", b"audio")):
        with pytest.raises(UrlNotAllowed):
            bare.fetch(url, folder, Deadline.after(9))
        with pytest.raises(UrlNotAllowed):
            bare.check_audio_url(url)
    assert source.requests == []


def test_only_its_own_job_reads_what_was_uploaded_for_one(aws: Aws, folder: Path) -> None:
    key = source_key("job-1", "a.mp3")
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"audio")
    url = f"s3://{BUCKET}/{key}"
    assert download(aws).fetch(url, folder, Deadline.after(9), own_job="job-1").size == 5
    for job in ("job-2", ""):
        with pytest.raises(UrlNotAllowed):
            download(aws).fetch(url, folder, Deadline.after(9), own_job=job)


def test_the_time_that_a_download_may_take_is_a_setting(
    aws: Aws, source: Source, folder: Path
) -> None:
    url = source.script("/a.mp3", lambda: [30.0])
    impatient = download(aws, fetch_total_seconds=0.3)
    with pytest.raises(AudioNotRetrievable, match=r"within 0\.3 seconds"):
        impatient.fetch(url, folder, Deadline.after(9))


def test_a_callback_is_optional_and_checked_if_there_is_one(aws: Aws) -> None:
    strict = download(aws, fetch_allow_loopback=False)
    strict.check_callback_url(None)
    strict.check_callback_url("https://example.com/hook")
    with pytest.raises(UrlNotAllowed):
        strict.check_callback_url("http://127.0.0.1/hook")
    download(aws).check_callback_url("http://127.0.0.1:9000/hook")
