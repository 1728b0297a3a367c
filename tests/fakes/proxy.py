"""A server that passes requests on to another, as it likes."""

import http.client
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.http_server import LoopbackServer, Request

Answered = tuple[int, bytes, Any]
"""Status, body, headers."""


class Proxy(LoopbackServer):
    """In front of another server, such as moto's. ``answer`` says what becomes of a request."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self._upstream = urlsplit(upstream).netloc

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered | None:
        """Answer a request, by default with what is behind; None hangs up."""
        return self.passed_on(method, path, body, headers)

    def passed_on(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        """Return what is answered behind."""
        kept = {
            n: v for n, v in headers.items() if n.lower() not in {"expect", "transfer-encoding"}
        }
        with closing(http.client.HTTPConnection(self._upstream, timeout=60)) as connection:
            connection.request(method, path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

    def handle(self, request: Request) -> None:
        request.close_connection = True
        answered = self.answer(request.command, request.path, request.body(), request.headers)
        if answered is not None:
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked is gone
                _send(request, *answered)


def _send(request: Request, status: int, content: bytes, headers: Any) -> None:
    own = {"content-length", "transfer-encoding", "connection"}
    length = headers.get("Content-Length")  # of more than there is, to break off
    kept = {name: value for name, value in headers.items() if name.lower() not in own}
    kept |= {"Content-Length": length or str(len(content)), "Connection": "close"}
    request.head(status, kept)
    if request.command != "HEAD":
        request.wfile.write(content)
