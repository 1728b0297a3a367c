"""What Swagger's "Try it out" is filled with works as it stands, on the service as it runs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local.service import LocalService


@pytest.fixture(scope="module")
def document(local_service: LocalService) -> dict[str, Any]:
    answer: dict[str, Any] = requests.get(f"{local_service.url}/openapi.json", timeout=60).json()
    return answer


def requests_with_a_body(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, type and content of every body that an operation takes.

    Those about a job are left out: the page cannot know its id.
    """
    for path, methods in document["paths"].items():
        if "{" in path:
            continue
        for operation in methods.values():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                schema = document["components"]["schemas"].get(name, content["schema"])
                yield path, kind, {**content, "schema": schema}


def filled_in(content: dict[str, Any]) -> Any:
    """Return what Swagger UI 5 puts into the editor of a body that is no form."""
    assert "example" in content or "examples" in content, "it would fill in every field"
    if "example" in content:
        return content["example"]
    return next(iter(content["examples"].values()))["value"]


def filled_form(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what Swagger UI 5 puts into the fields of a form; the empty ones are not sent."""
    fields = {
        name: field.get("example", field.get("default"))
        for name, field in schema["properties"].items()
        if field.get("format") != "binary" and "$ref" not in field
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def test_every_request_with_a_body_works_as_it_is_filled_in(
    local_service: LocalService, document: dict[str, Any]
) -> None:
    recording = requests.get(f"{local_service.url}/example.mp3", timeout=60).content
    answers = {}
    for path, kind, content in requests_with_a_body(document):
        url = local_service.url + path
        if kind == "multipart/form-data":
            schema = content["schema"]
            (file,) = (n for n, f in schema["properties"].items() if f.get("format") == "binary")
            chosen = {file: ("example.mp3", recording)}
            answer = requests.post(url, data=filled_form(schema), files=chosen, timeout=120)
        else:
            sent = json.dumps(filled_in(content))
            answer = requests.post(url, data=sent, headers={"Content-Type": kind}, timeout=120)
        assert answer.ok, f"{path} {kind}: {answer.text}"
        answers[path, kind] = answer
    for path in ("/translate", "/api/services/OpenAIAudioTranslation/translate"):
        answer = answers[path, "application/json"]
        assert (answer.status_code, answer.text.splitlines()[0]) == (200, "1")
        assert "conference" in answer.text.lower()
    assert answers["/uploads", "application/json"].status_code == 201
    form = answers["/v1/audio/translations", "multipart/form-data"]
    assert "conference" in form.json()["text"].lower()


def test_every_request_without_a_body_works_when_its_path_is_filled_in(
    local_service: LocalService, document: dict[str, Any]
) -> None:
    for path, methods in document["paths"].items():
        get = methods.get("get", {})
        values = {
            p["name"]: p.get("example", p["schema"].get("default", ""))
            for p in get.get("parameters", ())
            if p["in"] == "query"
        }
        if get and "{" not in path:
            query = {name: value for name, value in values.items() if value != ""}
            answer = requests.get(local_service.url + path, params=query, timeout=60)
            assert answer.ok, f"{path}: {answer.text}"
