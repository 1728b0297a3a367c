"""Requests against a server on the loopback that answers as scripted."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translate import (
    ApiError,
    AudioTooLarge,
    ConnectionFailed,
    InvalidApiKey,
    ProviderRejected,
    RateLimited,
    TimedOut,
)
from audio_translate.connection import Connection, is_loopback, json_object, shown
from audio_translate.limits import Limits
from tests.fakes.http_server import LoopbackServer, Request


class Scripted(LoopbackServer):
    """Answers in order, then 200; None hangs up. Keeps the headers of what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.script: deque[tuple[int, Any, dict[str, str]] | None] = deque()
        self.asked: list[Any] = []

    def handle(self, request: Request) -> None:
        request.body()
        self.asked.append(request.headers)
        answer = self.script.popleft() if self.script else (200, {"ok": True}, {})
        if answer is None:
            request.close_connection = True
            return
        status, body, headers = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.reply(status, content, headers)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as server:
        yield server


@pytest.fixture
def connection(server: Scripted) -> Iterator[Connection]:
    connection = Connection(server.url, "the-key")
    yield connection
    connection.close()


NOW = {"Retry-After": "0"}


def envelope(code: str) -> dict[str, Any]:
    return {"error": {"message": "No.", "type": "t", "param": "p", "code": code}}


def test_what_passes_is_sent_again_with_the_same_idempotency_key(
    server: Scripted, connection: Connection
) -> None:
    conflict = (409, envelope("idempotency_conflict"), NOW)
    server.script.extend([(429, {}, NOW), None, (503, b"<html>", NOW), conflict])
    headers = {"Idempotency-Key": "one"}
    answer = connection.call("POST", "/translate", Limits(), headers=headers, json={})
    assert json_object(answer, "ok")["ok"]
    assert [asked["Idempotency-Key"] for asked in server.asked] == ["one"] * 5
    assert {asked["x-api-key"] for asked in server.asked} == {"the-key"}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "invalid_api_key", InvalidApiKey),
        (409, "idempotency_conflict", ApiError),
        (502, "provider_rejected", ProviderRejected),
    ],
)
def test_what_does_not_pass_is_told_at_once(
    server: Scripted, connection: Connection, status: int, code: str, kind: type[ApiError]
) -> None:
    server.script.append((status, envelope(code), {"X-Request-Id": "r"}))
    with pytest.raises(kind) as caught:
        connection.call("GET", "/", Limits())
    error = caught.value
    assert (error.code, error.param, error.request_id, error.status) == (code, "p", "r", status)
    assert len(server.asked) == 1


def test_an_answer_without_an_envelope_is_told_by_its_status(
    server: Scripted, connection: Connection
) -> None:
    server.script.append((413, b"HTTP content length exceeded", {}))
    with pytest.raises(AudioTooLarge, match="answered 413"):
        connection.call("GET", "/x?secret=1", Limits())


def test_nobody_waits_longer_than_the_limits_or_for_hours(
    server: Scripted, connection: Connection
) -> None:
    server.script.extend([(429, {}, {"Retry-After": "60"}), (429, {}, {"Retry-After": "7200"})])
    with pytest.raises(RateLimited):
        connection.call("GET", "/", Limits.within(5))
    with pytest.raises(RateLimited):
        connection.call("GET", "/", Limits())
    with pytest.raises(TimedOut):
        connection.call("GET", "/", Limits.within(0))


def test_a_redirect_does_not_get_the_key(server: Scripted, connection: Connection) -> None:
    server.script.append((302, {}, {"Location": f"{server.url}/elsewhere"}))
    with pytest.raises(ApiError, match="It is a redirect"):
        connection.call("GET", "/", Limits())
    assert len(server.asked) == 1


def test_links_are_read_without_the_key(server: Scripted, connection: Connection) -> None:
    connection.fetch(f"{server.url}/link", Limits())
    connection.put(f"{server.url}/link", b"x", {})
    assert [asked["x-api-key"] for asked in server.asked] == [None, None]


def test_what_is_not_this_service_is_told(server: Scripted, connection: Connection) -> None:
    server.script.extend([(200, b"<html>hotel login</html>", {}), (200, [], {}), (200, {}, {})])
    for _ in range(3):
        with pytest.raises(ApiError, match="not this service"):
            json_object(connection.call("GET", "/", Limits()), "id")


def test_a_connection_that_fails_says_why_and_shows_no_secret(server: Scripted) -> None:
    with pytest.raises(ConnectionFailed, match="Connection refused") as caught:
        Connection("http://127.0.0.1:9", "the-key").put("http://127.0.0.1:9/a?secret", b"", {})
    assert caught.value.refused
    assert "secret" not in str(caught.value)
    server.script.append(None)
    with pytest.raises(ConnectionFailed) as caught:
        Connection(server.url, None).call("GET", "/", Limits(), tries=1)
    assert not caught.value.refused


def test_urls_are_shown_without_query_and_password() -> None:
    assert shown("https://u:p@h:1/a?b#c") == "https://h:1/a"
    assert shown("http://[") == "the URL"
    assert is_loopback("http://localhost:8080")
    assert not is_loopback("https://h")
