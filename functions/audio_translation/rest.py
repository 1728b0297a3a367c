"""The HTTP side that no single route owns: errors as the envelope, callers, the OpenAPI page."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from pydantic import BaseModel

from audio_translation.answer_headers import DESCRIBED
from audio_translation.domain.errors import InvalidRequest, NotFound, ServiceError
from audio_translation.domain.job import Job
from audio_translation.domain.openai_request import form_schema
from audio_translation.domain.request import TranslationRequest, invalid_request
from audio_translation.domain.upload_request import UploadRequest
from audio_translation.usecases.jobs import POLL_SECONDS, JobView

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.openapi.models import OpenAPI


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
    """What OpenAPI says of a route's answers: a good one, the errors that any route has, others."""
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
"""Errors of every route that translates."""
_TRANSLATION: Any = {
    "description": "The translation in the format that was asked for",
    "headers": _headers(
        {
            "X-Request-Id": "names the request in the log",
            **DESCRIBED,
            "X-Source-Location": "s3:// URL of the saved audio (saveSource)",
            "X-Source-Error": "why the audio could not be saved (saveSource)",
            "X-Ignored-Fields": "up to ten fields that mean nothing here (Backendless name)",
        }
    ),
    "content": {
        "application/json": {"schema": {"type": "object", "required": ["text"]}},
        "text/plain": {"schema": {"type": "string"}},
        "application/x-subrip": {"schema": {"type": "string"}},
        "text/vtt": {"schema": {"type": "string"}},
    },
}
TRANSLATION: Any = {**responses("", None), 200: _TRANSLATION}
"""A route that returns a translation which is there."""
TRANSLATION_RESPONSES: Any = {
    200: _TRANSLATION,
    202: {
        "description": "A job, at the URL in Location; Retry-After says when to look at it",
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
        "headers": _headers({"X-Request-Id": "names the request in the log", **DESCRIBED}),
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["text"]}},
            "text/plain": {"schema": {"type": "string"}},
        },
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
"""OpenAI's own route."""


def resolver(report: Callable[[Exception], ServiceError]) -> APIGatewayRestResolver:
    """A REST resolver whose every failure passes through ``report`` and leaves as the envelope."""
    app = _Resolver(enable_validation=True)
    app.configure_openapi(
        title="Audio translation",
        version="0.1.0",
        description="Speech in any language to English text or subtitles.",
    )
    app.enable_swagger(path="/docs", title="Audio translation")

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(200, "application/json", app.get_openapi_json_schema())

    def failed(error: Exception) -> Response[str]:
        body = _BODIES.get(app.current_event.raw_event["resource"], TranslationRequest)
        return _error_response(report(_translated(error, body)))

    app.exception_handler(Exception)(failed)
    return app


_OPEN_ROUTES = {"/health"}
"""Described routes that need no API key."""
OPENAI = "/v1/"
"""OpenAI's own routes: the API key is a bearer token there, and bodies are forms."""
_FORM_ROUTE = f"{OPENAI}audio/translations"
_BODIES: dict[str, type[BaseModel]] = {"/uploads": UploadRequest}
"""What a route's body is, where it is no TranslationRequest."""


class _Resolver(APIGatewayRestResolver):
    """Powertools' resolver, with a description that is true of what is deployed.

    It names the stage and the API key, and leaves out the 422 that this API never answers.
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


def owner(event: Mapping[str, Any]) -> str:
    """Whose jobs the caller may see: what stands for the API key, never the key itself."""
    identity: dict[str, Any] = event["requestContext"].get("identity") or {}
    if key_id := identity.get("apiKeyId"):
        return str(key_id)
    if principal := (event["requestContext"].get("authorizer") or {}).get("principalId"):
        return str(principal)
    key = identity.get("apiKey")
    return hashlib.sha256(key.encode()).hexdigest() if key else "local"


def poll(found: Job) -> dict[str, str]:
    """Headers that say when to look at a job again, if that makes sense."""
    return {} if found.status.final else {"Retry-After": str(POLL_SECONDS)}


def base(event: Mapping[str, Any]) -> str:
    """What stands before the API's routes in the path that the client used: the stage, mostly.

    So Location is a path from the root of the host, which every client resolves rightly, behind
    API Gateway's own host name (/v1/jobs/7) as well as behind a domain of one's own (/jobs/7).
    """
    route = str(event["resource"])
    path = str(event["requestContext"].get("path") or route)
    return path.removesuffix(route) if path.endswith(route) else ""


def as_json(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with a JSON content type, whatever the client called its body.

    ``curl -d`` names every body a form; this contract knows JSON bodies only. OpenAI's routes have
    forms indeed.
    """
    if event["resource"].startswith(OPENAI):
        return dict(event)
    headers = {k: v for k, v in (event.get("headers") or {}).items() if k.lower() != "content-type"}
    return {**event, "headers": {**headers, "Content-Type": "application/json"}}


def _form() -> dict[str, Any]:
    schema = form_schema("#/components/schemas/{model}")
    return {"content": {"multipart/form-data": {"schema": schema}}, "required": True}


def _translated(error: Exception, body: type[BaseModel]) -> Exception:
    """Powertools' own errors as ours; the rest as it is."""
    if isinstance(error, RequestValidationError | RequestUnsupportedContentType):
        return invalid_request(error.errors(), body)
    if isinstance(error, NotFoundError):
        return NotFound("There is no such route. GET /docs lists them.")
    if isinstance(error, ValueError | RecursionError):
        # Routes raise ServiceError only, so this is Powertools decoding the body.
        return InvalidRequest("The body is not JSON in UTF-8 that can be read.")
    return error


def _error_response(error: ServiceError) -> Response[str]:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Response(error.status, "application/json", json.dumps(error.envelope()), headers)
