"""Examples on the OpenAPI page: bodies that can be sent as they stand, answers, errors."""

from typing import Any

from audio_translation import errors
from audio_translation.errors import ServiceError
from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.transcript import Segment, Translation

EXAMPLE_PATH = "/example.mp3"
"""Where the service offers a recording, for requests that need one."""

_TEXT = "The conference will begin when the leader arrives."
_CUE = "00:00:00,150 --> 00:00:03,650\nThe conference will begin\nwhen the leader arrives.\n"

_SAID = Translation(
    (Segment(150, 3650, _TEXT),), language="english", duration=3924, model="whisper-1", tag="en"
)
_LONG = (ResponseFormat.TTML, ResponseFormat.ASS, ResponseFormat.CSV)

_ANSWERS: dict[str, Any] = {
    "json": {"text": _TEXT},
    "verbose_json": {
        "task": "translate",
        "language": "english",
        "duration": 3.924,
        "text": _TEXT,
        "segments": [
            {
                "id": 0,
                "seek": 0,
                "start": 0.15,
                "end": 3.65,
                "text": f" {_TEXT}",
                "tokens": [50364, 440, 7586],
                "temperature": 0,
                "avg_logprob": -0.26,
                "compression_ratio": 0.94,
                "no_speech_prob": 0.01,
            }
        ],
        "model": "whisper-1",
        "provider": "openai",
    },
    "text": f"{_TEXT}\n",
    "srt": f"1\n{_CUE}",
    "vtt": f"WEBVTT\n\n{_CUE.replace(',', '.')}",
    "html": f'<!DOCTYPE html>\n<html lang="en">...<p lang="en" dir="ltr">{_TEXT}</p>...</html>\n',
    **{kind.value: render(_SAID, kind).text for kind in _LONG},
}
"""By response format."""

PRACTICE = {"expectedText": "La conferencia comenzará cuando llegue el líder.", "language": "es"}
"""What is said in the recording."""

_PRACTICED: dict[str, Any] = {
    "words": [
        {"word": "Buenos", "verdict": "heard", "start": 0.45, "end": 0.8},
        {"word": "días", "verdict": "different", "heard": "díos", "start": 0.8, "end": 1.1},
        {"word": "a", "verdict": "missing"},
        {"word": "todos", "verdict": "heard", "start": 1.5, "end": 1.95},
        {"word": "eh", "verdict": "extra", "start": 1.95, "end": 2.1},
    ],
    "wordsPerMinute": 145.5,
    "pauses": [{"start": 1.1, "end": 1.5}],
    "completeness": 0.5,
    "understood": None,
    "heardText": "Buenos díos todos, eh.",
    "language": "es",
    "model": "whisper-1",
    "provider": "openai",
    "warnings": [],
}

_ERRORS: tuple[ServiceError, ...] = (
    errors.InvalidRequest("audioFileUrl is required.", param="audioFileUrl"),
    errors.UrlNotAllowed(
        "audioFileUrl has a scheme that is not fetched: use https, http or s3.",
        param="audioFileUrl",
    ),
    errors.AudioNotRetrievable(
        "example.com answered 404 Not Found. Check the URL.", param="audioFileUrl"
    ),
    errors.UnsupportedAudio("The file is a PDF, not audio.", param="audioFileUrl"),
    errors.CostLimitExceeded(
        "This audio may cost $0.36: 1:00:00 of it, at $0.006 a minute. The bound is $0.1: send"
        " less, or ask with a higher maxCostUsd.",
        param="maxCostUsd",
    ),
    errors.NotFound("There is no such job of yours, or it is no longer kept."),
    errors.ModelNotFound("The model 'whisper-9' does not exist.", param="model"),
    errors.JobNotFinished("The job has not ended. Ask again after the seconds in Retry-After."),
    errors.IdempotencyConflict(
        "This Idempotency-Key belongs to another request. Use a new one.", param="Idempotency-Key"
    ),
    errors.LiveEnded("The session has ended. Open another one with POST /live."),
    errors.AudioTooLarge("The audio is too large.", param="audioFileUrl"),
    errors.RateLimited("Too many requests. Come back after the seconds in Retry-After."),
    errors.ProviderRejected("The provider refused the request."),
    errors.ProviderQuotaExhausted("The provider's account has no credit."),
    errors.ProviderUnavailable("The provider failed. Try again later."),
    errors.Internal("Something went wrong here. The log says more under the request's id."),
)
_MESSAGES = {error.code: error.envelope() for error in _ERRORS}
_MESSAGES["invalid_api_key"] = {
    "error": {
        "message": "Send a valid key of this API.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
}
"""By code. API Gateway answers the last one itself."""

ERROR_CODES = frozenset(_MESSAGES)

SHARED: dict[str, Any] = {
    name: {"value": value}
    for name, value in (_ANSWERS | {"practiced": _PRACTICED} | _MESSAGES).items()
}
"""What responses refer to: answers by format, errors by code."""


def bodies(base_url: str) -> dict[str, Any]:
    """Return a request for each model of a JSON body, as it can be sent to ``base_url``."""
    audio = {"audioFileUrl": f"{base_url}{EXAMPLE_PATH}", "responseFormat": "srt"}
    return {
        "TranslationRequest": audio,
        "BackendlessRequest": audio,
        "CorrectionRequest": {"segments": [{"id": 0, "source": "La conferencia va a comenzar."}]},
        "PracticeRequest": {"audioFileUrl": audio["audioFileUrl"], **PRACTICE},
        "LiveRequest": {"targetLanguage": "en", "maxMinutes": 60},
        "UploadRequest": {"fileName": "interview.mp3", "size": 31_725},
    }


FORM_FIELDS: dict[str, Any] = {"model": "whisper-1"}
"""The same for forms: values of fields that have no default. Files are the caller's to choose."""

JOB_ID = "01525987-8252-4da8-8b02-606da76c433e"
_JOB: dict[str, Any] = {
    "id": JOB_ID,
    "status": "succeeded",
    "fileName": "interview.mp3",
    "audioFileUrl": "https://example.com/interview.mp3",
    "targetLanguage": "en",
    "responseFormat": "srt",
    "progress": {
        "chunks": {"done": 1, "total": 1},
        "audioSeconds": {"done": 3.924, "total": 3.924},
    },
    "waitingFor": None,
    "attempts": 0,
    "nextTry": None,
    "lastError": None,
    "created": "2026-11-22T17:00:31Z",
    "updated": "2026-11-22T17:00:35Z",
    "error": None,
    "result": {
        "url": f"https://example-bucket.s3.amazonaws.com/jobs/{JOB_ID}/result.srt?X-Amz-Signature=0",
        "format": "srt",
        "expires": "2026-11-22T18:00:35Z",
    },
    "model": "whisper-1",
    "provider": "openai",
    "partial": False,
    "estimatedDollars": 0.000392,
    "cached": False,
    "warnings": [],
    "languages": [{"language": "es", "share": 1}],
    "reference": None,
    "record": None,
    "live": False,
}
JOB_ENDED = {
    "type": "translation.succeeded",
    "timestamp": "2026-11-22T17:00:35+00:00",
    "data": _JOB,
}
"""A callback."""
