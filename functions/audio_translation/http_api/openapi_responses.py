"""The responses of all routes on the OpenAPI page."""

from typing import Any

from pydantic import BaseModel

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.response_headers import DESCRIBED
from audio_translation.jobs.job_view import JobView


class ErrorDetail(BaseModel):
    """What was wrong; `param` names the request field at fault."""

    message: str
    type: str
    param: str | None
    code: str


class ErrorEnvelope(BaseModel):
    """OpenAI's error object."""

    error: ErrorDetail


def responses(
    description: str,
    model: type[BaseModel] | None,
    *,
    status: int = 200,
    errors: dict[int, str] | None = None,
) -> Any:
    """Return a route's responses: the good one, the errors of every route, and its own errors."""
    good: Any = {"description": description}
    if model:
        good["content"] = {"application/json": {"model": model}}
    common = {
        400: "invalid_request",
        401: "invalid_api_key",
        404: "not_found",
        429: "rate_limited; Retry-After says when to come back",
        500: "internal",
    }
    return {status: good, **_errors(common | (errors or {}))}


def _errors(descriptions: dict[int, str]) -> Any:
    return {
        status: {
            "description": description,
            "content": {"application/json": {"model": ErrorEnvelope}},
        }
        for status, description in descriptions.items()
    }


def _headers(descriptions: dict[str, str]) -> Any:
    return {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in descriptions.items()
    }


_WORK = {
    401: "invalid_api_key",
    413: "audio_too_large",
    429: "rate_limited; Retry-After says when to come back",
    500: "internal",
    502: "provider_rejected or provider_unavailable",
    503: "provider_quota_exhausted",
    504: "provider_unavailable",
}
"""Errors of all routes that translate."""
_ANSWERED = _headers({"X-Request-Id": "names the request in the log", **DESCRIBED})
_JOB_MADE = _headers(
    {"Location": "the job's URL", "Retry-After": "seconds until it is worth a look"}
)
_CONTENT: Any = {"application/json": {"schema": {"type": "object", "required": ["text"]}}}
_TEXT = {"schema": {"type": "string"}}
_TEXT_FORMATS = [kind for kind in ResponseFormat if "json" not in kind.content_type]
_TRANSLATION: Any = {
    "description": "The translation in the format that was asked for",
    "headers": _ANSWERED
    | _headers(
        {
            "X-Source-Location": "s3:// URL of the saved audio (saveSource)",
            "X-Source-Error": "why the audio could not be saved (saveSource)",
            "X-Ignored-Fields": "up to ten fields that mean nothing here (Backendless name)",
        }
    ),
    "content": _CONTENT | {kind.content_type.partition(";")[0]: _TEXT for kind in _TEXT_FORMATS},
}
TRANSLATION: Any = {
    **responses("", None, errors={413: "audio_too_large: the translation is, for one answer"}),
    200: _TRANSLATION | {"headers": _ANSWERED},
}
"""Responses of a route that returns a stored translation."""
TRANSLATION_RESPONSES: Any = {
    200: _TRANSLATION,
    202: {
        "description": "A job, at the URL in Location; Retry-After says when to look at it",
        "headers": _JOB_MADE
        | _headers({"Preference-Applied": "respond-async, if it was asked for"}),
        "content": {"application/json": {"model": JobView}},
    },
    **_errors(
        {
            400: "invalid_request, url_not_allowed, audio_not_retrievable or unsupported_audio",
            404: "not_found",
            409: "idempotency_conflict",
            **_WORK,
        }
    ),
}
OPENAI_RESPONSES: Any = {
    200: {
        "description": "The translation in the format that was asked for",
        "headers": _ANSWERED,
        "content": _CONTENT | {"text/plain": _TEXT},
    },
    **_errors(
        {
            400: "invalid_request or unsupported_audio",
            404: "model_not_found",
            **_WORK,
            413: "audio_too_large: the message names the job, or POST /uploads",
        }
    ),
}
"""Responses of OpenAI's route."""
