"""An HTTP server on a free loopback port: what most fakes are made of."""

import functools
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self


class Request(BaseHTTPRequestHandler):
    """One request, and how to reply to it. What becomes of it is up to its server."""

    protocol_version = "HTTP/1.1"
    timeout: ClassVar[float] = 60
    loopback: ClassVar["LoopbackServer"]

    def body(self) -> bytes:
        """Return the whole body, chunked or not."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size + 2)[:-2]
        self.rfile.readline()
        return body

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status and the headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        """Send a whole answer."""
        self.head(status, {"Content-Length": str(len(content)), **headers})
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the tests' output is theirs."""

    def _handle(self) -> None:
        self.loopback.handle(self)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle  # noqa: N815


class LoopbackServer:
    """Serves while its ``with`` lasts; ``stopped`` is set at the end, for answers that wait.

    A server that is neither entered nor asked for its URL takes no port.
    """

    finishes_requests = False
    """Whether the end waits for requests that are under way."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def handle(self, request: Request) -> None:
        """Reply to a request."""
        raise NotImplementedError

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
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @functools.cached_property
    def _server(self) -> ThreadingHTTPServer:
        handler = type("Handler", (Request,), {"loopback": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = not self.finishes_requests
        server.socket.listen(128)
        return server

    @functools.cached_property
    def _thread(self) -> threading.Thread:
        return threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
