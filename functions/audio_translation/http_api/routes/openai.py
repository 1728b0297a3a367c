"""OpenAI's contract: POST /v1/audio/translations, GET /v1/models and /v1/models/{model}."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
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
from audio_translation.http_api.cache_control import CacheControl, as_header_says
from audio_translation.http_api.caller import caller_of
from audio_translation.http_api.forms.multipart_form import Form, read_form
from audio_translation.http_api.forms.openai_form import OpenAIRequest
from audio_translation.http_api.openapi.responses import OPENAI_RESPONSES, responses
from audio_translation.http_api.request_event import header, raw_body
from audio_translation.http_api.response_headers import response_headers
from audio_translation.translation.models import Model
from audio_translation.translation.request import TranslationOptions
from audio_translation.wiring.request_functions import request_functions

_TEXT = "text/plain; charset=utf-8"
"""OpenAI's content type of every format that is not JSON, subtitles included."""


class ModelView(BaseModel):
    """A model as OpenAI lists it; `shutdown_date` is the day from which it is not served."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "audio-translation"
    shutdown_date: date | None = None


class ModelList(BaseModel):
    """OpenAI's list."""

    object: Literal["list"] = "list"
    data: list[ModelView]


_NAMES = {"audioFileUrl": "file", "maxCostUsd": "max_cost_usd"}
"""The form's names of our fields."""

router = Router()  # type: ignore[no-untyped-call]


@router.post(
    "/v1/audio/translations",
    operation_id="createTranslation",
    tags=["OpenAI"],
    responses=OPENAI_RESPONSES,
)
def translate(cache_control: CacheControl = None) -> Response[str]:
    """Translate the audio file of a form to English, as OpenAI does."""
    return answer_to_form(
        router,
        lambda form: OpenAIRequest.of(form.fields, form.values("include")).options,
        cache_control,
    )


def answer_to_form(
    asked_at: Router,
    read: Callable[[Form], TranslationOptions],
    cache_control: list[str] | None,
) -> Response[str]:
    """Answer the request for which ``asked_at`` was called, in OpenAI's form and words.

    ``read`` returns the options of a form and raises InvalidRequest.
    """
    with _in_words_of_openai():
        form = sent_form(asked_at.current_event.raw_event)
        options = as_header_says(read(form), cache_control)
        if form.file is None:
            raise InvalidRequest("file is required.", param="file")
        made = request_functions().direct_or_job.translate_file(
            options, form.file, caller_of(asked_at)
        )
    rendered = made.rendered
    content_type = _TEXT if isinstance(rendered.body, str) else rendered.content_type
    asked = request_functions().model_asked(options)
    headers = response_headers(
        asked,
        made.served,
        untranslated_segments=made.untranslated_segments,
        warnings=made.warnings,
        job_id=made.job_id,
        cached=made.cached,
    )
    return Response(200, content_type, rendered.text, {**headers})


@router.get(
    "/v1/models",
    operation_id="listModels",
    tags=["OpenAI"],
    responses=responses("The models that can be named", ModelList),
)
def models() -> Response[str]:
    """List the models that a request may name."""
    return json_response(200, ModelList(data=list(map(_view, request_functions().models()))))


_ONE_MODEL = responses("The model", ModelView, errors={404: "model_not_found"})


@router.get(
    "/v1/models/<model>", operation_id="retrieveModel", tags=["OpenAI"], responses=_ONE_MODEL
)
def model(model: str) -> Response[str]:
    """Tell that there is a model."""
    return _told(unquote(model))


@router.get(
    "/v1/models/<model>/<variant>",
    operation_id="retrieveModelOfMaker",
    tags=["OpenAI"],
    responses=_ONE_MODEL,
)
def model_of_somebody(model: str, variant: str) -> Response[str]:
    """Tell that there is a model whose name has its maker's before it, and a slash between."""
    return _told(unquote(f"{model}/{variant}"))


def _told(name: str) -> Response[str]:
    for found in request_functions().models():
        if found.name == name:
            return json_response(200, _view(found))
    raise ModelNotFound(f"The model {name[:100]!r} does not exist.", param="model")


def _view(model: Model) -> ModelView:
    return ModelView(id=model.name, shutdown_date=model.ends)


@contextmanager
def _in_words_of_openai() -> Iterator[None]:
    """Name the form's fields in errors, and answer a model that is gone as ModelNotFound."""
    try:
        yield
    except ModelGone as error:
        raise ModelNotFound(error.message, param="model") from error
    except ServiceError as error:
        if error.param in _NAMES:
            error.message = error.message.replace(error.param, _NAMES[error.param])
            error.param = _NAMES[error.param]
        raise


def sent_form(event: Mapping[str, Any], *, file: str = "file") -> Form:
    """Return the form in an event, whose file is in the field ``file``; raises InvalidRequest."""
    return read_form(header(event, "content-type"), raw_body(event), file=file)
