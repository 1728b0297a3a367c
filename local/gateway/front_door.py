"""What stands before the API on a developer's machine: who may come in, and a line for each.

A web page that the developer opens can send requests to 127.0.0.1, too, and the service fetches
from loopback addresses there. So requests for a foreign host (DNS rebinding) or from pages of a
foreign origin are refused. API Gateway, which has a name of its own and a key, needs none of this.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import TextIO
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.gateway.routes import shown_path


def guarded(app: ASGIApp, *, is_ours: Callable[[str], bool], allowed_origins: str) -> ASGIApp:
    """Return ``app`` for requests to a host that is ours, from no page or from one of ours.

    ``allowed_origins`` are those whose pages may call it, too, as the template's parameter.
    """
    allowed = {origin.strip() for origin in allowed_origins.split(",")} - {""}

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not is_ours(host):
            refusal = (
                "This service is for its own machine and does not answer to that host. "
                "If it should, say so: make serve PUBLIC_HOST=name"
            )
        elif origin and not (allowed & {"*", origin} or _is_of(origin, host)):
            refusal = (
                "Pages of that origin may not call this service. If they should, say so: "
                "ALLOWED_ORIGINS=http://localhost:3000 make serve"
            )
        else:
            await app(scope, receive, send)
            return
        error = {"message": refusal, "type": "invalid_request_error"}
        content = {"error": {**error, "param": None, "code": "invalid_request"}}
        await JSONResponse(content, 403)(scope, receive, send)

    return guard


def _is_of(origin: str, host: str) -> bool:
    """Return whether it is the origin of the pages of this host."""
    return urlsplit(origin).netloc.lower() == host.lower()


def logged(app: ASGIApp, *, as_json: bool, output: TextIO | None = None) -> ASGIApp:
    """Return ``app`` with a line for each request on ``output``, stderr when left out.

    It has the method, the path without keys and without a query, the status and the seconds until
    the answer's end; nothing of what was sent or answered.
    """

    async def log(scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.monotonic(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"].isalpha() else "?"
            path = shown_path(scope["method"], scope["path"])
            seconds = time.monotonic() - began
            print(_line(method, path, status, seconds, as_json=as_json), file=output or sys.stderr)

    return log


def _line(method: str, path: str, status: int, seconds: float, *, as_json: bool) -> str:
    if not as_json:
        return f"{method} {path} {status or 'no answer'} {seconds:.{1 if seconds >= 1 else 3}f} s"
    line = {"method": method, "path": path, "status": status or None, "seconds": round(seconds, 3)}
    return json.dumps(line)
