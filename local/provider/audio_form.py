"""The form that OpenAI's audio endpoints take: its file and fields, checked, and its limits.

Source of fields: openai-python 3.54, ``types/audio/transcription_create_params.py``.
"""

from pathlib import PurePath
from typing import BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message, Receive

from audio_translation.languages import NAMES
from local.provider.audio_responses import FORMATS
from local.provider.openai_errors import (
    ApiError,
    bad_value,
    unknown_model,
    unsupported_parameter,
)
from local.provider.whisper_model import Task

MAX_BYTES = 26_214_400
GPT_TRANSCRIBE = "gpt-transcribe"
"""The model that answers with a text without times, and takes keywords."""
MODELS: dict[Task, tuple[str, ...]] = {
    "translate": ("whisper-1",),
    "transcribe": ("whisper-1", GPT_TRANSCRIBE),
}

_FIELDS_BYTES = 1 << 20  # what all fields but the file may take
_EXTENSIONS = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"]


async def read_form(request: Request) -> FormData:
    """Return the form, which the caller must close; raises ApiError."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(400, "Could not parse multipart form")
    limited = Request(request.scope, _at_most(MAX_BYTES + _FIELDS_BYTES, request.receive))
    return await limited.form()


class AudioRequest:
    """The form's fields, checked; raises ApiError."""

    def __init__(self, form: FormData, task: Task) -> None:
        self.task = task
        self.file = _file(form)
        self.model = _text(form, "model")
        if not self.model:
            raise ApiError(400, "you must provide a model parameter", param="model")
        if self.model not in MODELS[task]:
            raise unknown_model(self.model)
        self.response_format = self._format(_text(form, "response_format") or "json")
        self.temperature = _temperature(_text(form, "temperature"))
        self.prompt = _text(form, "prompt") or None
        self.languages = self._languages(form) if task == "transcribe" else ()
        self.keywords = self._keywords(form)
        self.word_times = self._has_words(form)

    def _format(self, name: str) -> str:
        if name not in FORMATS:
            raise bad_value("response_format", f"Supported values are: {', '.join(FORMATS)}.")
        if self.model == GPT_TRANSCRIBE and name != "json":
            raise ApiError(
                400,
                f"response_format '{name}' is not compatible with model '{self.model}'. "
                "Use 'json' instead.",
                param="response_format",
                code="unsupported_value",
            )
        return name

    def _languages(self, form: FormData) -> tuple[str, ...]:
        one, several = _text(form, "language"), self._texts(form, "languages")
        if one and several:
            raise ApiError(
                400, "'language' and 'languages' cannot be given together.", param="languages"
            )
        for name, codes in (("language", (one,) if one else ()), ("languages", several)):
            if any(code not in NAMES for code in codes):
                raise bad_value(name, "It must be specified in ISO-639-1 format.")
        return (one,) if one else several

    def _keywords(self, form: FormData) -> tuple[str, ...]:
        keywords = self._texts(form, "keywords")
        if any(set(keyword) & set("\r\n<>") for keyword in keywords):
            raise bad_value("keywords", "A keyword is one line without '<' and '>'.")
        return keywords

    def _has_words(self, form: FormData) -> bool:
        """Whether words are to have times: only in whisper-1's transcriptions."""
        wanted = form.getlist("timestamp_granularities[]")
        if wanted and (self.task, self.response_format) != ("transcribe", "verbose_json"):
            raise unsupported_parameter("timestamp_granularities")
        if set(wanted) - {"word", "segment"}:
            raise bad_value("timestamp_granularities", "Supported values are: word, segment.")
        return "word" in wanted

    def _texts(self, form: FormData, name: str) -> tuple[str, ...]:
        given = [*form.getlist(f"{name}[]"), *form.getlist(name)]
        texts = tuple(text.strip() for text in given if isinstance(text, str) and text.strip())
        if texts and self.model != GPT_TRANSCRIBE:
            raise unsupported_parameter(name)
        return texts

    @property
    def audio(self) -> BinaryIO:
        """The uploaded file."""
        return self.file.file


def bad_format() -> ApiError:
    """Return the error for a file that is not audio, or does not have the name of audio."""
    return ApiError(400, f"Invalid file format. Supported formats: {_EXTENSIONS}", param="file")


def _at_most(limit: int, receive: Receive) -> Receive:
    """Return a ``receive`` that refuses a body over ``limit`` bytes, but reads it to its end first.

    Clients read no answer while they are sending.
    """
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
        raise ApiError(400, "Missing required parameter: 'file'", param="file")
    if (file.size or 0) > MAX_BYTES:
        raise _too_large(file.size or 0)
    if PurePath(file.filename or "").suffix.lower().removeprefix(".") not in _EXTENSIONS:
        raise bad_format()
    return file


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _temperature(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise bad_value("temperature", "It must be a number from 0 to 1.")
    return value


def _too_large(size: int) -> ApiError:
    return ApiError(
        413,
        f"Maximum content size limit ({MAX_BYTES}) exceeded ({size} bytes read)",
        kind="server_error",
    )
