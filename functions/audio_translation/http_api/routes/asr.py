"""POST /asr and /detect-language: the contract of whisper-asr-webservice, which Bazarr calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ValidationError

from audio_translation.download.audio_source import SentFile
from audio_translation.errors import InvalidRequest, ServiceError
from audio_translation.http_api.app import json_response
from audio_translation.http_api.asr_output import Output, as_wav, written
from audio_translation.http_api.cache_control import CacheControl, as_header_says
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.openapi.responses import ASR_RESPONSES, OPENAI_RESPONSES, responses
from audio_translation.http_api.response_headers import response_headers
from audio_translation.http_api.routes.openai import sent_form
from audio_translation.languages import code_named, name_of
from audio_translation.translation.request import TranslationOptions, invalid_request
from audio_translation.wiring.request_functions import request_functions

_FILE = "audio_file"
_TEXT = "text/plain; charset=utf-8"
_NAMES = {
    "audioFileUrl": _FILE,
    "sourceLanguage": "language",
    "prompt": "initial_prompt",
    "speakers": "diarize",
}
"""The contract's names of our fields."""

Encode = Annotated[
    bool, Query(description="false: the file is raw samples, 16 kHz, mono, 16 bit, little-endian")
]
VideoFile = Annotated[str | None, Query(description="means nothing here", max_length=4096)]


class DetectedLanguage(BaseModel):
    """The language spoken; `und` where nobody speaks. `confidence` is its share of the speech."""

    detected_language: str
    language_code: str
    confidence: float


router = Router()  # type: ignore[no-untyped-call]


@router.post("/asr", operation_id="asr", tags=["whisper-asr-webservice"], responses=ASR_RESPONSES)
def asr(
    *,
    task: Annotated[str | None, Query(pattern="^(transcribe|translate|)$")] = "transcribe",
    language: Annotated[str | None, Query(max_length=100)] = None,
    initial_prompt: Annotated[str | None, Query(max_length=20_000)] = None,
    output: Output = Output.TXT,
    encode: Encode = True,
    word_timestamps: bool = False,
    vad_filter: Annotated[bool, Query(description="silence is never sent")] = False,  # noqa: ARG001
    diarize: Annotated[bool, Query(description="tells who speaks, where a model can")] = False,
    video_file: VideoFile = None,  # noqa: ARG001
    cache_control: CacheControl = None,
) -> Response[str]:
    """Write down what is said in a file, or translate it to English."""
    transcribe = task != "translate"
    with _in_words_of_asr():
        words = word_timestamps and output is Output.JSON
        options = _options(
            {
                "transcribe": transcribe,
                "sourceLanguage": language and (code_named(language) or language),
                "prompt": initial_prompt,
                "responseFormat": output.made_from,
                "speakers": "auto" if diarize else None,
                "include": ("words",) if words else (),
            }
        )
        options = as_header_says(options, cache_control)
        file = _file(encode=encode)
        made = request_functions().direct_or_job.translate_file(options, file, caller_of(router))
    headers = response_headers(
        request_functions().model_asked(options),
        made.served,
        untranslated_segments=made.untranslated_segments,
        warnings=made.warnings,
        job_id=made.job_id,
        cached=made.cached,
    )
    headers["Asr-Engine"] = "audio-translation"
    name = quote(file.name or _FILE)
    headers["Content-Disposition"] = f'attachment; filename="{name}.{output.value}"'
    return Response(200, _TEXT, written(made.rendered.body, output), {**headers})


@router.post(
    "/detect-language",
    operation_id="detectLanguage",
    tags=["whisper-asr-webservice"],
    responses={**OPENAI_RESPONSES, 200: responses("The language spoken", DetectedLanguage)[200]},
)
def detect_language(encode: Encode = True, video_file: VideoFile = None) -> Response[str]:  # noqa: ARG001, FBT002
    """Tell which language is spoken where speech begins."""
    with _in_words_of_asr():
        spoken = request_functions().direct_or_job.language_of_file(
            _file(encode=encode), caller_of(router)
        )
    code, share = spoken or ("und", 0.0)
    return json_response(
        200,
        DetectedLanguage(
            detected_language=name_of(code) if spoken else "undetermined",
            language_code=code,
            confidence=share,
        ),
    )


def _options(fields: dict[str, object]) -> TranslationOptions:
    try:
        return TranslationOptions.model_validate(fields)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _file(*, encode: bool) -> SentFile:
    file = sent_form(router.current_event.raw_event, file=_FILE).file
    if file is None:
        raise InvalidRequest(f"{_FILE} is required.", param=_FILE)
    return file if encode else replace(file, content=as_wav(file.content))


@contextmanager
def _in_words_of_asr() -> Iterator[None]:
    """Name the contract's fields in errors."""
    try:
        yield
    except ServiceError as error:
        if error.param in _NAMES:
            error.message = error.message.replace(f"{error.param}:", f"{_NAMES[error.param]}:")
            error.param = _NAMES[error.param]
        raise
