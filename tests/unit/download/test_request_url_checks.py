"""What is refused of a URL by its text alone, before anything is fetched."""

import pytest

from audio_translation.aws.bucket_keys import part_key, source_key
from audio_translation.download.request_url_checks import (
    check_audio_url,
    check_bucket,
    check_callback_url,
    refuse_files_of_others,
)
from audio_translation.errors import UrlNotAllowed

OWN = "stacks-own"
PRIVATE = [
    "http://10.0.0.1/a",
    "http://[::1]/a",
    "http://127.0.0.1/a",
    "http://localhost/a",
    "http://LOCALHOST./a",
    "http://x.localhost/a",
    "http://2852039166/",
    "https://user:hunter2@example.com/a",
    "https://example.com:8443/a",
    "ftp://example.com/a",
    "no-url",
]


def audio(url: str, *, allow_loopback: bool = False) -> None:
    check_audio_url(
        url,
        own_bucket=OWN,
        buckets=frozenset({OWN, "allowed"}),
        allow_loopback=allow_loopback,
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a b.mp3",
        " http://example.com/a.mp3 ",
        "https://93.184.215.14/a",
        "s3://allowed/a",
        f"s3://{OWN}/audio/a.mp3",
    ],
)
def test_what_will_be_fetched_is_taken_and_no_name_is_looked_up(url: str) -> None:
    audio(url)


@pytest.mark.parametrize(
    "url", [*PRIVATE, "s3://other/a", "s3://", f"s3://{OWN}/jobs/1/x", f"s3://{OWN}/uploads/x"]
)
def test_audio_that_will_never_be_fetched_is_refused(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as raised:
        audio(url)
    assert raised.value.param == "audioFileUrl"
    assert "hunter2" not in raised.value.message


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/a", "http://localhost:9000/", "http://[::1]:1/"]
)
def test_loopback_is_for_development(url: str) -> None:
    audio(url, allow_loopback=True)
    check_callback_url(url, allow_loopback=True)


@pytest.mark.parametrize("url", [*PRIVATE, "s3://allowed/a"])
def test_a_callback_is_refused_in_its_own_words(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as raised:
        check_callback_url(url, allow_loopback=False)
    assert raised.value.param == "callbackUrl"
    assert "callbackUrl" in raised.value.message
    assert "audio" not in raised.value.message.replace("audioFileUrl", "audio-in-the-wrong-words")


def test_a_callback_to_a_public_host_is_taken() -> None:
    check_callback_url("https://example.com/hook?token=1", allow_loopback=False)


def test_the_bucket_must_be_one_of_the_buckets() -> None:
    check_bucket("s3://one/k", frozenset({"one"}))
    with pytest.raises(UrlNotAllowed, match="'two'"):
        check_bucket("s3://two/k", frozenset({"one"}))


def test_a_job_reads_what_was_uploaded_for_it_and_no_file_of_another() -> None:
    mine = f"s3://{OWN}/{source_key('mine', 'a.mp3')}"
    refuse_files_of_others(mine, OWN, own_job="mine")
    for url in (mine, f"s3://{OWN}/{part_key('mine', 0, 1)}", f"s3://{OWN}/uploads/a.mp3"):
        with pytest.raises(UrlNotAllowed):
            refuse_files_of_others(url, OWN, own_job="other")
        with pytest.raises(UrlNotAllowed):
            refuse_files_of_others(url, OWN)


def test_the_folders_of_another_bucket_are_nothing_special() -> None:
    refuse_files_of_others("s3://allowed/jobs/1/a.mp3", OWN)
