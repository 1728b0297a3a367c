"""Lambda's invoke endpoint over real HTTP on a free loopback port; it starts nothing."""

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:audio-translation-job:live"


@dataclass(frozen=True)
class Started:
    """One invocation as it arrived."""

    function: str
    kind: str
    execution: str
    payload: Any


class Functions:
    """Answers 202 to every invocation, or the errors in ``refusals`` first; keeps the rest."""

    def __init__(self) -> None:
        self.started: list[Started] = []
        self.refusals: deque[tuple[int, str]] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.functions = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        self.started.clear()
        self.refusals.clear()

    @contextmanager
    def running(self) -> Iterator["Functions"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        functions = cast(Functions, self.server.functions)  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = re.fullmatch(r"/2015-03-31/functions/([^/]+)/invocations", self.path)
        if name is None:
            self._send(404, "ResourceNotFoundException")
        elif functions.refusals:
            self._send(*functions.refusals.popleft())
        else:
            functions.started.append(
                Started(
                    function=unquote(name[1]),
                    kind=self.headers["X-Amz-Invocation-Type"],
                    execution=self.headers["X-Amz-Durable-Execution-Name"],
                    payload=json.loads(body),
                )
            )
            self._send(202)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the tests' output is theirs."""

    def _send(self, status: int, error: str = "") -> None:
        body = b'{"message": "scripted"}' if error else b""
        self.send_response(status)
        if error:
            self.send_header("X-Amzn-ErrorType", error)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
