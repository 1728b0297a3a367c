"""The HTTP of the scripted provider and text model: requests taken apart, answers as scripted."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from werkzeug.formparser import parse_form_data

from tests.fakes.http_server import LoopbackServer, Request
from tests.fakes.provider.answers import Answer


@dataclass(frozen=True)
class Received:
    """One request as it arrived; JSON is the ``file``."""

    path: str
    authorization: str
    fields: dict[str, str]
    file_name: str
    file_type: str
    file: bytes


class ScriptedServer(LoopbackServer):
    """Keeps what it ``received``; ``most_at_once`` is how many calls were under way together.

    ``GET /v1/models`` is answered with ``shutdown_dates``, the end of each model or None, or else
    with ``no_models``. It is counted in ``models_listed`` only: engines ask it beside their work.
    """

    def __init__(self, *, keeps_requests: bool = True) -> None:
        """``keeps_requests`` is False for hours of audio: ``received`` stays empty then."""
        super().__init__()
        self.received: list[Received] = []
        self.most_at_once = 0
        self.shutdown_dates: dict[str, str | None] = {}
        self.no_models: Answer | None = None
        self.models_listed = 0
        self._keeps_requests = keeps_requests
        self._under_way = 0
        self._counting = threading.Condition()

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def reset(self) -> None:
        """Be as new."""
        self.received.clear()
        self.most_at_once = 0
        self.shutdown_dates = {}
        self.no_models = None
        self.models_listed = 0

    def wait_for_calls(self, number: int) -> None:
        """Return when so many calls have been under way together, or after ten seconds."""
        with self._counting:
            self._counting.wait_for(lambda: self.most_at_once >= number, timeout=10)

    def take(self, received: Received) -> Answer:
        """Keep a request and return the answer to it."""
        if self._keeps_requests:
            self.received.append(received)
        return self.answer(received)

    def answer(self, received: Received) -> Answer:
        """Return what is to be answered to a request."""
        raise NotImplementedError

    def handle(self, request: Request) -> None:
        request.close_connection = True
        if request.command == "GET" and request.path == "/v1/models":
            self._list_models(request)
            return
        with self._counted():
            answer = self.take(_received(request))
            self.stopped.wait(answer.delay)
            if answer.hang_up or self.stopped.is_set():
                return
            with suppress(BrokenPipeError, ConnectionResetError):  # some tests' clients give up
                self._send(request, answer)

    def _list_models(self, request: Request) -> None:
        self.models_listed += 1
        data = [
            {"id": name, "object": "model", "created": 0, "owned_by": "provider"}
            | {"shutdown_date": day}
            for name, day in self.shutdown_dates.items()
        ]
        answer = self.no_models or Answer({"object": "list", "data": data})
        if not answer.hang_up:
            self._send(request, answer)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
            self._counting.notify_all()
        try:
            yield
        finally:
            with self._counting:
                self._under_way -= 1

    def _send(self, request: Request, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        request.head(answer.status, headers | answer.headers)
        if answer.cut:
            body = body[: len(body) // 2]
        pieces = [body[i : i + 1] for i in range(len(body))] if answer.drip else [body]
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            if answer.drip and self.stopped.wait(answer.drip):
                return


def _received(request: Request) -> Received:
    authorization = request.headers.get("Authorization", "")
    if request.headers["Content-Type"] == "application/json":
        body = request.body()
        return Received(request.path, authorization, {}, "", "application/json", body)
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": request.headers["Content-Type"],
        "CONTENT_LENGTH": request.headers["Content-Length"],
        "wsgi.input": request.rfile,
    }
    _, form, files = parse_form_data(environ)
    with closing(files["file"]) as file:
        return Received(
            path=request.path,
            authorization=authorization,
            fields={name: ",".join(form.getlist(name)) for name in form},
            file_name=file.filename or "",
            file_type=file.content_type or "",
            file=file.read(),
        )
