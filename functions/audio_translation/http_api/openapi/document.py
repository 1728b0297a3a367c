"""The OpenAPI page: what Powertools makes of the routes, corrected and completed.

A route brings a docstring, whose first sentence is the summary, an ``operation_id``, one of the
tags below, and its responses. All else follows from them here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from audio_translation.http_api.asr_output import asr_schema
from audio_translation.http_api.forms.openai_form import form_schema
from audio_translation.http_api.forms.transcription_form import transcription_schema
from audio_translation.http_api.openapi.examples import (
    ERROR_CODES,
    FORM_FIELDS,
    SHARED,
    bodies,
)
from audio_translation.http_api.openapi.responses import example, schema
from audio_translation.http_api.openapi.schemas import with_documented_models
from audio_translation.http_api.openapi.webhooks import webhooks
from audio_translation.http_api.request_event import (
    ASR,
    BACKENDLESS,
    UTTERANCES,
    takes_forms,
)

TAGS = {
    "Translation": "From the URL of a recording to its translation, or to a job.",
    "Practice": "A recording beside what is to be said in it, for learners of a language.",
    "Jobs": "Translations that outlive the request: how far they are, their texts, their end.",
    "Uploads": "Recordings that have no URL.",
    "Live": "Live captions: a session, and its utterances one by one. See docs/live.md.",
    "OpenAI": "OpenAI's contract: change the base URL of its clients. The key is a bearer token.",
    "Backendless": "The contract of the Backendless service OpenAI Audio Translation.",
    "whisper-asr-webservice": "The contract of that server, which Bazarr calls.",
    "Service": "The service itself.",
}
"""In the order of the page."""

_KEYLESS = {"/health", "/record/key"}
_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
_LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
_FORMS = {
    "/v1/audio/translations": form_schema,
    "/v1/audio/transcriptions": transcription_schema,
    **dict.fromkeys(ASR, asr_schema),
}
"""What makes the schema of a form, by route: Powertools knows no forms."""
_BYTES = {"type": "string", "format": "binary"}
_AUDIO_KINDS = ("audio/wav", "audio/flac", "audio/webm", "audio/ogg")
"""What an utterance's body may be called; its bytes decide what it is."""
_ALSO_FORMS = {
    "/translate": "TranslationForm",
    BACKENDLESS: "TranslationForm",
    "/practice": "PracticeForm",
}
"""Routes whose body is JSON or a form, of which pages and clients need one kind."""
_DROPPED = ("HTTPValidationError", "ResponseValidationError", "ValidationError")
"""Powertools' models of the status 422, which this API never answers."""
_WORD = re.compile(r"[a-z_]+")
_SENTENCE_END = re.compile(r"(?<=[.;]) ")

_REQUEST_ID = {
    "description": "names the request in the log",
    "required": True,
    "schema": {"type": "string"},
}
_RETRY_AFTER = {
    "description": "seconds after which to try again",
    "schema": {"type": "string"},
}
_ACCEPTED = ("201", "202")
"""Statuses whose answers always say where what was made is."""
_RETRIED = ("409", "429")
"""Statuses that may say when to try again, on every route."""


def openapi_document(app: APIGatewayRestResolver, *, server: str, base_url: str) -> str:
    """Return the page as JSON.

    ``server`` is the stage's path on its host, ``/v1`` or ``/``; ``base_url`` the whole URL, to
    which examples lead.
    """
    made = json.loads(app.get_openapi_json_schema())
    components = made["components"]
    schemas = {n: s for n, s in components["schemas"].items() if n not in _DROPPED}
    examples = bodies(base_url)
    for name in examples:
        _say_defaults(schemas[name]["properties"])
    operations = list(_operations(app, made["paths"]))
    for route, operation in operations:
        _describe(route, operation)
        operation["responses"].pop("422", None)
        _complete_request(route.openapi_path, operation, examples)
        for status, response in operation["responses"].items():
            _complete_response(status, response)
    return json.dumps(
        {
            **made,
            "info": {**made["info"], "license": _LICENSE},
            "servers": [{"url": server}],
            "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
            "paths": _in_order(operations),
            "webhooks": webhooks(),
            "components": {
                **components,
                "schemas": _untitled(dict(sorted(with_documented_models(schemas).items()))),
                "examples": SHARED,
                "headers": {"X-Request-Id": _REQUEST_ID, "Retry-After": _RETRY_AFTER},
                "securitySchemes": _SCHEMES,
            },
        }
    )


def _operations(app: APIGatewayRestResolver, paths: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each route that is on the page, with its operation."""
    for route in (*app._static_routes, *app._dynamic_routes):
        if operation := paths.get(route.openapi_path, {}).get(str(route.method).lower()):
            yield route, operation


def _in_order(operations: list[tuple[Any, Any]]) -> dict[str, Any]:
    """Return the paths by their tags, then as they stand in the routes' files."""
    tags = list(TAGS)

    def place(described: tuple[Any, Any]) -> tuple[Any, ...]:
        route, operation = described
        code = route.func.__code__
        return min(map(tags.index, operation["tags"])), code.co_filename, code.co_firstlineno

    paths: dict[str, Any] = {}
    for route, operation in sorted(operations, key=place):
        paths.setdefault(route.openapi_path, {})[str(route.method).lower()] = operation
    return paths


def _describe(route: Any, operation: dict[str, Any]) -> None:
    """Take the texts from the docstring; say which key is needed."""
    text = " ".join((route.func.__doc__ or "").split())
    operation["summary"] = _SENTENCE_END.split(text)[0].rstrip(".;")
    if text.rstrip(".") != operation["summary"]:
        operation["description"] = text
    path = route.openapi_path
    scheme = "bearer" if takes_forms(path) else "apiKey"
    operation["security"] = [] if path in _KEYLESS else [{scheme: []}]


def _complete_request(path: str, operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Add forms and examples; say that parameters are left out and never null."""
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(_untitled(parameter["schema"]))
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].title()  # Powertools has them in lower case
    if path in _ALSO_FORMS:
        form = {"schema": schema(_ALSO_FORMS[path])}
        operation["requestBody"]["content"]["multipart/form-data"] = form
    if path == UTTERANCES:
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": _BYTES} for kind in _AUDIO_KINDS},
        }
    if path in _FORMS:
        form = _FORMS[path](schema("{model}")["$ref"])
        _say_defaults(form["properties"])
        operation["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": _untitled(form)}},
        }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        if name in examples:
            content["example"] = examples[name]
        for field, described in content["schema"].get("properties", {}).items():
            content["schema"]["properties"][field] = _without_null(described)
            if field in FORM_FIELDS:
                content["schema"]["properties"][field]["example"] = FORM_FIELDS[field]


def _say_defaults(fields: dict[str, Any]) -> None:
    """Tell the defaults of a request's fields in words.

    openapi-typescript takes a field with a default for one that must be there, in requests, too.
    """
    for field in fields.values():
        default = field.pop("default", None)
        if default not in (None, []):
            text = default if isinstance(default, str) else json.dumps(default)
            field["description"] = f"{field['description']} `{text}` when left out."


def _without_null(described: dict[str, Any]) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        kind for kind in described.get("anyOf", ()) if kind != {"type": "null"}
    ]
    if len(kinds) != 1:
        return described
    return kinds[0] | {n: v for n, v in described.items() if n not in {"anyOf", "default"}}


def _untitled(described: Any) -> Any:
    """Return a schema without the titles that pydantic makes of names: `Audiofileurl`."""
    if isinstance(described, list):
        return [_untitled(part) for part in described]
    if not isinstance(described, dict):
        return described
    return {
        name: _untitled(part)
        for name, part in described.items()
        if name != "title" or not isinstance(part, str)
    }


def _complete_response(status: str, response: dict[str, Any]) -> None:
    """Add the headers that follow from the status, and an example for each error."""
    if status == "204":
        response.pop("content", None)
    headers = response.setdefault("headers", {})
    if status in _ACCEPTED:
        headers["Location"]["required"] = True
    headers["X-Request-Id"] = {"$ref": "#/components/headers/X-Request-Id"}
    if status in _RETRIED:
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if status >= "400":
        codes = [word for word in _WORD.findall(response["description"]) if word in ERROR_CODES]
        response["content"]["application/json"]["examples"] = {
            name: shown for code in codes for name, shown in example(code).items()
        }
