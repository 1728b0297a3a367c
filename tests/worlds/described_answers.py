"""Holds answers against the OpenAPI page: what is answered must be described there.

Status, content type, headers and body, by a JSON schema that is stricter than the page's: a field
that the page does not name is a fault, too. So whoever adds a route, a header or a field is told by
the first test that sees it.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audio_translation.handlers import http
from audio_translation.http_api.openapi.document import openapi_document

UNLISTED = {"/", "/docs", "/openapi.json", "/example.mp3", "/api/info"}
"""Paths that are not on the page: they lead to it, or are for people or one SDK."""
_FILES_OF_THE_PAGE = "/page/"
_KEY_IN_PATH = re.compile(r"(/api)?/[^/]+/[^/]+(?=/services/OpenAIAudioTranslation/|/info$)")
"""What stands where Backendless' SDK has a key in the path."""
_OF_HTTP = {
    "allow", "cache-control", "connection", "content-length", "content-type", "date", "server",
    "vary", "x-amzn-requestid",
}  # fmt: skip
"""Headers that need no description, and those of CORS."""
_CORS = "access-control-"
_WITHOUT_A_ROUTE = {401, 404, 405, 413, 429}
"""Statuses of requests that lead to no operation."""


@dataclass(frozen=True)
class Answer:
    """What was answered; names of ``headers`` in lower case."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type, without its charset."""
        return self.headers.get("content-type", "").partition(";")[0]


class Page:
    """An OpenAPI document that answers are held against."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas = _only_named_fields(document["components"]["schemas"])

    def faults(self, answer: Answer) -> Iterator[str]:
        """Yield what of an answer the page does not describe."""
        operation = self._operation(answer.method, answer.path)
        if answer.status == 413 and answer.kind == "text/plain":
            return  # API Gateway's own, for a body over 10 MB
        if operation is None:
            if not (
                answer.path in UNLISTED
                or answer.path.startswith(_FILES_OF_THE_PAGE)
                or answer.method == "OPTIONS"
                or answer.status in _WITHOUT_A_ROUTE
            ):
                yield "no such operation"
        elif response := operation["responses"].get(str(answer.status)):
            yield from self._faults_of_headers(answer, response.get("headers", {}))
            if answer.method != "HEAD":
                yield from self._faults_of_body(answer, response.get("content", {}))
        else:
            yield f"no status {answer.status}"

    def faults_of(self, value: object, schema: dict[str, Any]) -> Iterator[str]:
        """Yield what of a value the schema does not describe; it may refer to the page's."""
        whole = {**_only_named_fields(schema), "components": {"schemas": self._schemas}}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        for error in validator.iter_errors(value):
            yield f"at {error.json_path}: {error.message[:300]}"

    def _faults_of_headers(self, answer: Answer, described: dict[str, Any]) -> Iterator[str]:
        known = {name.lower(): self.found(header) for name, header in described.items()}
        for name in answer.headers:
            if not (name in known or name in _OF_HTTP or name.startswith(_CORS)):
                yield f"no header {name} of {answer.status}"
        for name, header in known.items():
            if header.get("required") and name not in answer.headers:
                yield f"{answer.status} lacks the header {name}, which is always there"

    def _faults_of_body(self, answer: Answer, described: dict[str, Any]) -> Iterator[str]:
        content = described.get(answer.kind)
        if content is None:
            if answer.body or described:
                yield f"no content {answer.kind or 'without a type'} of {answer.status}"
            return
        text = answer.body.decode()
        value: Any = json.loads(text) if answer.kind.endswith("json") else text
        for fault in self.faults_of(value, content["schema"]):
            yield f"{answer.status} {answer.kind} {fault}"
        if answer.status >= 400 and value["error"]["code"] not in content["examples"]:
            yield f"no code {value['error']['code']} of {answer.status}"

    def _operation(self, method: str, path: str) -> Any:
        known = "get" if method == "HEAD" else method.lower()
        for template, operations in self._document["paths"].items():
            pattern = "[^/]+".join(map(re.escape, re.split(r"{\w+}", template)))
            if known in operations and re.fullmatch(pattern, path):
                return operations[known]
        return None

    def found(self, described: dict[str, Any]) -> dict[str, Any]:
        """Follow a reference, if it is one."""
        if "$ref" not in described:
            return described
        found: Any = self._document
        for name in described["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return dict(found)


@functools.cache
def the_page() -> Page:
    """Return the service's page, as for a host of no meaning."""
    app = http.app
    return Page(json.loads(openapi_document(app, server="/", base_url="https://api.example")))


def _only_named_fields(schema: Any) -> Any:
    """Return a schema whose objects have no other fields than those it names."""
    if isinstance(schema, list):
        return [_only_named_fields(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _only_named_fields(part) for name, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        strict.setdefault("additionalProperties", False)
    return strict


class DescribedAnswers:
    """An ASGI app whose answers are held against the page; ``undescribed`` is what was found."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.undescribed: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def seen(message: Message) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._hold_against_the_page(scope, sent)  # before the caller can go on
            await send(message)

        await self._app(scope, receive, seen)

    def _hold_against_the_page(self, scope: Scope, sent: list[Message]) -> None:
        answer = Answer(
            scope["method"],
            _KEY_IN_PATH.sub("/api", scope["path"]),
            sent[0]["status"],
            {n.decode().lower(): v.decode("latin-1") for n, v in sent[0]["headers"]},
            b"".join(message.get("body", b"") for message in sent[1:]),
        )
        request = f"{answer.method} {answer.path}"
        self.undescribed += [f"{request}: {fault}" for fault in the_page().faults(answer)]
