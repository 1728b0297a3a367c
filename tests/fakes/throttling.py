"""AWS that has too much to do: passes requests on, and refuses every so many of them."""

import http.client
import itertools
import threading
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_S3 = (503, b"<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>")
_JSON = (400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')


class ThrottlingProxy:
    """In front of moto. ``every`` request of that number is refused.

    ``throttled`` counts them for each service, under "s3", "dynamodb" and so on.
    """

    def __init__(self, upstream: str, *, every: int) -> None:
        self.throttled: Counter[str] = Counter()
        self._upstream = urlsplit(upstream).netloc
        self._numbers = itertools.count(1)
        self._every = every
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[int, bytes, Any]:
        if not next(self._numbers) % self._every:
            target = headers.get("X-Amz-Target", "s3")
            self.throttled[target.partition("_")[0].lower()] += 1
            status, content = _S3 if target == "s3" else _JSON
            return status, content, {}
        connection = http.client.HTTPConnection(self._upstream, timeout=30)
        with closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, content, headers = proxy._answer(
                    self.command, self.path, body, self.headers
                )
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                        self.send_header(name, value)
                length = headers.get("Content-Length") if self.command == "HEAD" else None
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
