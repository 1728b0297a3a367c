"""The responses of all routes on the OpenAPI page.

Routes name them when they are defined, so this is imported at every start. What is long is only
referred to here: schemas.py and examples.py hold it, for those who ask for the page.

Errors are told by status, as a text with their codes in it; document.py finds the codes and adds
an example for each, and the headers that follow from a status.
"""

from typing import Any

from pydantic import BaseModel

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.response_headers import DESCRIBED
from audio_translation.jobs.job_view import JobView
from audio_translation.practice.result import Practiced


class ErrorDetail(BaseModel):
    """What was wrong; `param` names the request field at fault."""

    message: str
    type: str
    param: str | None
    code: str


class ErrorEnvelope(BaseModel):
    """OpenAI's error object.

    `message` and `code` stand beside it, too, under the Backendless names and where API Gateway
    answers by itself.
    """

    error: ErrorDetail
    message: str | None = None
    code: str | None = None


def responses(
    description: str,
    model: type[BaseModel] | None,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    errors: dict[int, str] | None = None,
) -> Any:
    """Return a route's responses: the good one, the errors of every route, and its own errors.

    ``headers`` are those of the good one with their descriptions.
    """
    good: Any = {"description": description}
    if headers:
        good["headers"] = _headers(headers)
    if model:
        good["content"] = {"application/json": {"model": model}}
    return {status: good, **_errors(_COMMON | (errors or {}))}


def example(name: str) -> Any:
    """Return the examples of a content: the one of this name in examples.py."""
    return {name: {"$ref": f"#/components/examples/{name}"}}


def schema(name: str) -> Any:
    """Return what refers to a model of schemas.py, or another one that is on the page."""
    return {"$ref": f"#/components/schemas/{name}"}


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


_COMMON = {
    400: "invalid_request",
    401: "invalid_api_key",
    404: "not_found",
    429: "rate_limited; Retry-After says when to come back",
    500: "internal",
}
"""Errors of all routes."""
LOCATION = {"Location": "the job's URL"}
WAIT = {"Retry-After": "seconds until it is worth a look; only while the job has not ended"}
WORK = {
    401: _COMMON[401],
    402: "cost_limit_exceeded",
    413: "audio_too_large; plain text for a request over 10 MB",
    429: _COMMON[429],
    500: _COMMON[500],
    502: "provider_rejected or provider_unavailable",
    503: "provider_quota_exhausted",
    504: "provider_unavailable",
}
"""Errors of all routes that translate."""
_IGNORED = {"X-Ignored-Fields": "up to ten fields that mean nothing here (Backendless name)"}
_ANSWERED = _headers(DESCRIBED)
_OPERATION = {"Operation-Location": "the job's URL with `poll=operation`, if that was asked for"}
JOB: Any = {
    **responses("The job", JobView, headers=LOCATION | _OPERATION | WAIT),
    202: {
        "description": "The same, before it has ended, for `poll=location`",
        "headers": _headers(LOCATION | WAIT),
        "content": {"application/json": {"model": JobView}},
    },
}
"""Responses of GET /jobs/{id}."""
# The one with more required fields comes first: clients that try one after the other take it where
# it fits, and the other one fits always.
_JSON: Any = {
    "application/json": {
        "schema": {"anyOf": [schema("VerboseTranslation"), schema("Translation")]},
        "examples": example("json") | example("verbose_json"),
    }
}
_TEXTS = [kind for kind in ResponseFormat if "json" not in kind.content_type]
_TEXT = {"type": "string"}
_TEXT_EXAMPLES = {name: shown for kind in _TEXTS for name, shown in example(kind).items()}
JSON_OR_TEXTS: Any = _JSON | {
    kind.content_type.partition(";")[0]: {"schema": _TEXT, "examples": example(kind)}
    for kind in _TEXTS
}
"""Content of an answer in the format that was asked for."""
_TRANSLATION: Any = {
    "description": "The translation in the format that was asked for",
    "headers": _ANSWERED
    | _headers(
        {
            "X-Source-Location": "s3:// URL of the saved audio (saveSource)",
            "X-Source-Error": "why the audio could not be saved (saveSource)",
        }
        | _IGNORED
    ),
    "content": JSON_OR_TEXTS,
}
TRANSLATION: Any = {
    **responses(
        "",
        None,
        errors={
            409: "job_not_finished; Retry-After says when to ask again",
            413: "audio_too_large: the translation is, for one answer",
        },
    ),
    200: _TRANSLATION | {"headers": _ANSWERED},
}
"""Responses of a route that returns a stored translation."""
TRANSLATION_RESPONSES: Any = {
    200: _TRANSLATION,
    202: {
        "description": "A job, at the URL in Location; Retry-After says when to look at it",
        "headers": _headers(
            LOCATION
            | _OPERATION
            | WAIT
            | _IGNORED
            | {"Preference-Applied": "respond-async, if it was asked for"}
        ),
        "content": {"application/json": {"model": JobView}},
    },
    **_errors(
        {
            400: "invalid_request, url_not_allowed, audio_not_retrievable or unsupported_audio",
            404: "not_found",
            409: "idempotency_conflict",
            **WORK,
        }
    ),
}
_HEALTH: Any = {"content": {"application/json": {"schema": schema("Health")}}}
HEALTH: Any = {
    200: {"description": "The function answers", **_HEALTH},
    307: {
        "description": "The same, with `deep`",
        "headers": _headers({"Location": "/health/providers"}),
        **_HEALTH,
    },
    **_errors({400: _COMMON[400], 429: _COMMON[429], 500: "internal"}),
}
PROVIDER_HEALTH = responses("The providers' states", None)
PROVIDER_HEALTH[200]["content"] = {"application/json": {"schema": schema("ProviderStates")}}
RECORD_KEY: Any = {
    200: {
        "description": "The public half of the key, ECDSA over P-256",
        "content": {"application/x-pem-file": {"schema": _TEXT}},
    },
    **_errors({404: "not_found: there are no records here", 429: _COMMON[429], 500: "internal"}),
}
PRACTICE_RESPONSES: Any = {
    **responses("What was said, word by word", Practiced),
    **_errors({code: TRANSLATION_RESPONSES[code]["description"] for code in (400, 404, 409)}),
    **_errors(WORK),
}
PRACTICE_RESPONSES[200]["headers"] = _headers(DESCRIBED)
PRACTICE_RESPONSES[200]["content"]["application/json"]["examples"] = example("practiced")
OPENAI_RESPONSES: Any = {
    200: {
        "description": "The translation in the format that was asked for",
        "headers": _ANSWERED,
        "content": _JSON | {"text/plain": {"schema": _TEXT, "examples": _TEXT_EXAMPLES}},
    },
    **_errors(
        {
            400: "invalid_request or unsupported_audio",
            404: "model_not_found; not_found if the job that it became was deleted meanwhile",
            **WORK,
            413: "audio_too_large: the message names the job, or POST /uploads; plain text for a"
            " request over 10 MB",
        }
    ),
}
"""Responses of OpenAI's route."""
TRANSCRIPTION_RESPONSES: Any = {
    **OPENAI_RESPONSES,
    200: OPENAI_RESPONSES[200] | {"description": "What is said, in the format that was asked for"},
}
"""The same for what is not translated."""
ASR_RESPONSES: Any = {
    **OPENAI_RESPONSES,
    200: {
        "description": "The text",
        "headers": _ANSWERED
        | _headers(
            {
                "Asr-Engine": "`audio-translation`",
                "Content-Disposition": "a name for the text: the file's, and an extension",
            }
        ),
        "content": {"text/plain": {"schema": _TEXT}},
    },
}
"""Responses of the route of whisper-asr-webservice."""
