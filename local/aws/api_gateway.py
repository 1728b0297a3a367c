"""API Gateway on one machine: HTTP requests to Lambda proxy events, and the answers back."""

import asyncio
import base64
import functools
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from audio_translation.errors import Internal, ProviderTimedOut, ServiceError
from audio_translation.handlers import authorizer
from local.aws.lambda_context import Event, Invoke, LambdaContext
from local.aws.template import ACCOUNT, REGION, load_template

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway takes no larger body."""

MAX_EVENT_BYTES = 6_291_456
"""Lambda takes no larger event: about 4.5 MB of audio, which is sent as base64."""

ROUTES_WITHOUT_KEY = {"/health", "/docs", "/openapi.json"}
"""Paths that need no API key."""

TIME_LIMIT_SECONDS = 29.0
"""How long API Gateway waits for a function, by default."""


def create_app(
    invoke: Invoke,
    *,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    max_body_bytes: int = MAX_BODY_BYTES,
    keys: frozenset[str] | None = None,
) -> ASGIApp:
    """Return an API Gateway in front of the function that ``invoke`` calls, in a thread.

    The function answers with a Lambda proxy response. ``keys`` are the API keys of the usage plan;
    with None any key is good and none is needed.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = str(uuid.uuid4())
        try:
            request = Request(scope, receive)
            key = _key(request, keys)
            event = _event(request, await _body(request, max_body_bytes), request_id, key)
            context = LambdaContext(request_id, time.time() + time_limit_seconds)
            response = await _within(_invoked(invoke, event, context), time_limit_seconds)
        except _Refused as refused:
            response = gateway_response(str(refused))
        except ServiceError as error:
            response = JSONResponse(error.envelope(), error.status)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["X-Request-Id"] = request_id  # the function's answers have it already
        await response(scope, receive, send)

    return Starlette(routes=[Mount("/", app)])


async def _body(request: Request, max_bytes: int) -> bytes:
    """Return the body; raises _Refused if it is too large.

    It is read to its end even then, because clients read no answer while they are sending.
    """
    body, size = bytearray(), 0
    async for block in request.stream():
        size += len(block)
        if size <= max_bytes:
            body += block
    if size > max_bytes:
        raise _Refused("REQUEST_TOO_LARGE")
    return bytes(body)


class _Refused(Exception):
    """API Gateway answers without the function; the text is the type of its gateway response."""


@functools.cache
def _gateway_responses() -> dict[str, Any]:
    api: dict[str, Any] = load_template()["Resources"]["Api"]["Properties"]
    return dict(api["GatewayResponses"])


def gateway_response(kind: str) -> Response:
    """Return the template's gateway response of this type: body, status and constant headers."""
    response = _gateway_responses()[kind]
    headers = {
        name: value.strip("'")
        for name, value in response["ResponseParameters"]["Headers"].items()
        if value.startswith("'")
    }
    body = response["ResponseTemplates"]["application/json"]
    return Response(body, response["StatusCode"], headers, media_type="application/json")


def _key(request: Request, keys: frozenset[str] | None) -> str | None:
    """Return the caller's API key, found by our authorizer in the header that the template names.

    Raises _Refused.
    """
    path = request.scope["path"]
    token = request.headers.get("authorization" if path.startswith("/v1/") else "x-api-key")
    if path in ROUTES_WITHOUT_KEY or (keys is None and not token):
        return None
    try:
        method = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:local/local/{request.method}{path}"
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": method}
        key = str(authorizer.handler(event, None)["usageIdentifierKey"])
    except authorizer.Unauthorized:
        raise _Refused("UNAUTHORIZED") from None
    if keys is not None and key not in keys:
        raise _Refused("INVALID_API_KEY")
    return key


async def _invoked(invoke: Invoke, event: Event, context: LambdaContext) -> Response:
    return _response(await asyncio.to_thread(invoke, event, context))


async def _within(answer: Awaitable[Response], seconds: float) -> Response:
    """Wait so many seconds for the answer. The function runs on after a time-out, as in AWS.

    Raises ProviderTimedOut, or Internal for whatever the function raised.
    """
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        raise ProviderTimedOut(
            f"The translation was not ready within {seconds:g} seconds. Try a shorter recording."
        ) from None
    except Exception as error:
        logging.getLogger(__name__).exception("The function failed")
        raise Internal("The function failed. Its log says why.") from error


def _event(request: Request, body: bytes, request_id: str, key: str | None) -> Event:
    """Return API Gateway's event of a Lambda proxy integration, payload version 1.0.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in request.headers.raw]
    query = parse_qsl(request.url.query, keep_blank_values=True)
    path = request.scope["path"]
    text = None if _is_binary(request.headers.get("content-type", "")) else _as_text(body)
    client = request.client.host if request.client else "127.0.0.1"
    event: Event = {
        "resource": path,
        "path": path,
        "httpMethod": request.method,
        "headers": dict(headers) or None,
        "multiValueHeaders": _many(headers) or None,
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _many(query) or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": request.headers.get("host", ""),
            "extendedRequestId": request_id,
            "httpMethod": request.method,
            "identity": {
                "apiKey": key,
                "sourceIp": client,
                "userAgent": request.headers.get("user-agent"),
            },
            # Without the stage: if the path began with it, Powertools would put it into links.
            "path": path,
            "protocol": f"HTTP/{request.scope['http_version']}",
            "requestId": request_id,
            "requestTimeEpoch": round(time.time() * 1000),
            "resourceId": "local",
            "resourcePath": path,
            "stage": "local",
        },
        "body": (base64.b64encode(body).decode() if text is None else text) if body else None,
        "isBase64Encoded": bool(body) and text is None,
    }
    if len(body) > MAX_EVENT_BYTES // 2 and len(json.dumps(event)) > MAX_EVENT_BYTES:
        raise _Refused("REQUEST_TOO_LARGE")
    return event


def _is_binary(content_type: str) -> bool:
    """Whether the template's BinaryMediaTypes name it."""
    return content_type.lower().startswith(("multipart/form-data", "audio/"))


def _as_text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _many(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return many


def _response(answer: Mapping[str, Any]) -> Response:
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, int(answer["statusCode"]))
    headers = {name: [value] for name, value in (answer.get("headers") or {}).items()}
    for name, values in {**headers, **(answer.get("multiValueHeaders") or {})}.items():
        if name.lower() != "content-length":
            for value in values:
                response.headers.append(name, str(value))
    return response
