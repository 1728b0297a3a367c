"""CORS: which pages may read the API's answers in a browser.

API Gateway answers what browsers ask before a request (`Cors` in template.yaml). Powertools'
CORSConfig would have to know the origins when this module is imported, and sends no `Vary`; it also
needs a list of the headers that pages may read, which somebody could forget to add to.
Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Mapping, Sequence
from typing import Any

_ALWAYS_READABLE = {"content-length", "content-type", "vary"}


def let_pages_read(
    response: dict[str, Any], event: Mapping[str, Any], allowed: Sequence[str]
) -> None:
    """Add to a proxy response what lets a page of an allowed origin read it, headers included.

    ``allowed`` are the origins whose pages may; `*` stands for all.
    """
    if not allowed:
        return
    headers: dict[str, list[str]] = response["multiValueHeaders"]
    origin = _allowed_origin(event, allowed)
    if origin:
        readable = [name for name in headers if name.lower() not in _ALWAYS_READABLE]
        headers["Access-Control-Allow-Origin"] = [origin]
        headers["Access-Control-Expose-Headers"] = [", ".join(readable)]
    if origin != "*":
        headers["Vary"] = [", ".join([*headers.get("Vary", []), "Origin"])]


def _allowed_origin(event: Mapping[str, Any], allowed: Sequence[str]) -> str:
    if "*" in allowed:
        return "*"
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = str(headers.get("origin", ""))
    return origin if origin in allowed else ""
