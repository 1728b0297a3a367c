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

from audio_translation.errors import InvalidRequest, NotFound, ServiceError
from audio_translation.http_api.openai_form import form_schema
from audio_translation.jobs.job import Job
from audio_translation.jobs.management import POLL_SECONDS
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.translation.request import TranslationRequest, invalid_request
from audio_translation.wiring.request_functions import request_functions

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
    from aws_lambda_powertools.event_handler.openapi.models import OpenAPI


def make_app() -> APIGatewayRestResolver:
    """Return a REST resolver that counts every error and answers it with the envelope."""
    app = _Resolver(enable_validation=True)
    app.configure_openapi(
        title="Audio translation",
        version="0.1.0",
        description="Speech in any language to English (or other) text and subtitles.",
    )
    app.enable_swagger(path="/docs", title="Audio translation")

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(200, "application/json", app.get_openapi_json_schema())

    def failed(error: Exception) -> Response[str]:
        known = _as_ours(error, app.current_event.raw_event)
        return _error_response(request_functions().telemetry.failed(known))

    app.exception_handler(Exception)(failed)
    return app


_OPEN_ROUTES = {"/health"}
"""Routes on the OpenAPI page that need no API key."""
OPENAI = "/v1/"
"""OpenAI's own routes: the API key is a bearer token there, and bodies are forms."""
_FORM_ROUTE = f"{OPENAI}audio/translations"
_BODIES: dict[str, type[BaseModel]] = {"/uploads": UploadRequest}
"""The body's model of routes whose body is no TranslationRequest."""


class _Resolver(APIGatewayRestResolver):
    """Powertools' resolver with corrections to its OpenAPI page.

    It adds the stage and the API keys, and removes the status 422, which this API never answers.
    """

    def get_openapi_schema(self, **options: Any) -> "OpenAPI":
        options["servers"] = [{"url": self._get_base_path() or "/"}]
        options["security_schemes"] = {
            "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        schema = super().get_openapi_schema(**options)
        for name, path in (schema.paths or {}).items():
            for operation in filter(None, (path.get, path.post, path.delete)):
                (operation.responses or {}).pop(422, None)
                if nothing := (operation.responses or {}).get(204):
                    nothing.content = None
                if name not in _OPEN_ROUTES:
                    scheme = "bearer" if name.startswith(OPENAI) else "apiKey"
                    operation.security = [{scheme: []}]
        form = (schema.paths or {})[_FORM_ROUTE]
        if form.post:
            described = form.post.model_dump(by_alias=True, exclude_none=True)
            form.post = form.post.model_validate(described | {"requestBody": _form()})
        schemas = schema.components.schemas if schema.components else None
        for name in ("HTTPValidationError", "ResponseValidationError", "ValidationError"):
            (schemas or {}).pop(name, None)
        return schema


def json_response(
    status: int, body: BaseModel, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """Return a response with a model as its JSON."""
    return Response(status, "application/json", body.model_dump_json(), {**(headers or {})})


def retry_after(job: Job) -> dict[str, str]:
    """Return the ``Retry-After`` header for a job that has not ended, nothing for one that has."""
    return {} if job.status.final else {"Retry-After": str(POLL_SECONDS)}


def base_url(event: Mapping[str, Any]) -> str:
    """Return what stands before the API's routes in the client's path: the stage, mostly.

    So Location is a path from the root of the host, which every client resolves rightly, behind
    API Gateway's own host name (/v1/jobs/7) as well as behind a domain of one's own (/jobs/7).
    """
    route = str(event["resource"])
    path = str(event["requestContext"].get("path") or route)
    return path.removesuffix(route) if path.endswith(route) else ""


def as_json(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with a JSON content type, whatever the client sent.

    ``curl -d`` calls every body a form, but this contract takes JSON only. OpenAI's routes, which
    do take forms, are left as they are.
    """
    if event["resource"].startswith(OPENAI):
        return dict(event)
    headers = {k: v for k, v in (event.get("headers") or {}).items() if k.lower() != "content-type"}
    return {**event, "headers": {**headers, "Content-Type": "application/json"}}


def _form() -> dict[str, Any]:
    schema = form_schema("#/components/schemas/{model}")
    return {"content": {"multipart/form-data": {"schema": schema}}, "required": True}


def only_an_object(app: APIGatewayRestResolver, call_next: "NextMiddleware") -> Response[Any]:
    """Refuse a list as a body: Powertools would take its first element and drop the others."""
    if not isinstance(app.current_event.json_body, dict):
        raise _not_read()
    return call_next(app)


def _as_ours(error: Exception, event: Mapping[str, Any]) -> Exception:
    """Return one of our errors for one of Powertools' own; any other error unchanged."""
    if isinstance(error, RequestValidationError | RequestUnsupportedContentType):
        return invalid_request(error.errors(), _BODIES.get(event["resource"], TranslationRequest))
    if isinstance(error, NotFoundError):
        return NotFound("There is no such route. GET /docs lists them.")
    if isinstance(error, ValueError | RecursionError) and not _is_readable(event):
        return _not_read()
    return error


def _is_readable(event: Mapping[str, Any]) -> bool:
    """Return whether Powertools can parse the body, if there is one."""
    if not event.get("body") or event["resource"].startswith(OPENAI):
        return True
    try:
        APIGatewayProxyEvent(dict(event)).json_body  # noqa: B018  it is read when asked for
    except (ValueError, RecursionError):
        return False
    return True


def _not_read() -> InvalidRequest:
    return InvalidRequest("The body must be a JSON object in UTF-8.")


def _error_response(error: ServiceError) -> Response[str]:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Response(error.status, "application/json", json.dumps(error.envelope()), headers)
