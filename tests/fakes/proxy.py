"""A server on a free loopback port that passes requests on to AWS, as it likes."""

import http.client
import threading
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Answered = tuple[int, bytes, Any]
"""Status, body, headers."""


class Proxy:
    """In front of moto. What becomes of a request is in ``answer``."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.request_queue_size = 128
        self._server.socket.listen(128)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        """Answer a request, by default with what is behind."""
        return self.passed_on(method, path, body, headers)

    def passed_on(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        """What is behind answers."""
        kept = {
            n: v for n, v in headers.items() if n.lower() not in {"expect", "transfer-encoding"}
        }
        with closing(http.client.HTTPConnection(self._upstream, timeout=30)) as connection:
            connection.request(method, path, body, kept)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

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

    def _handler(proxy) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # or botocore waits a second for "100 Continue"

            def _any(self) -> None:
                status, content, headers = proxy.answer(
                    self.command, self.path, self._body(), self.headers
                )
                with suppress(BrokenPipeError, ConnectionResetError):  # who asked is gone
                    self._send(status, content, headers)

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size + 2)[:-2]
                self.rfile.readline()
                return body

            def _send(self, status: int, content: bytes, headers: Any) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                        self.send_header(name, value)
                length = headers.get("Content-Length")  # of more than there is, to break off
                self.send_header("Content-Length", length or str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
