"""A provider on one machine: OpenAI's endpoints for audio and text, answered by Whisper.

    python -m local.provider.server --port 9000

It answers in OpenAI's shapes, with OpenAI's errors and limits, and takes any API key unless it is
given one. ``/v1/responses`` has no text model behind it: see ``remembered_sound_translation``.
"""

import argparse
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

from local.end_with_parent import end_with_parent
from local.provider.audio_decoding import Undecodable, decoded_pieces
from local.provider.audio_form import (
    GPT_TRANSCRIBE,
    MODELS,
    AudioRequest,
    bad_format,
    read_form,
)
from local.provider.audio_responses import gpt_transcribe_response, whisper_response
from local.provider.openai_errors import ApiError
from local.provider.remembered_sound_translation import TextTranslator
from local.provider.responses_api import (
    TEXT_MODEL,
    TextSegment,
    read_segments,
    translation_response,
)
from local.provider.transcription_memory import (
    SoundRecorder,
    TranscribedPart,
    TranscriptionMemory,
)
from local.provider.whisper_model import Task, Whisper, WhisperResult
from local.provider.whisper_weights import WeightsUnusable, model_to_load

_T = TypeVar("_T")

_SHORTEST_SECONDS = 0.1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal comes, or with ``--until-stdin-ends`` until stdin is closed."""
    options = _options(arguments)
    listener = (
        socket.socket(fileno=options.listener)
        if options.listener is not None
        else socket.create_server(("127.0.0.1", options.port))
    )
    if options.until_stdin_ends:
        end_with_parent(sys.stdin.fileno())
    try:
        whisper = Whisper(options.model or model_to_load(os.environ))
    except (WeightsUnusable, OSError, RuntimeError, ValueError) as error:
        sys.exit(f"Whisper cannot be loaded: {error}")
    app = create_app(whisper, key=options.key, progress=options.progress)
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def create_app(whisper: Whisper, *, key: str | None = None, progress: bool = False) -> Starlette:
    """Return the server as an ASGI app. With ``key`` any other API key is refused."""
    endpoints = _Endpoints(whisper, key=key, progress=progress)

    async def translations(request: Request) -> Response:
        return await endpoints.audio(request, "translate")

    async def transcriptions(request: Request) -> Response:
        return await endpoints.audio(request, "transcribe")

    return Starlette(
        routes=[
            Route("/v1/audio/translations", translations, methods=["POST"]),
            Route("/v1/audio/transcriptions", transcriptions, methods=["POST"]),
            Route("/v1/responses", endpoints.responses, methods=["POST"]),
            Route("/v1/models", endpoints.models),
        ],
        exception_handlers={
            ApiError: _api_error,
            HTTPException: _http_error,
            Exception: _server_error,
        },
    )


class _Endpoints:
    def __init__(self, whisper: Whisper, *, key: str | None, progress: bool) -> None:
        self._whisper = whisper
        self._key = key
        self._progress = progress
        self._memory = TranscriptionMemory()
        self._translator = TextTranslator(whisper, self._memory)
        # The model takes two calls at once. A third one waits here, where it can be given up.
        self._slots = anyio.Semaphore(2)

    async def audio(self, request: Request, task: Task) -> Response:
        _check_key(request, self._key)
        form = await read_form(request)
        try:
            wanted = AudioRequest(form, task)
            result = await self._in_turn(request, partial(self._transcribe, wanted))
        finally:
            await form.close()
        if result is None:
            raise _disconnected()
        if wanted.model == GPT_TRANSCRIBE:
            return gpt_transcribe_response(result)
        return whisper_response(result, task, wanted.response_format, words=wanted.word_times)

    async def responses(self, request: Request) -> Response:
        _check_key(request, self._key)
        segments = read_segments(await request.body())
        parts = [(segment, self._translator.find(segment)) for segment in segments]
        texts: dict[int, str | None] = dict.fromkeys(segment.id for segment in segments)

        async def translate(segment: TextSegment, part: TranscribedPart) -> None:
            call = partial(self._translator.translate, part, again=bool(segment.problem))
            texts[segment.id] = await self._in_turn(request, call)

        async with anyio.create_task_group() as group:
            for segment, part in parts:
                group.start_soon(translate, segment, part)
        translated = {number: text for number, text in texts.items() if text is not None}
        if len(translated) < len(texts):
            raise _disconnected()
        return translation_response(translated)

    async def models(self, request: Request) -> Response:
        _check_key(request, self._key)
        names = sorted({TEXT_MODEL, *(name for served in MODELS.values() for name in served)})
        data = [{"id": n, "object": "model", "created": 0, "owned_by": "local"} for n in names]
        return JSONResponse({"object": "list", "data": data})

    async def _in_turn(self, request: Request, call: Callable[[], _T]) -> _T | None:
        """Return what ``call`` returns; None if the client has disconnected before its turn."""
        async with self._slots:
            if await request.is_disconnected():
                return None
            return await anyio.to_thread.run_sync(call)

    def _transcribe(self, wanted: AudioRequest) -> WhisperResult:
        pieces = decoded_pieces(wanted.audio)
        is_remembered = wanted.model == GPT_TRANSCRIBE
        recorder = SoundRecorder(pieces)
        # tqdm's disable=None draws a bar on a terminal and nothing in a file.
        hidden = None if self._progress else True
        with tqdm(desc="Whisper", unit=" s of audio", disable=hidden) as bar:
            try:
                result = self._whisper.transcribe(
                    recorder if is_remembered else pieces,
                    wanted.task,
                    prompt=wanted.prompt,
                    keywords=wanted.keywords,
                    temperature=wanted.temperature,
                    languages=wanted.languages,
                    word_times=is_remembered or wanted.word_times,
                    progress=lambda seconds: bar.update(round(seconds) - bar.n),
                )
            except Undecodable as error:
                raise bad_format() from error
        if is_remembered:
            self._memory.keep(result, recorder)
        if result.duration < _SHORTEST_SECONDS:
            raise ApiError(
                400,
                f"Audio file is too short. Minimum audio length is {_SHORTEST_SECONDS} seconds.",
                param="file",
                code="audio_too_short",
            )
        return result


def _check_key(request: Request, key: str | None) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise ApiError(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if key is not None and given.strip() != key:
        raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")


def _disconnected() -> ApiError:
    return ApiError(499, "The client closed the request.")  # nobody is there to read it


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _http_error(request: Request, error: Exception) -> Response:
    """Answer Starlette's own errors: no such route or method, a form that cannot be parsed."""
    assert isinstance(error, HTTPException)
    if error.status_code in {404, 405}:
        what = "URL" if error.status_code == 404 else "method for URL"
        message = f"Invalid {what} ({request.method} {request.url.path})"
    else:
        message = "Could not parse multipart form"
    return ApiError(error.status_code, message).response()


async def _server_error(_: Request, __: Exception) -> Response:
    message = "The server had an error while processing your request."
    return ApiError(500, message, kind="server_error").response()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.provider.server", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="on 127.0.0.1; 0: any free port")
    parser.add_argument("--model", help="what to load instead of WHISPER_MODEL or Whisper base")
    parser.add_argument("--key", help="the only API key that is accepted")
    parser.add_argument("--progress", action="store_true", help="draw a bar on a terminal")
    # For a parent process that has made the listening socket:
    parser.add_argument("--listener", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--until-stdin-ends", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
