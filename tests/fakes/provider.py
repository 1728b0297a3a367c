"""A scripted OpenAI server over real HTTP on a free loopback port."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from werkzeug.formparser import parse_form_data


def verbose_json(*texts: str, seconds_each: float = 2.0) -> dict[str, Any]:
    """What OpenAI answers for as many segments as there are texts."""
    return {
        "task": "translate",
        "language": "english",
        "duration": seconds_each * len(texts),
        "text": " ".join(texts),
        "segments": [
            {
                "id": number,
                "seek": 0,
                "start": number * seconds_each,
                "end": (number + 1) * seconds_each,
                "text": f" {text}",
                "tokens": [50364, 7],
                "temperature": 0.0,
                "avg_logprob": -0.25,
                "compression_ratio": 1.5,
                "no_speech_prob": 0.01,
            }
            for number, text in enumerate(texts)
        ],
    }


def envelope(message: str, kind: str = "server_error", code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@dataclass(frozen=True)
class Answer:
    """One scripted answer; dicts and lists are sent as JSON, bytes as they are."""

    body: object = field(default_factory=lambda: verbose_json("Hello there."))
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before anything is sent; ends early when the server stops."""
    drip: float = 0.0
    """Seconds between single bytes of the body."""
    cut: bool = False
    """Close the connection after half of the body."""
    hang_up: bool = False
    """Close the connection without a word."""


@dataclass(frozen=True)
class Received:
    """One request as it arrived; JSON is the ``file``."""

    path: str
    authorization: str
    fields: dict[str, str]
    file_name: str
    file_type: str
    file: bytes


class Provider:
    """Answers from ``script`` in order, then ``default`` for ever; keeps what it ``received``.

    ``most_at_once`` is how many calls were under way together.
    """

    def __init__(self) -> None:
        self.most_at_once = 0
        self._under_way = 0
        self._counting = threading.Lock()
        self.default = Answer()
        self.script: deque[Answer] = deque()
        self.received: list[Received] = []
        self.stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.provider = self  # type: ignore[attr-defined]

    def answer(self, received: "Received") -> Answer:
        """What is answered where the script has nothing to say."""
        return self.default

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def reset(self) -> None:
        self.default = Answer()
        self.script.clear()
        self.received.clear()
        self.most_at_once = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """A call is under way."""
        with self._counting:
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1

    @contextmanager
    def running(self) -> Iterator["Provider"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopped.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        with self._provider.counted():
            self._answered()

    def _answered(self) -> None:
        provider = self._provider
        received = self._received()
        provider.received.append(received)
        answer = provider.script.popleft() if provider.script else provider.answer(received)
        provider.stopped.wait(answer.delay)
        self.close_connection = True
        if answer.hang_up or provider.stopped.is_set():
            return
        with suppress(BrokenPipeError, ConnectionResetError):  # some tests' clients give up
            self._send(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the tests' output is theirs."""

    def _received(self) -> Received:
        authorization = self.headers.get("Authorization", "")
        if self.headers["Content-Type"] == "application/json":
            body = self.rfile.read(int(self.headers["Content-Length"]))
            return Received(self.path, authorization, {}, "", "application/json", body)
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": self.headers["Content-Type"],
            "CONTENT_LENGTH": self.headers["Content-Length"],
            "wsgi.input": self.rfile,
        }
        _, form, files = parse_form_data(environ)
        with closing(files["file"]) as file:
            return Received(
                path=self.path,
                authorization=authorization,
                fields={name: ",".join(form.getlist(name)) for name in form},
                file_name=file.filename or "",
                file_type=file.content_type or "",
                file=file.read(),
            )

    def _send(self, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        for name, value in (headers | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if answer.cut:
            body = body[: len(body) // 2]
        pieces = [body[i : i + 1] for i in range(len(body))] if answer.drip else [body]
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            if answer.drip and self._provider.stopped.wait(answer.drip):
                return

    @property
    def _provider(self) -> Provider:
        return cast(Provider, self.server.provider)  # type: ignore[attr-defined]
