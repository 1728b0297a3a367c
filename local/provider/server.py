"""A provider on one machine: OpenAI's audio endpoints and its text step, answered by Whisper.

    python -m local.provider.server --port 9000

It plays a foreign server, so it knows nothing of the service that calls it: it answers in
OpenAI's shapes, with OpenAI's errors and limits, and any API key will do. ``/v1/responses`` has no
text model behind it: ``text_step`` says what it does.
"""

import argparse
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tqdm import tqdm

from local.end_with_parent import end_with
from local.provider.audio_form import MODELS, WITHOUT_TIMES, Asked, bad_format, read_form
from local.provider.openai_answers import Refused, model_response, rendered, without_times
from local.provider.text_step import (
    ANSWERED_BY,
    TEXT_MODEL,
    Line,
    Memory,
    Part,
    Recorder,
    TextStep,
    read_request,
)
from local.provider.weights import WeightsUnusable, model_to_load
from local.provider.whisper_model import Heard, Task, Undecodable, Whisper, pieces

_T = TypeVar("_T")

_SHORTEST_SECONDS = 0.1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal, or until the other end of stdin is closed if asked so."""
    options = _options(arguments)
    listener = (
        socket.socket(fileno=options.listener)
        if options.listener is not None
        else socket.create_server(("127.0.0.1", options.port))
    )
    if options.until_stdin_ends:
        end_with(sys.stdin.fileno())
    try:
        whisper = Whisper(options.model or model_to_load(os.environ))
    except (WeightsUnusable, OSError, RuntimeError, ValueError) as error:
        sys.exit(f"Whisper cannot be loaded: {error}")
    app = create_app(whisper, key=options.key, progress=options.progress)
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def create_app(whisper: Whisper, *, key: str | None = None, progress: bool = False) -> Starlette:
    """Return the server; with ``key``, any other key is refused."""
    answers = _Answers(whisper, key=key, progress=progress)

    async def translations(request: Request) -> Response:
        return await answers.audio(request, "translate")

    async def transcriptions(request: Request) -> Response:
        return await answers.audio(request, "transcribe")

    return Starlette(
        routes=[
            Route("/v1/audio/translations", translations, methods=["POST"]),
            Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
            Route("/v1/responses", answers.response, methods=["POST"]),
            Route("/v1/models", answers.models),
        ],
        exception_handlers={
            Refused: _refused,
            HTTPException: _http_error,
            Exception: _server_error,
        },
    )


class _Answers:
    def __init__(self, whisper: Whisper, *, key: str | None, progress: bool) -> None:
        self._whisper = whisper
        self._key = key
        self._progress = progress
        self._memory = Memory()
        self._text_step = TextStep(whisper, self._memory)
        # The model has two workers; whoever comes third waits here and not inside of it.
        self._slots = anyio.Semaphore(2)

    async def audio(self, request: Request, task: Task) -> Response:
        _check_key(request, self._key)
        form = await read_form(request)
        try:
            asked = Asked(form, task)
            heard = await self._in_turn(request, partial(self._hear, asked))
        finally:
            await form.close()
        if heard is None:
            raise _hung_up()
        if asked.model == WITHOUT_TIMES:
            return without_times(heard)
        return rendered(heard, task, asked.response_format)

    async def response(self, request: Request) -> Response:
        _check_key(request, self._key)
        lines = [(line, self._text_step.found(line)) for line in read_request(await request.body())]
        texts: dict[int, str | None] = dict.fromkeys(line.id for line, _ in lines)

        async def translate(line: Line, part: Part) -> None:
            call = partial(self._text_step.translated, part, again=bool(line.problem))
            texts[line.id] = await self._in_turn(request, call)

        async with anyio.create_task_group() as group:
            for line, part in lines:
                group.start_soon(translate, line, part)
        if None in texts.values():
            raise _hung_up()
        segments = [{"id": number, "text": text} for number, text in texts.items()]
        answer = json.dumps({"segments": segments}, ensure_ascii=False)
        return model_response(answer, model=ANSWERED_BY)

    async def models(self, request: Request) -> Response:
        _check_key(request, self._key)
        names = sorted({TEXT_MODEL, *(name for served in MODELS.values() for name in served)})
        data = [{"id": n, "object": "model", "created": 0, "owned_by": "local"} for n in names]
        return JSONResponse({"object": "list", "data": data})

    async def _in_turn(self, request: Request, call: Callable[[], _T]) -> _T | None:
        """Make the call; None if who asked has hung up meanwhile and may be back in the queue."""
        async with self._slots:
            if await request.is_disconnected():
                return None
            return await anyio.to_thread.run_sync(call)

    def _hear(self, asked: Asked) -> Heard:
        audio = pieces(asked.audio)
        without = asked.model == WITHOUT_TIMES
        recorder = Recorder(audio)
        # disable=None: a bar on a terminal, nothing in a file.
        hidden = None if self._progress else True
        with tqdm(desc="Whisper", unit=" s of audio", disable=hidden) as bar:
            try:
                heard = self._whisper.hear(
                    recorder if without else audio,
                    asked.task,
                    prompt=asked.prompt,
                    keywords=asked.keywords,
                    temperature=asked.temperature,
                    languages=asked.languages,
                    words=without,
                    progress=lambda seconds: bar.update(round(seconds) - bar.n),
                )
            except Undecodable as error:
                raise bad_format() from error
        if without:
            self._memory.keep(heard, recorder)
        if heard.duration < _SHORTEST_SECONDS:
            raise Refused(
                400,
                f"Audio file is too short. Minimum audio length is {_SHORTEST_SECONDS} seconds.",
                param="file",
                code="audio_too_short",
            )
        return heard


def _check_key(request: Request, key: str | None) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise Refused(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if key is not None and given.strip() != key:
        raise Refused(401, "Incorrect API key provided.", code="invalid_api_key")


def _hung_up() -> Refused:
    return Refused(499, "The client closed the request.")  # nobody reads it


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.response()


async def _http_error(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such route or method, a form that cannot be parsed."""
    assert isinstance(error, HTTPException)
    if error.status_code in {404, 405}:
        what = "URL" if error.status_code == 404 else "method for URL"
        message = f"Invalid {what} ({request.method} {request.url.path})"
    else:
        message = "Could not parse multipart form"
    return Refused(error.status_code, message).response()


async def _server_error(_: Request, __: Exception) -> Response:
    message = "The server had an error while processing your request."
    return Refused(500, message, kind="server_error").response()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.provider.server", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="on 127.0.0.1; 0: any free port")
    parser.add_argument("--model", help="what to load instead of WHISPER_MODEL or Whisper base")
    parser.add_argument("--key", help="the only API key that is accepted")
    parser.add_argument("--progress", action="store_true", help="draw a bar on a terminal")
    # For a starter that made the listening socket itself and wants no orphan:
    parser.add_argument("--listener", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--until-stdin-ends", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
