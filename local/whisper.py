"""A provider on one machine: OpenAI's audio endpoints, answered by Whisper.

    python -m local.whisper --port 9000

It plays a foreign server, so it knows nothing of the service that calls it: it answers in
OpenAI's shapes, with OpenAI's errors and limits, and any API key will do.
"""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import PurePath

import anyio
import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive
from tqdm import tqdm

from audio_translation.domain.languages import NAMES
from local.lifeline import end_with
from local.openai_answers import FORMATS, Refused, rendered
from local.speech import Heard, Task, Undecodable, Whisper
from local.weights import WeightsUnusable, model_to_load

MAX_BYTES = 26_214_400

_FORM_BYTES = 1 << 20  # what the fields beside the file may take
_EXTENSIONS = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"]
_MODELS: dict[Task, tuple[str, ...]] = {"translate": ("whisper-1",), "transcribe": ("whisper-1",)}
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
    # The model has two workers; whoever comes third waits here and not inside of it.
    slots = anyio.CapacityLimiter(2)

    async def audio(request: Request, task: Task) -> Response:
        _check_key(request, key)
        form = await _form(request)
        try:
            asked = _Asked(form, task)
            hear = partial(_hear, whisper, asked, progress=progress)
            heard = await anyio.to_thread.run_sync(hear, limiter=slots)
            return rendered(heard, task, asked.response_format)
        finally:
            await form.close()

    async def translations(request: Request) -> Response:
        return await audio(request, "translate")

    async def transcriptions(request: Request) -> Response:
        return await audio(request, "transcribe")

    async def models(request: Request) -> Response:
        _check_key(request, key)
        names = sorted({name for served in _MODELS.values() for name in served})
        data = [{"id": n, "object": "model", "created": 0, "owned_by": "local"} for n in names]
        return JSONResponse({"object": "list", "data": data})

    return Starlette(
        routes=[
            Route("/v1/audio/translations", translations, methods=["POST"]),
            Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
            Route("/v1/models", models),
        ],
        exception_handlers={
            Refused: _refused,
            HTTPException: _http_error,
            Exception: _server_error,
        },
    )


class _Asked:
    """The form's fields, checked; raises ``Refused``."""

    def __init__(self, form: FormData, task: Task) -> None:
        self.task = task
        self.file = _file(form)
        _check_model(_text(form, "model"), task)
        self.response_format = _text(form, "response_format") or "json"
        if self.response_format not in FORMATS:
            raise _bad_value("response_format", f"Supported values are: {', '.join(FORMATS)}.")
        self.temperature = _temperature(_text(form, "temperature"))
        self.prompt = _text(form, "prompt") or None
        self.language = _text(form, "language") or None if task == "transcribe" else None
        if self.language is not None and self.language not in NAMES:
            raise _bad_value("language", "It must be specified in ISO-639-1 format.")


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


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused(400, "Could not parse multipart form")
    limited = Request(request.scope, _at_most(MAX_BYTES + _FORM_BYTES, request.receive))
    return await limited.form()


def _at_most(limit: int, receive: Receive) -> Receive:
    """Refuse a body over ``limit``, but read its end first: who still sends hears no answer."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        while seen > limit:
            if not message.get("more_body"):
                raise _too_large(seen)
            message = await receive()
            seen += len(message.get("body", b""))
        return message

    return limited


def _file(form: FormData) -> UploadFile:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refused(400, "Missing required parameter: 'file'", param="file")
    if (file.size or 0) > MAX_BYTES:
        raise _too_large(file.size or 0)
    if PurePath(file.filename or "").suffix.lower().removeprefix(".") not in _EXTENSIONS:
        raise _bad_format()
    return file


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _check_model(model: str, task: Task) -> None:
    if not model:
        raise Refused(400, "you must provide a model parameter", param="model")
    if model not in _MODELS[task]:
        raise Refused(
            404,
            f"The model `{model}` does not exist or you do not have access to it.",
            param="model",
            code="model_not_found",
        )


def _temperature(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise _bad_value("temperature", "It must be a number from 0 to 1.")
    return value


def _hear(whisper: Whisper, asked: _Asked, *, progress: bool) -> Heard:
    # disable=None: a bar on a terminal, nothing in a file.
    with tqdm(desc="Whisper", unit=" s of audio", disable=None if progress else True) as bar:
        try:
            heard = whisper.hear(
                asked.file.file,
                asked.task,
                prompt=asked.prompt,
                temperature=asked.temperature,
                language=asked.language,
                progress=lambda seconds: bar.update(round(seconds) - bar.n),
            )
        except Undecodable as error:
            raise _bad_format() from error
    if heard.duration < _SHORTEST_SECONDS:
        raise Refused(
            400,
            f"Audio file is too short. Minimum audio length is {_SHORTEST_SECONDS} seconds.",
            param="file",
            code="audio_too_short",
        )
    return heard


def _too_large(size: int) -> Refused:
    return Refused(
        413,
        f"Maximum content size limit ({MAX_BYTES}) exceeded ({size} bytes read)",
        kind="server_error",
    )


def _bad_format() -> Refused:
    return Refused(400, f"Invalid file format. Supported formats: {_EXTENSIONS}", param="file")


def _bad_value(param: str, advice: str) -> Refused:
    return Refused(400, f"Invalid value for '{param}'. {advice}", param=param)


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
    parser = argparse.ArgumentParser(prog="python -m local.whisper", description=__doc__)
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
