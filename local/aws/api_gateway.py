"""API Gateway on one machine: HTTP requests to Lambda proxy events, and the answers back."""

import asyncio
import base64
import functools
import json
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local.aws.lambda_context import Event, Invoke, LambdaContext
from local.aws.lambda_sandboxes import SandboxesClosed
from local.aws.template import ACCOUNT, load_template, resolved
from local.gateway.keys import NotAuthorized, key_of
from local.gateway.routes import Found, find

MAX_BODY_BYTES = 10 * 1024 * 1024
"""API Gateway takes no larger body."""

MAX_EVENT_BYTES = 6_291_456
"""Lambda takes no larger event: about 4.5 MB of audio, which is sent as base64."""

TIME_LIMIT_SECONDS = 29.0
"""How long API Gateway waits for a function, by default."""

_AT_ONCE = 100
"""Requests that are with the function, or wait for a sandbox."""


def create_app(
    invoke: Invoke,
    *,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    max_body_bytes: float = MAX_BODY_BYTES,
    max_event_bytes: float = MAX_EVENT_BYTES,
    keys: frozenset[str] | None = None,
    allowed_origins: str = "",
) -> ASGIApp:
    """Return an API Gateway in front of the function that ``invoke`` calls, in a thread.

    The function answers with a Lambda proxy response. ``keys`` are the API keys of the usage plan;
    with None any key is good and none is needed. ``allowed_origins`` is the template's parameter.
    """
    # Threads of asyncio's own are few: 6 on two processors.
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="api-gateway")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = str(uuid.uuid4())
        try:
            request = Request(scope, receive)
            path, body = request.scope["path"], await _body(request, max_body_bytes)
            if request.method == "OPTIONS":
                response = _preflight(path, allowed_origins)
            else:
                found = find(request.method, path)
                if found is None:
                    raise _Refused("MISSING_AUTHENTICATION_TOKEN")
                key = key_of(request, found, keys)
                event = _event(request, found, body, request_id, key)
                if len(body) > max_event_bytes // 2 and len(json.dumps(event)) > max_event_bytes:
                    raise _Refused("REQUEST_TOO_LARGE")
                context = LambdaContext(request_id, time.time() + time_limit_seconds)
                answer = _invoked(threads, invoke, event, context)
                response = await _within(answer, time_limit_seconds)
        except ClientDisconnect:
            return
        except (_Refused, NotAuthorized) as refused:
            response = gateway_response(str(refused), allowed_origins)
        except _BodyTooLarge as error:
            response = PlainTextResponse(str(error), 413)
        response.headers["x-amzn-RequestId"] = request_id
        if not isinstance(response, PlainTextResponse):
            response.headers["X-Request-Id"] = request_id  # the function's answers have it already
        await response(scope, receive, send)

    return app


async def _body(request: Request, max_bytes: float) -> bytes:
    """Return the body; raises _BodyTooLarge.

    It is read to its end even then, because clients read no answer while they are sending.
    """
    body, size = bytearray(), 0
    async for block in request.stream():
        size += len(block)
        if size <= max_bytes:
            body += block
    if size > max_bytes:
        raise _BodyTooLarge(f"HTTP content length exceeded {max_bytes} bytes.")
    return bytes(body)


class _BodyTooLarge(Exception):
    """What API Gateway answers in its own words, whatever its gateway responses say.

    That it is a 413 in plain text without headers of ours is what others observed in AWS.
    Source of the text: https://github.com/chroma-core/chroma/issues/1458
    """


class _Refused(Exception):
    """API Gateway answers without the function; the text is the type of its gateway response."""


_template = functools.cache(load_template)


def _api(name: str, allowed_origins: str) -> Any:
    """Return a property of the template's API."""
    template = _template()
    node = template["Resources"]["Api"]["Properties"][name]
    return resolved(template, node, {"AllowedOrigins": allowed_origins})


def gateway_response(kind: str, allowed_origins: str = "") -> Response:
    """Return the template's gateway response of this type: body, status and constant headers."""
    response = _api("GatewayResponses", allowed_origins)[kind]
    headers = {
        name: value.strip("'")
        for name, value in response["ResponseParameters"]["Headers"].items()
        if value.startswith("'")
    }
    body = response["ResponseTemplates"]["application/json"]
    return Response(body, response["StatusCode"], headers, media_type="application/json")


def _preflight(path: str, allowed_origins: str) -> Response:
    """Answer a browser's question about a route, as SAM has API Gateway do it."""
    if find("OPTIONS", path) is None:
        return gateway_response("MISSING_AUTHENTICATION_TOKEN", allowed_origins)
    given = _api("Cors", allowed_origins)
    headers = {re.sub(r"(?=[A-Z])", "-", n)[1:]: v.strip("'") for n, v in given.items()}
    return Response("{}", 200, {f"Access-Control-{name}": v for name, v in headers.items()})


async def _invoked(
    threads: ThreadPoolExecutor, invoke: Invoke, event: Event, context: LambdaContext
) -> Response:
    loop = asyncio.get_running_loop()
    return _response(await loop.run_in_executor(threads, invoke, event, context))


async def _within(answer: Awaitable[Response], seconds: float) -> Response:
    """Wait so many seconds for the answer. The function runs on after a time-out, as in AWS.

    Raises _Refused then, and for whatever the function raised.
    """
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        raise _Refused("INTEGRATION_TIMEOUT") from None
    except SandboxesClosed as error:
        raise _Refused("INTEGRATION_FAILURE") from error
    except Exception as error:
        logging.getLogger(__name__).exception("The function failed")
        raise _Refused("INTEGRATION_FAILURE") from error


def _event(request: Request, found: Found, body: bytes, request_id: str, key: str | None) -> Event:
    """Return API Gateway's event of a Lambda proxy integration, payload version 1.0.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in request.headers.raw]
    if "x-forwarded-proto" not in request.headers:
        headers.append(("X-Forwarded-Proto", request.url.scheme))
    query = parse_qsl(request.url.query, keep_blank_values=True)
    path = request.scope["path"]
    text = None if _is_binary(request.headers.get("content-type", "")) else _as_text(body)
    client = request.client.host if request.client else "127.0.0.1"
    return {
        "resource": found.route.path,
        "path": path,
        "httpMethod": request.method,
        "headers": dict(headers) or None,
        "multiValueHeaders": _many(headers) or None,
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _many(query) or None,
        "pathParameters": found.parameters or None,
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
            "resourcePath": found.route.path,
            "stage": "local",
        },
        "body": (base64.b64encode(body).decode() if text is None else text) if body else None,
        "isBase64Encoded": bool(body) and text is None,
    }


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
