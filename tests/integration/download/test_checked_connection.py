"""Connections: where they go, when they end, whom they trust, what their errors say."""

import http.client
import inspect
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import urllib3

from audio_translation.download.checked_connection import FOREIGN, service_error
from audio_translation.errors import (
    AudioNotRetrievable,
    UrlNotAllowed,
)
from tests.fakes.source import Source, Step, chunked, drip, head
from tests.integration.download.fetching import (
    AUDIO,
    CHUNKED,
    blurting,
    cut,
    endless,
    fetch,
    pretend,
    refused,
    secure,
    trusting,
)


def test_the_next_address_is_tried_when_one_does_not_answer(source: Source, folder: Path) -> None:
    source.file("/a.mp3", AUDIO)
    url = source.url("/a.mp3", host="two.example")
    # The server listens on 127.0.0.1 alone.
    assert fetch(url, folder, resolve=pretend("127.0.0.2", "127.0.0.1")).size == len(AUDIO)


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
