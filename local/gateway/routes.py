"""The routes of the template, and which of them a request's path leads to, as in API Gateway."""

import functools
import re
from dataclasses import dataclass
from typing import Any

from local.aws.template import load_template

ANY = "ANY"

_HIDDEN = "..."
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_WORD = re.compile(r"([a-z]{1,20}([._-][a-z]{1,20}){0,2}|v\d)?", re.ASCII)
_MOST_PARTS = 8


@dataclass(frozen=True)
class Route:
    """A route: ``path`` has parameters in braces, ``authorizer`` is None where no key is needed."""

    method: str
    path: str
    authorizer: str | None

    def parameters(self, path: str) -> dict[str, str] | None:
        """Return the parameters of a path that leads here, None if it leads elsewhere."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        match = re.fullmatch(f"{pattern}/?", path)
        return None if match is None else match.groupdict()


@dataclass(frozen=True)
class Found:
    """A route that a request leads to, and the parameters in its path."""

    route: Route
    parameters: dict[str, str]


@functools.cache
def routes() -> tuple[Route, ...]:
    """Return the routes of HttpFunction."""
    resources: dict[str, Any] = load_template()["Resources"]
    usual = resources["Api"]["Properties"]["Auth"]["DefaultAuthorizer"]
    events = resources["HttpFunction"]["Properties"]["Events"].values()
    return tuple(_route(event["Properties"], usual) for event in events if event["Type"] == "Api")


def find(method: str, path: str) -> Found | None:
    """Return where a request leads to, None where API Gateway knows no route.

    Fixed parts of a path go before parameters, part by part, and the method of a route before ANY.
    """
    found = [
        Found(route, parameters)
        for route in routes()
        if (parameters := route.parameters(path)) is not None
    ]
    best = min((_parameters_first(one.route.path) for one in found), default=None)
    for wanted in (method, ANY):
        for one in found:
            if _parameters_first(one.route.path) == best and one.route.method == wanted:
                return one
    return None


def shown_path(method: str, path: str) -> str:
    """Return a path as a log may have it: without API keys, and without what may be one.

    Of a path that leads nowhere only parts that look like words are shown.
    """
    found = find(method, path)
    if found is None:
        parts = path.split("/")[:_MOST_PARTS]
        return "/".join(part if _WORD.fullmatch(part) else _HIDDEN for part in parts)
    shown = {
        name: value if "key" not in name.lower() and _ID.fullmatch(value) else _HIDDEN
        for name, value in found.parameters.items()
    }
    return re.sub(r"\{(\w+)\}", lambda match: shown[match[1]], found.route.path)


def _route(properties: dict[str, Any], usual: str) -> Route:
    authorizer = properties.get("Auth", {}).get("Authorizer", usual)
    method = str(properties["Method"]).upper()
    return Route(method, properties["Path"], None if authorizer == "NONE" else authorizer)


def _parameters_first(path: str) -> list[bool]:
    return [part.startswith("{") for part in path.split("/")]
