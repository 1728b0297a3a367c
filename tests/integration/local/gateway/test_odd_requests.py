"""Whatever is sent to the local front is answered with the envelope."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from local.aws.api_gateway import create_app
from local.aws.lambda_context import Event, LambdaContext
from local.gateway.odd_requests import EnvelopeProtocol


def function(event: Event, context: LambdaContext) -> Mapping[str, Any]:
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    options: dict[str, Any] = {"log_level": "critical", "ws": "none", "lifespan": "off"}
    config = uvicorn.Config(create_app(function), http=EnvelopeProtocol, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield "http://{}:{}".format(*listener.getsockname())
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /\xf1 HTTP/1.1", 400),
        (b"GET /a b HTTP/1.1", 400),
        (b"nonsense", 400),
        (b"OPTIONS * HTTP/1.1", 404),
        (b"GET * HTTP/1.1", 404),
        (b"GET // HTTP/1.1", 200),
        (b"GET //health HTTP/1.1", 404),
        (b"GET /health/../jobs HTTP/1.1", 404),
        (b"GET /%00 HTTP/1.1", 404),
        (b"GET /%ff%fe HTTP/1.1", 404),
        (b"GET /%zz HTTP/1.1", 404),
        (b"GET /%2e%2e/%2fetc HTTP/1.1", 404),
        (b"BREW /nowhere HTTP/1.1", 404),
        (b"GET http://other.test/nowhere HTTP/1.1", 404),
        (b"GET /jobs/%ff HTTP/1.1", 200),
        (b"GET /jobs/a%2Fb?%ff=%zz&&=& HTTP/1.1", 404),
        (b"GET /health?%ff=%zz&&=&;; HTTP/1.1", 200),
    ],
)
def test_an_odd_request_gets_an_answer_with_the_envelope(
    url: str, line: bytes, status: int
) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as client:
        client.sendall(line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        with client.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode()
    assert b"content-type: application/json" in head.lower()
    if status != 200:
        assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}
