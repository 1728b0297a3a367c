"""OpenAI's contract: POST /v1/audio/translations, GET /v1/models and /v1/models/{model}."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel

from audio_translation.errors import (
    InvalidRequest,
    ModelGone,
    ModelNotFound,
    ServiceError,
)
from audio_translation.http_api.app import json_response
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.multipart_form import Form, read_form
from audio_translation.http_api.openai_form import OpenAIRequest
from audio_translation.http_api.openapi_responses import OPENAI_RESPONSES, responses
from audio_translation.http_api.response_headers import response_headers
from audio_translation.wiring.request_functions import request_functions

_TEXT = "text/plain; charset=utf-8"
"""OpenAI's content type of every format that is not JSON, subtitles included."""


class Model(BaseModel):
    """A model as OpenAI lists it."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "audio-translation"


class ModelList(BaseModel):
    """OpenAI's list."""

    object: Literal["list"] = "list"
    data: list[Model]


router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/audio/translations", responses=OPENAI_RESPONSES)
def translate() -> Response[str]:
    """Translate the audio file of a form to English, as OpenAI does."""
    with _in_words_of_openai():
        form = _form(router.current_event.raw_event)
        request = OpenAIRequest.of(form.fields)
        if form.file is None:
            raise InvalidRequest("file is required.", param="file")
        made = request_functions().direct_or_job.translate_file(
            request.options, form.file, caller_of(router)
        )
    rendered = made.rendered
    content_type = _TEXT if isinstance(rendered.body, str) else rendered.content_type
    asked = request_functions().model_asked(request.options)
    headers = response_headers(asked, made.model, untranslated_segments=made.untranslated_segments)
    return Response(200, content_type, rendered.text, {**headers})


@router.get("/v1/models", responses=responses("The models that can be named", ModelList))
def models() -> Response[str]:
    """List the models that a request may name."""
    return json_response(
        200, ModelList(data=[Model(id=name) for name in request_functions().models])
    )


_ONE_MODEL = responses("The model", Model, errors={404: "model_not_found"})


@router.get("/v1/models/<model>", responses=_ONE_MODEL)
def model(model: str) -> Response[str]:
    """Tell that there is a model."""
    return _told(unquote(model))


@router.get("/v1/models/<model>/<variant>", responses=_ONE_MODEL)
def model_of_somebody(model: str, variant: str) -> Response[str]:
    """Tell that there is a model whose name has its maker's before it, and a slash between."""
    return _told(unquote(f"{model}/{variant}"))


def _told(name: str) -> Response[str]:
    if name not in request_functions().models:
        raise ModelNotFound(f"The model {name[:100]!r} does not exist.", param="model")
    return json_response(200, Model(id=name))


@contextmanager
def _in_words_of_openai() -> Iterator[None]:
    """Name the form's field in errors, and answer a model that is gone as ModelNotFound."""
    try:
        yield
    except ModelGone as error:
        raise ModelNotFound(error.message, param="model") from error
    except ServiceError as error:
        if error.param == "audioFileUrl":
            error.param = "file"
        raise


def _form(event: Mapping[str, Any]) -> Form:
    headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
    return read_form(headers.get("content-type") or "", _bytes(event))


def _bytes(event: Mapping[str, Any]) -> bytes:
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body)
    except binascii.Error as error:
        raise InvalidRequest("The body cannot be read.") from error
