"""Fetching from a stranger's web server, which is real and on loopback."""

import http.client
import inspect
import itertools
import logging
import random
import re
import socket
import ssl
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import urllib3

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.checked_connection import FOREIGN, service_error
from audio_translation.download.from_url import HttpDownload
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    ServiceError,
    UrlNotAllowed,
)
from tests.fakes.source import Source, Step, chunked, drip, head

AUDIO = random.Random(2).randbytes(200_000)
MIB = 2**20


@pytest.fixture
def source() -> Iterator[Source]:
    with Source() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    return work


def fetch(url: str, folder: Path, *, seconds: float = 60, **changes: Any) -> FetchedFile:
    options: dict[str, Any] = {
        "max_bytes": MIB,
        "connect_seconds": 2,
        "total_seconds": 10,
        "allow_loopback": True,
    }
    return HttpDownload(**(options | changes)).fetch(url, folder, Deadline.after(seconds))


def refused(error: type[ServiceError], url: str, folder: Path, **changes: Any) -> str:
    """Fetch in vain; return the message after checking that nothing is left of the attempt."""
    began = time.monotonic()
    with pytest.raises(error) as raised:
        fetch(url, folder, **changes)
    assert time.monotonic() - began < 10
    assert raised.value.param == "audioFileUrl"
    assert list(folder.iterdir()) == []
    shown = "".join(traceback.format_exception(raised.value))
    assert "Signature" not in shown
    return raised.value.message


def pretend(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that has these addresses for every name."""

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    return resolve


def endless(block: bytes, every: float) -> Iterator[Step]:
    while True:
        yield block
        yield every


# What works


def test_a_file_is_written_byte_for_byte_under_a_name_of_ours(source: Source, folder: Path) -> None:
    url = source.file("/talks/caf%C3%A9%20..%2F..%2Fx.mp3", AUDIO)
    fetched = fetch(url + "?X-Amz-Signature=1#t=10", folder)
    assert fetched.path.read_bytes() == AUDIO
    assert (fetched.size, fetched.name) == (len(AUDIO), "x.mp3")
    assert fetched.path.parent == folder
    assert re.fullmatch(r"audio-\w+", fetched.path.name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", ""),
        ("/a/", ""),
        ("/a.mp3", "a.mp3"),
        ("/a/caf%C3%A9.mp3", "café.mp3"),
        ("/a/%ff.mp3", "\ufffd.mp3"),
        ("/o/folder%2Fa.mp3", "a.mp3"),
    ],
)
def test_the_name_is_the_last_part_of_the_path(
    source: Source, folder: Path, path: str, name: str
) -> None:
    source.file(path.replace("%ff", "%FF"), b"audio")
    assert fetch(source.url(path), folder).name == name


def test_it_asks_once_with_get_and_for_the_file_as_it_is(source: Source, folder: Path) -> None:
    fetch(source.file("/a.mp3", AUDIO) + "?a=1&b=%2F#here", folder)
    (request,) = source.requests
    assert (request.method, request.target) == ("GET", "/a.mp3?a=1&b=%2F")
    assert request.headers["host"] == f"127.0.0.1:{source.port}"
    assert request.headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "referer"} & set(request.headers)


@pytest.mark.parametrize("blocks", [(AUDIO,), (AUDIO[:7], AUDIO[7:99_999], AUDIO[99_999:])])
def test_a_chunked_body_is_put_together(
    source: Source, folder: Path, blocks: tuple[bytes, ...]
) -> None:
    source.script(
        "/a.mp3", lambda: [head(200, [("Transfer-Encoding", "chunked")]), chunked(*blocks)]
    )
    assert fetch(source.url("/a.mp3"), folder).path.read_bytes() == AUDIO


def test_a_body_without_a_length_ends_with_the_connection(source: Source, folder: Path) -> None:
    url = source.file("/a.mp3", AUDIO, declared=None)
    assert fetch(url, folder).path.read_bytes() == AUDIO


def test_bytes_after_the_declared_ones_are_not_part_of_the_file(
    source: Source, folder: Path
) -> None:
    url = source.file("/a.mp3", AUDIO, declared=1000)
    assert fetch(url, folder).path.read_bytes() == AUDIO[:1000]


def test_the_connection_may_stay_open_after_the_declared_bytes(
    source: Source, folder: Path
) -> None:
    def answer() -> Iterable[Step]:
        return head(200, [("Content-Length", "5"), ("Connection", "keep-alive")]), b"audio", 30.0

    began = time.monotonic()
    assert fetch(source.script("/a.mp3", answer), folder).path.read_bytes() == b"audio"
    assert time.monotonic() - began < 10


def test_an_empty_file_is_a_file(source: Source, folder: Path) -> None:
    fetched = fetch(source.file("/a.mp3", b""), folder)
    assert fetched.size == 0
    assert fetched.path.read_bytes() == b""


@pytest.mark.parametrize("value", ["identity", " Identity ", ""])
def test_an_encoding_that_is_none_is_taken(source: Source, folder: Path, value: str) -> None:
    url = source.file("/a.mp3", AUDIO, headers=[("Content-Encoding", value)])
    assert fetch(url, folder).size == len(AUDIO)


def test_a_file_of_exactly_the_limit_is_taken(source: Source, folder: Path) -> None:
    url = source.file("/a.mp3", AUDIO)
    assert fetch(url, folder, max_bytes=len(AUDIO)).size == len(AUDIO)


def test_the_next_address_is_tried_when_one_does_not_answer(source: Source, folder: Path) -> None:
    source.file("/a.mp3", AUDIO)
    url = source.url("/a.mp3", host="two.example")
    # The server listens on 127.0.0.1 alone.
    assert fetch(url, folder, resolve=pretend("127.0.0.2", "127.0.0.1")).size == len(AUDIO)


def test_25_mib_are_fetched_in_constant_memory(source: Source, folder: Path) -> None:
    block = AUDIO[: 64 * 1024]
    source.script(
        "/a.mp3",
        lambda: itertools.chain(
            [head(200, [("Content-Length", str(25 * MIB))])], itertools.repeat(block, 400)
        ),
    )
    fetcher = HttpDownload(
        max_bytes=25 * MIB, connect_seconds=2, total_seconds=30, allow_loopback=True
    )
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        fetched = fetcher.fetch(source.url("/a.mp3"), folder, Deadline.after(60))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert fetched.size == 25 * MIB
    assert peak < 10_000_000, "other threads of this process count, too"


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/b.mp3", "b.mp3", "//127.0.0.1:{port}/b.mp3", "{url}"])
def test_a_redirect_is_followed_and_the_name_stays_that_of_the_first_url(
    source: Source, folder: Path, status: int, location: str
) -> None:
    target = location.format(port=source.port, url=source.file("/b.mp3", AUDIO))
    fetched = fetch(source.redirect("/a.mp3", target, status=status), folder)
    assert fetched.path.read_bytes() == AUDIO
    assert fetched.name == "a.mp3"
    assert [request.method for request in source.requests] == ["GET", "GET"]


@pytest.mark.parametrize("location", ["/caf\u00e9 b.mp3", "/caf%C3%A9%20b.mp3"])
def test_a_redirect_is_followed_as_servers_write_it(
    source: Source, folder: Path, location: str
) -> None:
    source.file("/caf%C3%A9%20b.mp3", AUDIO)
    assert fetch(source.redirect("/a.mp3", location), folder).size == len(AUDIO)


def test_three_redirects_are_followed_and_a_fourth_is_not(source: Source, folder: Path) -> None:
    source.file("/0", AUDIO)
    for hop in range(1, 5):
        source.redirect(f"/{hop}", f"/{hop - 1}")
    assert fetch(source.url("/3"), folder).size == len(AUDIO)
    (folder / "previous").touch()
    with pytest.raises(AudioNotRetrievable, match="after 3 redirects"):
        fetch(source.url("/4"), folder)


def test_a_redirect_in_a_circle_ends(source: Source, folder: Path) -> None:
    source.redirect("/a.mp3", "/a.mp3")
    assert "3 redirects" in refused(AudioNotRetrievable, source.url("/a.mp3"), folder)
    assert len(source.requests) == 4


def test_a_redirect_without_a_location_is_an_answer_like_any_other(
    source: Source, folder: Path
) -> None:
    url = source.file("/a.mp3", b"", status=302)
    assert "answered 302 Found" in refused(AudioNotRetrievable, url, folder)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/?Signature=1",
        "http://10.0.0.1/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0/",
        "//192.168.0.1/",
        "http://0xa9.0xfe.0xa9.0xfe/",
        "http://2852039166/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://user:pass@127.0.0.1:{port}/b.mp3",
        "http://127.0.0.1:{port}\\@example.com/",
        "http://127.0.0.1:0/",
        "http://8.8.8.8:{port}/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "s3://bucket/key",
        "gopher://127.0.0.1:{port}/",
        "http://[",
        "http://[::1",
    ],
)
def test_a_redirect_is_checked_like_the_first_url(
    source: Source, folder: Path, location: str
) -> None:
    source.file("/b.mp3", AUDIO)
    url = source.redirect("/a.mp3", location.format(port=source.port))
    refused(UrlNotAllowed, url, folder)
    assert [request.target for request in source.requests] == ["/a.mp3"]


def test_cookies_are_not_kept_between_hops(source: Source, folder: Path) -> None:
    source.file("/b.mp3", AUDIO)
    source.file("/a.mp3", b"", status=302, headers=[("Location", "/b.mp3"), ("Set-Cookie", "a=1")])
    fetch(source.url("/a.mp3"), folder)
    assert all("cookie" not in request.headers for request in source.requests)


def test_the_body_of_a_redirect_is_not_read(source: Source, folder: Path) -> None:
    source.file("/b.mp3", AUDIO)
    source.script(
        "/a.mp3",
        lambda: itertools.chain(
            [head(302, [("Location", "/b.mp3")])], itertools.repeat(AUDIO, 10_000)
        ),
    )
    began = time.monotonic()
    assert fetch(source.url("/a.mp3"), folder).size == len(AUDIO)
    assert time.monotonic() - began < 10


# Addresses


def test_loopback_is_refused_unless_allowed(source: Source, folder: Path) -> None:
    source.file("/a.mp3", AUDIO)
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"):
        url = source.url("/a.mp3", host=host)
        refused(UrlNotAllowed, url, folder, allow_loopback=False)
        url = url.replace(f":{source.port}", "")
        assert "public" in refused(UrlNotAllowed, url, folder, allow_loopback=False)
    assert source.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to(source: Source, folder: Path) -> None:
    """A name that leads to a public address once and inside the next time gets one look-up."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(0, 0, 0, "", (next(answers), port))]

    source.file("/a.mp3", AUDIO)
    fetched = fetch(source.url("/a.mp3", host="turn.example"), folder, resolve=resolve)
    assert fetched.size == len(AUDIO)
    assert asked == ["turn.example"]
    assert source.requests[0].headers["host"] == f"turn.example:{source.port}"


def test_every_hop_is_resolved_anew_and_refused_if_it_leads_inside(
    source: Source, folder: Path
) -> None:
    answers = {"good.example": "127.0.0.1", "bad.example": "10.0.0.1"}

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(0, 0, 0, "", (answers[host], port))]

    source.redirect("/a.mp3", "http://bad.example/b.mp3")
    url = source.url("/a.mp3", host="good.example")
    message = refused(UrlNotAllowed, url, folder, resolve=resolve)
    assert "bad.example" in message
    assert "10.0.0.1" not in message


def test_a_name_that_mixes_addresses_is_refused_without_a_connection(
    source: Source, folder: Path
) -> None:
    url = source.url("/a.mp3", host="mixed.example")
    refused(UrlNotAllowed, url, folder, resolve=pretend("127.0.0.1", "10.0.0.1"))
    assert source.requests == []


def test_a_host_that_refuses_connections_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}/a.mp3?Signature=1"
    assert "127.0.0.1 does not accept" in refused(AudioNotRetrievable, url, folder)


def test_a_resolver_that_hangs_ends_with_the_connect_time_out(folder: Path) -> None:
    release = threading.Event()

    def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        release.wait(20)
        return []

    try:
        refused(
            AudioNotRetrievable,
            "http://slow.example/a.mp3",
            folder,
            connect_seconds=0.2,
            resolve=resolve,
        )
    finally:
        release.set()


def test_a_name_that_does_not_exist_is_not_retrievable(folder: Path) -> None:
    message = refused(AudioNotRetrievable, "http://a.invalid/x", folder, resolve=pretend())
    assert "a.invalid cannot be resolved" in message


def test_proxies_and_passwords_of_the_environment_are_not_used(
    source: Source, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Source() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
            monkeypatch.setenv(name.upper(), proxy.url(""))
        assert fetch(source.file("/a.mp3", AUDIO), folder).size == len(AUDIO)
        assert proxy.requests == []
    assert "authorization" not in source.requests[0].headers


# Answers that are refused


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (201, "answered 201 Created"),
        (204, "answered 204 No Content"),
        (206, "answered 206 Partial Content"),
        (300, "answered 300 Multiple Choices"),
        (304, "answered 304 Not Modified"),
        (401, "answered 401 Unauthorized"),
        (403, "answered 403 Forbidden. If the URL is signed, it may have expired"),
        (404, "answered 404 Not Found. Check the URL"),
        (429, "answered 429 Too Many Requests"),
        (500, "answered 500 Internal Server Error"),
        (503, "answered 503 Service Unavailable"),
    ],
)
def test_a_status_other_than_200_is_named_and_not_tried_again(
    source: Source, folder: Path, status: int, says: str
) -> None:
    url = source.file("/a.mp3", AUDIO, status=status, headers=[("Retry-After", "0")])
    message = refused(AudioNotRetrievable, url + "?X-Amz-Signature=1", folder)
    assert says in message
    assert message == message.strip()
    assert len(source.requests) == 1


@pytest.mark.parametrize(
    "header",
    [
        ("Content-Encoding", "gzip"),
        ("Content-Encoding", "br"),
        ("Content-Encoding", "identity, gzip"),
        ("Content-Encoding", "x-unknown"),
        ("Transfer-Encoding", "gzip"),
        ("Transfer-Encoding", "gzip, chunked"),
    ],
)
def test_a_compressed_body_is_refused(
    source: Source, folder: Path, header: tuple[str, str]
) -> None:
    url = source.file("/a.mp3", AUDIO, headers=[header], declared=None)
    assert "Content-Encoding" in refused(AudioNotRetrievable, url, folder)


def test_a_declared_size_over_the_limit_is_refused_before_the_body(
    source: Source, folder: Path
) -> None:
    source.script("/a.mp3", lambda: [head(200, [("Content-Length", str(MIB + 1))]), 30.0])
    message = refused(AudioTooLarge, source.url("/a.mp3"), folder)
    assert "larger than 1 MiB" in message


@pytest.mark.parametrize("framing", [[], [("Transfer-Encoding", "chunked")]])
def test_an_endless_body_ends_at_the_limit(
    source: Source, folder: Path, framing: list[tuple[str, str]]
) -> None:
    block = b"%x\r\n%b\r\n" % (len(AUDIO), AUDIO)
    source.script("/a.mp3", lambda: itertools.chain([head(200, framing)], itertools.repeat(block)))
    message = refused(AudioTooLarge, source.url("/a.mp3"), folder, max_bytes=26_214_400)
    assert "larger than 25 MiB" in message


def test_the_limit_counts_what_has_arrived_however_slowly(source: Source, folder: Path) -> None:
    source.script("/a.mp3", lambda: itertools.chain([head(200)], endless(AUDIO[:1000], 0.02)))
    refused(AudioTooLarge, source.url("/a.mp3"), folder, max_bytes=5000, total_seconds=1)


def cut(*steps: Step) -> Callable[[], Iterable[Step]]:
    return lambda: steps


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    "answer",
    [
        cut(head(200, [("Content-Length", "200000")]), AUDIO[:1000]),
        cut(head(200, [("Content-Length", "5")])),
        cut(head(200, [CHUNKED]), chunked(AUDIO[:1000])[:-5]),
        cut(head(200, [CHUNKED]), b"3e8\r\n", AUDIO[:500]),
        cut(head(200, [CHUNKED])),
        cut(head(200, [CHUNKED]), b"nonsense\r\naudio\r\n0\r\n\r\n"),
        cut(head(200, [CHUNKED]), b"-5\r\naudio\r\n0\r\n\r\n"),
        cut(head(200, [CHUNKED]), b"f" * 100_000),
        cut(head(200, [("Content-Length", "5"), ("Content-Length", "7")]), b"audio"),
        cut(b""),
        cut(b"\r\n\r\n"),
        cut(b"audio, straight away"),
        cut(b"HTTP/1.1 abc OK\r\n\r\n"),
        cut(b"HTTP/9.9 200 OK\r\n\r\naudio"),
        cut(b"HTTP/1.1 99999 OK\r\n\r\n"),
        cut(head(200)[:-10]),
        cut(b"SSH-2.0-OpenSSH_9.2\r\n"),
        cut(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\naudio"),
        cut(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\naudio"),
        cut(b"HTTP/1.1 200 " + b"O" * 100_000 + b"\r\n\r\naudio"),
        cut(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"audio"),
    ],
)
def test_an_answer_that_is_cut_or_malformed_is_not_retrievable(
    source: Source, folder: Path, answer: Callable[[], Iterable[Step]]
) -> None:
    source.script("/a.mp3", answer)
    refused(AudioNotRetrievable, source.url("/a.mp3") + "?X-Amz-Signature=1", folder)
    assert len(source.requests) == 1


# Time


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [30.0],
        lambda: drip(head(200, [("X", "y" * 1000)]), 0.02),
        lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], endless(b"X: y\r\n", 0.02)),
        lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n", 0.02),
        lambda: [head(200, [("Content-Length", "1000")]), 30.0],
        lambda: itertools.chain(
            [head(200, [("Content-Length", "1000")])], drip(AUDIO[:1000], 0.02)
        ),
        lambda: itertools.chain([head(200)], drip(AUDIO[:1000], 0.02)),
        lambda: itertools.chain([head(200, [CHUNKED])], drip(chunked(AUDIO[:1000]), 0.02)),
        lambda: itertools.chain([head(200, [CHUNKED])], drip(b"0" * 1000 + b"5\r\n", 0.02)),
        lambda: itertools.chain([head(200, [CHUNKED]), b"0\r\n"], endless(b"X: y\r\n", 0.02)),
    ],
    ids=[
        "silence",
        "dripping head",
        "endless head",
        "endless 100 Continue",
        "silence for a body",
        "dripping body",
        "dripping body without a length",
        "dripping chunks",
        "dripping size of a chunk",
        "endless trailer",
    ],
)
def test_everything_ends_at_the_deadline(
    source: Source, folder: Path, answer: Callable[[], Iterable[Step]]
) -> None:
    source.script("/a.mp3", answer)
    message = refused(AudioNotRetrievable, source.url("/a.mp3"), folder, total_seconds=0.5)
    assert "within 0.5 seconds" in message


def test_redirects_share_one_deadline(source: Source, folder: Path) -> None:
    for hop in range(1, 4):
        source.script(f"/{hop}", cut(0.25, head(302, [("Location", f"/{hop - 1}")])))
    source.script("/0", cut(0.25, head(200)))
    refused(AudioNotRetrievable, source.url("/3"), folder, total_seconds=0.6)


def test_the_deadline_of_the_request_counts_if_it_is_sooner(source: Source, folder: Path) -> None:
    source.script("/a.mp3", lambda: [30.0])
    refused(AudioNotRetrievable, source.url("/a.mp3"), folder, seconds=0.3)
    refused(AudioNotRetrievable, source.url("/a.mp3"), folder, seconds=0)


def test_a_host_that_does_not_shake_hands_ends_at_the_deadline(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/a.mp3"
        message = refused(AudioNotRetrievable, url, folder, total_seconds=0.4)
    assert "within 0.4 seconds" in message


@contextmanager
def blurting(steps: Iterable[Step]) -> Iterator[int]:
    """A server, by its port, that sends ``steps`` without listening to anything first."""
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                for step in steps:
                    if isinstance(step, bytes):
                        connection.sendall(step)
                    elif stop.wait(step):
                        return
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(5)


def test_a_host_that_drips_its_handshake_ends_at_the_deadline(folder: Path) -> None:
    record = b"\x16\x03\x03\x40\x00" + bytes(1000)
    with blurting(drip(record, 0.02)) as port:
        url = f"https://127.0.0.1:{port}/a.mp3?X-Amz-Signature=1"
        message = refused(AudioNotRetrievable, url, folder, total_seconds=0.4)
    assert "within 0.4 seconds" in message


def test_no_timer_and_no_file_descriptor_stays(folder: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    with Source() as source:
        source.file("/a.mp3", AUDIO)
        source.script("/slow.mp3", lambda: [head(200), AUDIO[:10], 30.0])
        source.redirect("/inside", "http://10.0.0.1/")
        for _ in range(5):
            fetch(source.url("/a.mp3"), folder).path.unlink()
            refused(AudioNotRetrievable, source.url("/slow.mp3"), folder, total_seconds=0.1)
            refused(UrlNotAllowed, source.url("/inside"), folder)
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:
        timer.join(2)
    assert not any(timer.is_alive() for timer in timers)
    assert open_files() <= before


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def secure(authority: trustme.CA, *names: str) -> Source:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return Source(context)


def test_the_certificate_is_checked_for_the_name_in_the_url(
    authority: trustme.CA, folder: Path
) -> None:
    with secure(authority, "audio.example") as source:
        source.file("/a.mp3", AUDIO)
        url = source.url("/a.mp3", host="audio.example")
        fetched = fetch(url, folder, resolve=pretend("127.0.0.1"), tls=trusting(authority))
        assert fetched.path.read_bytes() == AUDIO
        assert source.server_names == ["audio.example"]
        assert source.requests[0].headers["host"] == f"audio.example:{source.port}"


def test_a_certificate_for_the_address_alone_is_not_enough_for_a_name(
    authority: trustme.CA, folder: Path
) -> None:
    with secure(authority, "127.0.0.1", "other.example") as source:
        source.file("/a.mp3", AUDIO)
        url = source.url("/a.mp3", host="audio.example")
        message = refused(
            AudioNotRetrievable,
            url,
            folder,
            resolve=pretend("127.0.0.1"),
            tls=trusting(authority),
        )
        assert "audio.example could not be connected to securely" in message
        assert source.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    authority: trustme.CA, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(bundle))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(bundle))
    with secure(authority, "127.0.0.1") as source:
        url = source.url("/a.mp3") + "?X-Amz-Signature=1"
        assert "securely" in refused(AudioNotRetrievable, url, folder)
        assert source.requests == []


def test_a_port_for_https_that_speaks_plain_http_is_not_retrievable(folder: Path) -> None:
    with blurting([head(400), b"plain HTTP was sent to an HTTPS port"]) as port:
        url = f"https://127.0.0.1:{port}/a.mp3"
        assert "securely" in refused(AudioNotRetrievable, url, folder)


def test_a_redirect_from_https_to_http_is_followed(
    source: Source, authority: trustme.CA, folder: Path
) -> None:
    with secure(authority, "127.0.0.1") as first:
        url = first.redirect("/a.mp3", source.file("/b.mp3", AUDIO))
        assert fetch(url, folder, tls=trusting(authority)).size == len(AUDIO)


def test_a_dripping_body_over_tls_ends_at_the_deadline(authority: trustme.CA, folder: Path) -> None:
    with secure(authority, "127.0.0.1") as source:
        source.script("/a.mp3", lambda: itertools.chain([head(200)], drip(AUDIO[:1000], 0.02)))
        message = refused(
            AudioNotRetrievable,
            source.url("/a.mp3"),
            folder,
            total_seconds=0.5,
            tls=trusting(authority),
        )
    assert "within 0.5 seconds" in message


# What comes out


def test_no_part_of_a_query_is_logged(
    source: Source, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    source.script(
        "/a.mp3",
        lambda: [b"HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\nContent-Length: 5\r\n\r\naudio"],
    )
    fetch(source.url("/a.mp3") + "?X-Amz-Signature=1", folder).path.unlink()
    refused(AudioNotRetrievable, source.url("/none") + "?X-Amz-Signature=1", folder)
    assert "Signature" not in caplog.text


def test_a_fault_of_our_own_disk_is_not_blamed_on_the_url(source: Source, tmp_path: Path) -> None:
    url = source.file("/a.mp3", AUDIO)
    with pytest.raises(FileNotFoundError):
        fetch(url, tmp_path / "missing")


NOT_FROM_A_FETCH = {"MessageDefect", "_GiveupOnSendfile"}
"""What those modules import or define for their own ends. Warnings are not raised either."""


def foreign_errors() -> list[type[Exception]]:
    modules = (http.client, requests.exceptions, urllib3.exceptions, ssl, socket)
    found = {
        kind
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, Exception)
        and not issubclass(kind, Warning)
        and kind.__name__ not in NOT_FROM_A_FETCH
    }
    return sorted(found, key=str)


@pytest.mark.parametrize("kind", foreign_errors(), ids=str)
def test_every_error_of_the_libraries_is_mapped(kind: type[Exception]) -> None:
    assert issubclass(kind, FOREIGN)
    mapped = service_error(kind.__new__(kind), "audio.example")
    assert isinstance(mapped, UrlNotAllowed | AudioNotRetrievable)
    assert mapped.param == "audioFileUrl"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (requests.exceptions.SSLError("x"), "certificate"),
        (ssl.SSLCertVerificationError("x"), "certificate"),
        (urllib3.exceptions.SSLError("x"), "certificate"),
        (requests.exceptions.ReadTimeout("x"), "in time"),
        (TimeoutError("x"), "in time"),
        (ConnectionResetError("x"), "broke off"),
        (http.client.LineTooLong("x"), "broke off"),
        (requests.exceptions.ChunkedEncodingError("x"), "broke off"),
    ],
)
def test_the_message_says_what_happened(error: Exception, says: str) -> None:
    message = service_error(error, "audio.example").message
    assert says in message
    assert "audio.example" in message


def test_spaces_around_and_in_a_url_are_taken_as_a_browser_takes_them(
    source: Source, folder: Path
) -> None:
    source.file("/a%20b.wav", AUDIO)
    fetched = fetch(f" {source.url('/a b.wav')} ", folder)
    assert (fetched.path.read_bytes(), fetched.name) == (AUDIO, "a b.wav")
