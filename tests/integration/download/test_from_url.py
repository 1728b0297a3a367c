"""Fetching from a stranger's web server, which is real and on loopback."""

import itertools
import logging
import re
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import trustme

from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Arrival
from audio_translation.download.from_url import HttpDownload
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    UrlNotAllowed,
)
from tests.fakes.source import Source, Step, chunked, head
from tests.integration.download.fetching import (
    AUDIO,
    CHUNKED,
    MIB,
    cut,
    endless,
    fetch,
    refused,
    secure,
    trusting,
)

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
        fetched = fetcher.fetch(source.url("/a.mp3"), folder, Deadline.after(60), Arrival())
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


def test_a_redirect_from_https_to_http_is_followed(
    source: Source, authority: trustme.CA, folder: Path
) -> None:
    with secure(authority, "127.0.0.1") as first:
        url = first.redirect("/a.mp3", source.file("/b.mp3", AUDIO))
        assert fetch(url, folder, tls=trusting(authority)).size == len(AUDIO)


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


def test_spaces_around_and_in_a_url_are_taken_as_a_browser_takes_them(
    source: Source, folder: Path
) -> None:
    source.file("/a%20b.wav", AUDIO)
    fetched = fetch(f" {source.url('/a b.wav')} ", folder)
    assert (fetched.path.read_bytes(), fetched.name) == (AUDIO, "a b.wav")
