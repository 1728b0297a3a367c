"""A stranger's web server with audio files on it, well behaved or not."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

Step = bytes | float
"""Bytes to send, or seconds to pause."""
Script = Callable[[], Iterable[Step]]
"""Makes the steps of one answer, head included; endless ones end when the other side leaves."""


@dataclass(frozen=True)
class Request:
    """What a client asked for. Names of ``headers`` are in lower case."""

    method: str
    target: str
    headers: dict[str, str]


class Source:
    """Answers the paths that it was told about, any other with 404, one request a connection.

    ``requests`` lists what was asked, in order. With ``tls`` it speaks https; it then also notes
    the names that clients asked for in ``server_names``.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.server_names: list[str | None] = []
        self._tls = tls
        self._answers: dict[str, Script] = {}
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.server_names.append(name)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        # Only a connection wakes accept() for certain.
        socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        for thread in self._threads:
            thread.join(timeout=10)
        self._listener.close()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def file(
        self,
        path: str,
        body: bytes,
        *,
        status: int = 200,
        headers: Iterable[tuple[str, str]] = (),
        declared: int | None = -1,
    ) -> str:
        """Serve ``body`` and return its URL.

        ``declared`` is the Content-Length: the true one by default, none with ``None``.
        """
        length = len(body) if declared == -1 else declared
        own = [] if length is None else [("Content-Length", str(length))]
        return self.script(path, lambda: (head(status, [*own, *headers]), body))

    def stored(self, path: str, file: Path) -> str:
        """Serve a file of any size from the disk and return its URL."""

        def answer() -> Iterator[Step]:
            yield head(200, [("Content-Length", str(file.stat().st_size))])
            with file.open("rb") as content:
                while block := content.read(1024 * 1024):
                    yield block

        return self.script(path, answer)

    def redirect(self, path: str, location: str, *, status: int = 302) -> str:
        """Redirect to ``location`` and return the URL that does."""
        return self.file(path, b"", status=status, headers=[("Location", location)])

    def script(self, path: str, answer: Script) -> str:
        """Send what ``answer`` makes, byte for byte, and return the URL."""
        self._answers[path] = answer
        return self.url(path)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopped.is_set():
                connection.close()
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection.makefile("rb") as lines:
                request = _read(lines)
            if request is None:
                return
            self.requests.append(request)
            for step in self._answers.get(request.target.split("?")[0], _missing)():
                if isinstance(step, bytes):
                    connection.sendall(step)
                elif self._stopped.wait(step):
                    return
        except OSError:
            return  # the client left
        finally:
            connection.close()


def head(status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """The status line and headers of an answer, up to and with the empty line."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("utf-8")


def drip(data: bytes, every: float) -> Iterator[Step]:
    """``data`` one byte at a time, with ``every`` seconds after each."""
    for byte in data:
        yield bytes([byte])
        yield every


def chunked(*blocks: bytes) -> bytes:
    """``blocks`` as the body of ``Transfer-Encoding: chunked``."""
    return b"".join(b"%x\r\n%b\r\n" % (len(block), block) for block in (*blocks, b""))


def _missing() -> Iterable[Step]:
    return [head(404, [("Content-Length", "0")])]


def _read(lines: Iterable[bytes]) -> Request | None:
    """The head of a request, or None for what is none."""
    texts = []
    for line in lines:
        text = line.decode("latin-1").strip()
        if not text:
            break
        texts.append(text)
    if not texts or texts[0].count(" ") != 2:
        return None
    method, target, _ = texts[0].split(" ")
    pairs = (text.split(":", 1) for text in texts[1:])
    return Request(method, target, {name.lower(): value.strip() for name, value in pairs})
