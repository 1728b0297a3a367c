"""The check that every contract test makes, itself: it finds what the OpenAPI page leaves out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.worlds.described_answers import Answer, the_page

HEADERS = {"content-type": "application/json", "x-request-id": "r", "x-model": "whisper-1"}
PLAIN = {"content-type": "application/json", "x-request-id": "r"}
ERROR = {"message": "No.", "type": "invalid_request_error", "param": None, "code": "not_found"}


def faults(
    body: object,
    status: int = 200,
    headers: Mapping[str, str] = HEADERS,
    *,
    method: str = "POST",
    path: str = "/translate",
) -> list[str]:
    sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return list(the_page().faults(Answer(method, path, status, headers, sent)))


def test_what_is_described_has_no_fault() -> None:
    assert faults({"text": "Hello."}) == []
    assert faults({"error": ERROR}, 404, PLAIN) == []
    assert faults("", 204, {"x-request-id": "r"}, method="DELETE", path="/jobs/7") == []
    assert faults("1\n", headers=HEADERS | {"content-type": "application/x-subrip"}) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"body": {"text": "Hello.", "speaker": 1}}, "200 application/json at $"),
        ({"body": {"text": 7}}, "200 application/json at $"),
        (
            {"body": {"error": ERROR | {"hint": ""}}, "status": 404},
            "404 application/json at $.",
        ),
        ({"body": {"error": ERROR | {"code": "gone"}}, "status": 404}, "no code gone of 404"),
        ({"status": 418}, "no status 418"),
        ({"headers": HEADERS | {"x-speakers": "2"}}, "no header x-speakers of 200"),
        ({"headers": {"content-type": "application/json"}}, "200 lacks the header x-request-id"),
        (
            {"headers": HEADERS | {"content-type": "text/markdown"}},
            "no content text/markdown of 200",
        ),
        ({"headers": {"x-request-id": "r"}}, "no content without a type of 200"),
        ({"method": "PUT"}, "no such operation"),
        ({"path": "/asr/new"}, "no such operation"),
        ({"path": "/health", "method": "GET"}, "200 application/json at $"),
    ],
)
def test_what_is_not_described_is_found(change: dict[str, Any], found: str) -> None:
    assert any(found in fault for fault in faults(**{"body": {"text": "Hello."}, **change}))
