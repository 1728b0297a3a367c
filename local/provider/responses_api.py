"""``POST /v1/responses`` as the service uses it: a request with segments, and the answer to it.

The service sends the segments of a transcription and wants their translation. The local provider
has no text model, so every other use of the endpoint is refused. Source of shapes: openai-python
3.54, ``types/responses``.
"""

import json
import time
import uuid
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse, Response

from local.provider.openai_errors import (
    ApiError,
    bad_value,
    unknown_model,
    unsupported_parameter,
)

TEXT_MODEL = "gpt-6-luna"
"""The only model that a request may name."""

_ANSWERING_MODEL = "local-whisper-translate"
_IGNORED_PARAMETERS = {
    "instructions",
    "max_output_tokens",
    "metadata",
    "prompt_cache_key",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "temperature",
    "top_p",
    "truncation",
    "user",
}


class TextSegment(BaseModel):
    """A segment to translate; ``problem`` says what was wrong with an earlier translation."""

    id: int
    text: str
    problem: str = ""


def read_segments(body: bytes) -> list[TextSegment]:
    """Return the segments that a request wants translated; raises ApiError."""
    try:
        request = _Request.model_validate_json(body)
    except ValidationError as error:
        where = str((*error.errors()[0]["loc"], "body")[0])
        raise _not_a_translation(where) from None
    if request.model != TEXT_MODEL:
        raise unknown_model(request.model)
    if request.stream:
        raise bad_value("stream", "This local server does not stream.")
    for name in sorted((request.model_extra or {}).keys() - _IGNORED_PARAMETERS):
        raise unsupported_parameter(name)
    if request.text.format.type != "json_schema":
        raise _not_a_translation("text")
    if len(request.input) != 1 or request.input[0].role != "user":
        raise _not_a_translation("input")
    return _segments(request.input[0].content)


def translation_response(texts: Mapping[int, str]) -> Response:
    """Return the translated texts, by their segments' ids, as a model's finished response."""
    segments = [{"id": number, "text": text} for number, text in texts.items()]
    content = {
        "type": "output_text",
        "text": json.dumps({"segments": segments}, ensure_ascii=False),
        "annotations": [],
    }
    message = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }
    return JSONResponse(
        {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "completed",
            "error": None,
            "incomplete_details": None,
            "model": _ANSWERING_MODEL,
            "output": [message],
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
            "usage": None,
        }
    )


class _Message(BaseModel):
    role: str
    content: str


class _Format(BaseModel):
    type: str


class _Text(BaseModel):
    format: _Format


class _Request(BaseModel, extra="allow"):
    model: str
    input: list[_Message]
    text: _Text
    stream: bool | None = False


class _Language(BaseModel):
    tag: str


class _Content(BaseModel):
    target_language: _Language
    segments: list[TextSegment]


def _segments(content: str) -> list[TextSegment]:
    try:
        wanted = _Content.model_validate(json.loads(content))
    except (ValueError, RecursionError):
        raise _not_a_translation("input") from None
    tag = wanted.target_language.tag
    if tag.partition("-")[0].lower() != "en":
        raise ApiError(
            400,
            f"This local server translates to English only, not to '{tag[:35]}': it has no text "
            "model but Whisper's translate task.",
            param="input",
            code="unsupported_value",
        )
    return wanted.segments


def _not_a_translation(param: str) -> ApiError:
    return bad_value(
        param,
        "This local server has no text model. It answers the service's text step only: one user "
        "message with a JSON object of segments, and an answer by JSON schema.",
    )
