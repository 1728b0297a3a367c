"""Requests for foreign hosts and from foreign pages are refused; each request has one line."""

import io
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from local.addresses import ON_THIS_MACHINE
from local.aws.api_gateway import create_app
from local.aws.lambda_context import Event, LambdaContext
from local.gateway.front_door import guarded, logged
from tests.fakes.asgi_server import running_app

BODY = {"audioFileUrl": "http://127.0.0.1:9/secret-text"}


class Function:
    """Counts its calls."""

    def __init__(self, status: int = 200) -> None:
        self.calls = 0
        self.status = status

    def __call__(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        self.calls += 1
        return {"statusCode": self.status, "body": "{}"}


def posted(headers: dict[str, str], allowed: str = "", method: str = "POST") -> tuple[Any, int]:
    """Send a request; return the answer and how often the function was called."""
    function = Function()
    app = create_app(function, allowed_origins=allowed)
    door = guarded(app, is_ours=ON_THIS_MACHINE.is_ours, allowed_origins=allowed)
    with running_app(door) as url:
        sent = {n: v.replace("OURS", url.removeprefix("http://")) for n, v in headers.items()}
        answer = requests.request(method, f"{url}/translate", json=BODY, headers=sent, timeout=60)
    return answer, function.calls


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8080", "Origin": "http://evil.example:8080"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Origin": "http://OURS.evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_foreign_pages_and_hosts_are_refused_before_anything_runs(
    headers: dict[str, str], method: str
) -> None:
    answer, calls = posted(headers, method=method)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "invalid_request"
    assert "make serve" in answer.json()["error"]["message"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert calls == 0


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, ""),
        ({"Origin": "http://OURS"}, ""),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8080"}, ""),
        ({"Host": "host.docker.internal:8080"}, ""),
        ({"Origin": "http://localhost:3000"}, "http://a.test, http://localhost:3000"),
        ({"Origin": "https://evil.example"}, "*"),
    ],
)
def test_clients_and_our_own_and_allowed_pages_come_in(
    headers: dict[str, str], allowed: str
) -> None:
    answer, calls = posted(headers, allowed)
    assert (answer.status_code, calls) == (200, 1)


def lines(path: str, *, as_json: bool = False, status: int = 200, method: str = "POST") -> str:
    output = io.StringIO()
    app = logged(create_app(Function(status)), as_json=as_json, output=output)
    with running_app(app) as url:
        requests.request(
            method, url + path, json=BODY, headers={"x-api-key": "secret-key"}, timeout=60
        )
    return output.getvalue()


def test_a_request_is_one_line() -> None:
    assert re.fullmatch(r"POST /translate 200 0\.\d{3} s\n", lines("/translate"))
    assert re.fullmatch(r"GET /health 503 0\.\d{3} s\n", lines("/health", status=503, method="GET"))


def test_the_line_can_be_json() -> None:
    line = json.loads(lines("/translate?key=secret", as_json=True))
    assert line.pop("seconds") >= 0
    assert line == {"method": "POST", "path": "/translate", "status": 200}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/jobs/0a1b-2c?x=secret", "/jobs/0a1b-2c"),
        ("/jobs/a%0Ab/translation?format=srt&secret=1", "/jobs/.../translation"),
        ("/secret-app/secret-key/services/OpenAIAudioTranslation/translate", None),
        ("/trasnlate", "/trasnlate"),
        ("/v1/audio/translation", "/v1/audio/translation"),
        ("/E5A8-SECRET-99/secret%20text/x", "/.../.../x"),
        ("/" + "a/" * 50, "/a/a/a/a/a/a/a"),
    ],
)
def test_no_key_query_or_text_is_in_the_line(path: str, shown: str | None) -> None:
    line = lines(path)

    assert line.count("\n") == 1
    if shown is None:
        assert line.split()[1].endswith("/.../services/OpenAIAudioTranslation/translate")
        assert "secret-key" not in line
    else:
        assert line.split()[1] == shown
        assert "secret" not in line.lower()
