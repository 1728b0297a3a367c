"""What all routes share: the resolver, errors as the envelope, the OpenAPI page, responses."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import BaseModel

from audio_translation.errors import InvalidRequest, MethodNotAllowed, ServiceError
from audio_translation.http_api.base_path import base_path, public_url
from audio_translation.http_api.openapi.docs_page import docs_page
from audio_translation.http_api.request_event import BACKENDLESS, PROBLEM, reads_own_body
from audio_translation.http_api.wrong_method import no_route
from audio_translation.jobs.records.correction_request import CorrectionRequest
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.live.live_request import LiveRequest
from audio_translation.practice.request import PracticeRequest
from audio_translation.translation.request import TranslationRequest, invalid_request
from audio_translation.wiring.request_functions import request_functions

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.middlewares import NextMiddleware


def make_app() -> APIGatewayRestResolver:
    """Return a REST resolver that counts every error and answers it with the envelope."""
    app = APIGatewayRestResolver(enable_validation=True)
    app.configure_openapi(
        title="Audio translation",
        version="0.1.0",
        description=(
            "Speech in any language to English (or other) text and subtitles. Every example can be"
            " sent as it stands. Every error has OpenAI's envelope; go by its `code`."
        ),
    )

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(200, "application/json", _openapi(app))

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response[str]:
        return Response(200, "text/html", docs_page(_openapi(app)))

    def failed(error: Exception) -> Response[str]:
        event = app.current_event.raw_event
        known = no_route(app) if isinstance(error, NotFoundError) else _as_ours(error, event)
        return _error_response(
            request_functions().telemetry.failed(known),
            at_top_level=event["resource"] == BACKENDLESS,
        )

    app.exception_handler(Exception)(failed)
    return app


_BODIES: dict[str, type[BaseModel]] = {
    "/practice": PracticeRequest,
    "/uploads": UploadRequest,
    "/live": LiveRequest,
    "/jobs/{job_id}/segments": CorrectionRequest,
}
"""The body's model of routes whose body is no TranslationRequest."""


def json_response(
    status: int, body: BaseModel, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """Return a response with a model as its JSON."""
    return Response(status, "application/json", body.model_dump_json(), {**(headers or {})})


def only_an_object(app: APIGatewayRestResolver, call_next: "NextMiddleware") -> Response[Any]:
    """Refuse a list as a body: Powertools would take its first element and drop the others."""
    if not isinstance(app.current_event.json_body, dict):
        raise _not_read()
    return call_next(app)


def _openapi(app: APIGatewayRestResolver) -> str:
    from audio_translation.http_api.openapi.document import openapi_document  # noqa: PLC0415

    event = app.current_event.raw_event
    return openapi_document(app, server=base_path(event) or "/", base_url=public_url(event))


def _as_ours(error: Exception, event: Mapping[str, Any]) -> Exception:
    """Return one of our errors for one of Powertools' own; any other error unchanged."""
    if isinstance(problem := event.get(PROBLEM), InvalidRequest):
        return problem
    if isinstance(error, RequestValidationError | RequestUnsupportedContentType):
        return invalid_request(error.errors(), _BODIES.get(event["resource"], TranslationRequest))
    if isinstance(error, ValueError | RecursionError) and not _is_readable(event):
        return _not_read()
    return error


def _is_readable(event: Mapping[str, Any]) -> bool:
    """Return whether Powertools can parse the body, if there is one."""
    if not event.get("body") or reads_own_body(event["resource"]):
        return True
    try:
        APIGatewayProxyEvent(dict(event)).json_body  # noqa: B018  it is read when asked for
    except (ValueError, RecursionError):
        return False
    return True


def _not_read() -> InvalidRequest:
    return InvalidRequest("The body must be a JSON object in UTF-8, or a form.")


def _error_response(error: ServiceError, *, at_top_level: bool) -> Response[str]:
    """Return the envelope; for Backendless' clients message and code stand beside it, too."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = error.allow
    body = error.envelope()
    if at_top_level:
        body |= {"message": error.message, "code": error.code}
    return Response(error.status, "application/json", json.dumps(body), headers)
