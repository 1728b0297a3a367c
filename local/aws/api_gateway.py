"""API Gateway on one machine: HTTP in, REST proxy events to the real handler, HTTP out."""

import asyncio
import base64
import functools
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from audio_translation.errors import Internal, ProviderTimedOut, ServiceError
from audio_translation.handlers import authorizer
from local.aws.template import load_template

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway's largest body."""

MAX_EVENT_BYTES = 6_291_456
"""Lambda's largest event; base64 makes about 4.5 MB of audio out of it."""

OPEN = {"/health", "/docs", "/openapi.json"}
"""Routes that need no API key."""

TIME_LIMIT_SECONDS = 29.0
"""API Gateway's longest integration."""

Event = dict[str, Any]


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda tells a handler about the invocation; travels between processes."""

    aws_request_id: str
    ends_at: float
    """By ``time.time``, which all processes share."""
    function_name: str = "audio-translation-http"
    function_version: str = "$LATEST"
    invoked_function_arn: str = (
        "arn:aws:lambda:us-east-1:123456789012:function:audio-translation-http"
    )
    memory_limit_in_mb: int = 1024
    log_group_name: str = "/aws/lambda/audio-translation-http"
    log_stream_name: str = "local"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.ends_at - time.time()) * 1000))


Call = Callable[[Event, Any], Mapping[str, Any]]
"""Invokes the function, in a thread: an event and a LambdaContext to a proxy response."""


def create_app(
    call: Call,
    *,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    max_body_bytes: int = MAX_BODY_BYTES,
    keys: frozenset[str] | None = None,
) -> ASGIApp:
    """Return the front of the function that ``call`` invokes.

    ``keys`` are those of the usage plan; with None any key is good and none is needed.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = str(uuid.uuid4())
        try:
            request = Request(scope, receive)
            key = _key(request, keys)
            event = _event(request, await _body(request, max_body_bytes), request_id, key)
            context = LambdaContext(request_id, time.time() + time_limit_seconds)
            response = await _within(_invoked(call, event, context), time_limit_seconds)
        except _Refused as refused:
            response = gateway_response(str(refused))
        except ServiceError as error:
            response = JSONResponse(error.envelope(), error.status)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["X-Request-Id"] = request_id  # the function's answers have it already
        await response(scope, receive, send)

    return Starlette(routes=[Mount("/", app)])


async def _body(request: Request, max_bytes: int) -> bytes:
    """Read the body; what is too large is read to its end, or its sender hears no answer."""
    body, size = bytearray(), 0
    async for block in request.stream():
        size += len(block)
        if size <= max_bytes:
            body += block
    if size > max_bytes:
        raise _Refused("REQUEST_TOO_LARGE")
    return bytes(body)


class _Refused(Exception):
    """API Gateway answers itself; the text is the type of its answer."""


@functools.cache
def _gateway_responses() -> dict[str, Any]:
    api: dict[str, Any] = load_template()["Resources"]["Api"]["Properties"]
    return dict(api["GatewayResponses"])


def gateway_response(kind: str) -> Response:
    """What the template says of this type of answer: its body, status and constant headers."""
    response = _gateway_responses()[kind]
    headers = {
        name: value.strip("'")
        for name, value in response["ResponseParameters"]["Headers"].items()
        if value.startswith("'")
    }
    body = response["ResponseTemplates"]["application/json"]
    return Response(body, response["StatusCode"], headers, media_type="application/json")


def _key(request: Request, keys: frozenset[str] | None) -> str | None:
    """The caller's API key, found by the real authorizer in the header that the template says."""
    path = request.scope["path"]
    token = request.headers.get("authorization" if path.startswith("/v1/") else "x-api-key")
    if path in OPEN or (keys is None and not token):
        return None
    try:
        method = f"arn:aws:execute-api:us-east-1:123456789012:local/local/{request.method}{path}"
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": method}
        key = str(authorizer.handler(event, None)["usageIdentifierKey"])
    except authorizer.Unauthorized:
        raise _Refused("UNAUTHORIZED") from None
    if keys is not None and key not in keys:
        raise _Refused("INVALID_API_KEY")
    return key


async def _invoked(call: Call, event: Event, context: LambdaContext) -> Response:
    return _response(await asyncio.to_thread(call, event, context))


async def _within(answer: Awaitable[Response], seconds: float) -> Response:
    """Wait for the answer no longer than API Gateway does; the function runs on, as in Lambda."""
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        raise ProviderTimedOut(
            f"The translation was not ready within {seconds:g} seconds. Try a shorter recording."
        ) from None
    except Exception as error:
        logging.getLogger(__name__).exception("The function failed")
        # Whatever crashes a function is a 5xx to its caller.
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
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": request.headers.get("host", ""),
            "extendedRequestId": request_id,
            "httpMethod": request.method,
            "identity": {
                "apiKey": key,
                "sourceIp": client,
                "userAgent": request.headers.get("user-agent"),
            },
            # Without the stage in front: how Powertools tells that its links need none.
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
