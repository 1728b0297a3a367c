"""A large file is handed on before all of it is there; the rest comes, fails, or is unwanted."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Unwanted
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    UnsupportedAudio,
)
from tests.fakes.aws.moto_server import BUCKET, Aws
from tests.fakes.source import Source, Step, head
from tests.integration.download.test_download import download

LARGE = bytes(range(256)) * 24_000  # 6 MB
FIRST = 1_000_000
MOOV_LAST = (
    b"\0\0\0\x14ftypM4A \0\0\0\0isom"
    + (len(LARGE) + 8).to_bytes(4, "big")
    + b"mdat"
    + LARGE
    + b"\0\0\0\x08moov"
)
"""The boxes of an m4a whose index comes last."""


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    """Set it for the rest of a file to be sent."""
    event = threading.Event()
    yield event
    event.set()


def fetched(aws: Aws, url: str, folder: Path, *, seconds: float = 20) -> FetchedFile:
    return download(aws, max_bytes=10_000_000, fetch_total_seconds=seconds).fetch(
        url, folder, Deadline.after(30)
    )


def in_two_parts(source: Source, go_on: threading.Event, *, declared: int | None) -> str:
    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(declared))] if declared else [])
        yield LARGE[:FIRST]
        go_on.wait(20)
        yield LARGE[FIRST:]

    return source.script("/talk.mp3", answer)


def test_a_large_file_can_be_read_before_all_of_it_is_there(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    url = in_two_parts(source, go_on, declared=len(LARGE))
    file = fetched(aws, url, folder)
    assert (file.size, file.name) == (len(LARGE), "talk.mp3")
    assert arriving_file.is_arriving(file.path)
    with arriving_file.opened(file.path, Deadline.after(20)) as opened:
        assert opened.read(1000) == LARGE[:1000]
        go_on.set()
        assert opened.read() == LARGE[1000:]
    assert file.rest is not None
    whole = file.rest.result(timeout=20)
    assert (whole.path, whole.size, whole.name) == (file.path, file.size, file.name)
    assert not arriving_file.is_arriving(file.path)
    assert file.path.read_bytes() == LARGE


def test_so_can_a_large_object(aws: Aws, folder: Path) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="a/talk.mp3", Body=LARGE)
    file = fetched(aws, f"s3://{BUCKET}/a/talk.mp3", folder)
    assert (file.size, file.name) == (len(LARGE), "talk.mp3")
    with arriving_file.opened(file.path, Deadline.after(20)) as opened:
        assert opened.read() == LARGE
    if file.rest is not None:
        assert file.rest.result(timeout=20).size == len(LARGE)


@pytest.mark.parametrize("declared", [None, len(LARGE)])
def test_a_file_whose_size_is_not_told_or_small_is_waited_for(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event, declared: int | None
) -> None:
    go_on.set()
    if declared is None:
        file = fetched(aws, in_two_parts(source, go_on, declared=None), folder)
        assert file.path.read_bytes() == LARGE
    else:
        file = fetched(aws, source.file("/small.mp3", LARGE[:4_000_000]), folder)
        assert file.path.read_bytes() == LARGE[:4_000_000]
    assert file.rest is None
    assert not arriving_file.is_arriving(file.path)


def test_a_file_that_breaks_off_is_an_error_of_its_rest(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(LARGE)))])
        yield LARGE[:FIRST]
        go_on.wait(20)

    file = fetched(aws, source.script("/talk.mp3", answer), folder)
    go_on.set()
    assert file.rest is not None
    assert isinstance(file.rest.exception(timeout=20), AudioNotRetrievable)


def test_a_file_that_is_slow_is_an_error_of_its_rest(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    url = in_two_parts(source, go_on, declared=len(LARGE))
    file = fetched(aws, url, folder, seconds=5)
    assert file.rest is not None
    error = file.rest.exception(timeout=20)
    assert isinstance(error, AudioNotRetrievable)
    assert error.slow


def test_a_file_that_is_too_large_is_refused_at_once(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    url = in_two_parts(source, go_on, declared=20_000_000)
    with pytest.raises(AudioTooLarge):
        fetched(aws, url, folder)


def test_a_file_that_nobody_wants_any_more_is_not_fetched_to_its_end(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    url = in_two_parts(source, go_on, declared=len(LARGE))
    file = fetched(aws, url, folder)
    file.cancel()
    go_on.set()
    assert file.rest is not None
    assert isinstance(file.rest.exception(timeout=20), Unwanted)
    assert file.path.stat().st_size < len(LARGE)
    with arriving_file.opened(file.path, Deadline.after(20)) as opened:
        assert opened.seek(-9, io.SEEK_END) == len(LARGE) - 9
        with pytest.raises(AudioNotRetrievable):
            opened.read(9)


@pytest.mark.parametrize("slow", [True, False])
def test_what_needs_the_end_of_a_file_that_does_not_come_fails_as_its_download_does(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event, *, slow: bool
) -> None:
    """Of an m4a even the type is known only with the index at its end."""

    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(MOOV_LAST)))])
        yield MOOV_LAST[:FIRST]
        go_on.wait(20)

    file = fetched(aws, source.script("/talk.m4a", answer), folder, seconds=5 if slow else 20)
    if not slow:
        go_on.set()
    with pytest.raises(AudioNotRetrievable) as raised:
        arriving_file.with_type(file, Deadline.after(20))
    assert raised.value.slow is slow


def test_so_it_does_for_an_object(
    aws: Aws, folder: Path, monkeypatch: pytest.MonkeyPatch, go_on: threading.Event
) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="talk.m4a", Body=MOOV_LAST)

    def breaking(body: StreamingBody, _: int) -> Iterator[bytes]:
        yield body.read(FIRST)
        go_on.wait(20)
        raise ReadTimeoutError(endpoint_url="s3")

    monkeypatch.setattr(StreamingBody, "iter_chunks", breaking)
    file = fetched(aws, f"s3://{BUCKET}/talk.m4a", folder)
    go_on.set()
    with pytest.raises(Internal, match="ReadTimeout"):
        arriving_file.with_type(file, Deadline.after(20))


def test_what_is_no_audio_is_not_fetched_to_its_end(
    aws: Aws, source: Source, folder: Path, go_on: threading.Event
) -> None:
    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(LARGE)))])
        yield b"%PDF-1.7" + LARGE[8:FIRST]
        go_on.wait(20)
        yield LARGE[FIRST:]

    file = fetched(aws, source.script("/talk.pdf", answer), folder)
    with pytest.raises(UnsupportedAudio, match="PDF"):
        arriving_file.with_type(file, Deadline.after(20))
    go_on.set()
    assert file.rest is not None
    assert isinstance(file.rest.exception(timeout=20), Unwanted)
