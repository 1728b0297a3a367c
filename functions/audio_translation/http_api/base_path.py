"""What stands before the API's routes in a URL: a stage, or the base path of a domain of one's own.

`resource` in API Gateway's event is always the route. Its paths differ with the way in
(https://github.com/localstack/localstack/pull/12296, observed in AWS):

    way in                                `path`                `requestContext.path`
    API Gateway's own host name           /translate            /v1/translate
    a domain without a base path          /translate            /translate
    a domain with the base path /speech   /speech/translate     /speech/translate
    ... whose mapping names no stage      /speech/v1/translate  /speech/v1/translate
"""

from collections.abc import Mapping
from typing import Any


def without_base_path(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event with a path that begins with the route, as the resolver needs it."""
    path = str(event["path"])
    before = _before_the_route(path, event)
    if not before:
        return dict(event)
    return {**event, "path": "/" + "/".join(_segments(path)[len(before) :])}


def base_path(event: Mapping[str, Any]) -> str:
    """Return what stands before the routes in the caller's URL: /v1, /speech, or nothing."""
    path = event["requestContext"].get("path") or event["path"]
    return "".join(f"/{segment}" for segment in _before_the_route(str(path), event))


def public_url(event: Mapping[str, Any]) -> str:
    """Return the URL below which the caller finds the routes, without a slash at its end.

    Scheme and host are those of the caller's request. An event that does not tell the host, which
    API Gateway's does, gets the path alone.
    """
    host = event["requestContext"].get("domainName")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    told = str(headers.get("x-forwarded-proto") or "").partition(",")[0].strip().lower()
    origin = f"{told if told in _SCHEMES else 'https'}://{host}" if host else ""
    return origin + base_path(event)


def _before_the_route(path: str, event: Mapping[str, Any]) -> list[str]:
    """Return the segments before the route; none if the path does not end with the route."""
    segments, names = _segments(path), _names(event)
    length = max(len(segments) - len(names), 0)
    fits = all(
        name in {given, _ANYTHING} for name, given in zip(names, segments[length:], strict=False)
    )
    return segments[:length] if fits else []


_ANYTHING = "{}"
_SCHEMES = {"http", "https"}


def _names(event: Mapping[str, Any]) -> list[str]:
    """Return the route's segments, with _ANYTHING for each that a parameter takes.

    Segments are counted rather than compared: what is encoded in the path may be decoded in the
    parameter.
    """
    names: list[str] = []
    for name in _segments(event["resource"]):
        if name.endswith("+}"):
            rest = (event.get("pathParameters") or {}).get(name[1:-2]) or ""
            names += [_ANYTHING] * len(_segments(rest))
        else:
            names.append(_ANYTHING if name.startswith("{") else name)
    return names


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]
