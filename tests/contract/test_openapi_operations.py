"""What GET /openapi.json gives to those who generate clients from it, operation by operation."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.errors import ServiceError
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.handlers import http
from audio_translation.http_api.openapi.document import TAGS, openapi_document
from tests.worlds.described_answers import the_page
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

BASE = "https://api.example/v1"
DOCUMENT: dict[str, Any] = json.loads(openapi_document(http.app, server="/v1", base_url=BASE))
SCHEMAS = DOCUMENT["components"]["schemas"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(o, id=f"{m} {p}") for m, p, o in operations()]
)


def errors(parent: type[ServiceError] = ServiceError) -> Iterator[tuple[int, str, str]]:
    for child in parent.__subclasses__():
        if hasattr(child, "status"):
            yield child.status, child.code, child.type
        yield from errors(child)


def test_the_names_that_generated_clients_call_stay_as_they_are() -> None:
    assert {f"{method} {path}": o["operationId"] for method, path, o in operations()} == {
        f"POST {ROUTE}": "translate",
        "POST /practice": "practice",
        "GET /jobs": "listJobs",
        "GET /jobs/{job_id}": "getJob",
        "DELETE /jobs/{job_id}": "deleteJob",
        "GET /jobs/{job_id}/translation": "getJobTranslation",
        "PATCH /jobs/{job_id}/segments": "correctSegments",
        "POST /jobs/{job_id}/retry": "retryJob",
        "GET /record/key": "getRecordKey",
        "POST /uploads": "prepareUpload",
        "POST /live": "openLiveSession",
        "GET /live/{session_id}": "getLiveSession",
        "DELETE /live/{session_id}": "endLiveSession",
        "POST /live/{session_id}/utterances": "translateUtterance",
        "POST /v1/audio/translations": "createTranslation",
        "POST /v1/audio/transcriptions": "createTranscription",
        "POST /asr": "asr",
        "POST /detect-language": "detectLanguage",
        "GET /v1/models": "listModels",
        "GET /v1/models/{model}": "retrieveModel",
        "GET /v1/models/{model}/{variant}": "retrieveModelOfMaker",
        f"POST {BACKENDLESS_ROUTE}": "translateForBackendless",
        "GET /health": "getHealth",
        "GET /health/providers": "getProviderHealth",
    }


def test_the_routes_are_grouped_and_translate_is_the_first() -> None:
    first, *_ = operations()
    assert first[:2] == ("POST", ROUTE)
    assert [tag["name"] for tag in DOCUMENT["tags"]] == list(TAGS)
    groups = [operation["tags"] for _, _, operation in operations()]
    assert [group for group in TAGS for tags in groups if tags == [group]] == [t for (t,) in groups]
    assert {name for (name,) in groups} == set(TAGS)


@every_operation
def test_an_operation_says_what_it_does(operation: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", operation["operationId"])
    assert re.match(r"[A-Z]", operation["summary"])
    assert not re.match(r"(GET|POST|DELETE) /", operation["summary"]), "give it a docstring"
    assert all(response["description"] for response in operation["responses"].values())


@every_operation
def test_a_parameter_is_a_plain_value_that_can_be_left_out(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        kind = parameter["schema"].get("type") or "ref" * ("$ref" in parameter["schema"])
        assert kind in {"string", "integer", "number", "boolean", "ref"}, parameter["name"]
        must_be = parameter["in"] == "path" or parameter["name"] in {"Seq", "Start"}
        assert parameter["required"] is must_be


@every_operation
def test_every_answer_is_typed(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        assert ("content" in response) is (status != "204")
        for content in response.get("content", {}).values():
            schema = content["schema"]
            names = [one.get("$ref") for one in schema.get("anyOf", [schema])]
            assert schema == {"type": "string"} or all(names), status


@every_operation
def test_every_error_has_an_example_for_each_code(operation: dict[str, Any]) -> None:
    known = {*errors(), (401, "invalid_api_key", "invalid_request_error")}
    for status, response in operation["responses"].items():
        if int(status) < 400:
            continue
        (content,) = response["content"].values()
        assert content["schema"] == {"$ref": "#/components/schemas/ErrorEnvelope"}
        assert content["examples"], f"{status} names no code that errors.py knows"
        for code, shown in content["examples"].items():
            error = the_page().found(shown)["value"]["error"]
            assert error["code"] == code
            assert (int(status), code, error["type"]) in known
            assert error["message"]


@every_operation
def test_every_answer_names_its_request_and_says_when_to_come_back(
    operation: dict[str, Any],
) -> None:
    for status, response in operation["responses"].items():
        assert the_page().found(response["headers"]["X-Request-Id"])["required"] is True
        assert ("Retry-After" in response["headers"]) or status not in {"202", "409", "429"}
        always = status in {"201", "202"}
        assert response["headers"].get("Location", {}).get("required", False) is always


def test_every_example_is_what_its_schema_says() -> None:
    page, seen = the_page(), 0
    for _, _, operation in operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (c for body in bodies for c in body.get("content", {}).values()):
            shown = [page.found(one)["value"] for one in content.get("examples", {}).values()]
            shown += [content["example"]] if "example" in content else []
            for value in shown:
                assert list(page.faults_of(value, content["schema"])) == []
                seen += 1
    assert seen > 100
    ended = DOCUMENT["webhooks"]["jobEnded"]["post"]["requestBody"]["content"]["application/json"]
    assert list(page.faults_of(ended["example"], ended["schema"])) == []


def test_the_formats_are_told_apart_by_their_content_types() -> None:
    for path, method in ((ROUTE, "post"), ("/jobs/{job_id}/translation", "get")):
        content = DOCUMENT["paths"][path][method]["responses"]["200"]["content"]
        assert set(content) == {kind.content_type.partition(";")[0] for kind in ResponseFormat}
        assert content["application/json"]["schema"] == {
            "anyOf": [
                {"$ref": "#/components/schemas/VerboseTranslation"},
                {"$ref": "#/components/schemas/Translation"},
            ]
        }
    segment = SCHEMAS["TranslatedSegment"]
    assert {"source", "spoken", "untranslated", "channel", "words", "speaker"} == set(
        segment["properties"]
    ) - {*segment["required"]}


def test_the_callback_is_described_with_its_signature() -> None:
    post = DOCUMENT["webhooks"]["jobEnded"]["post"]
    assert [parameter["name"] for parameter in post["parameters"]] == [
        "webhook-id", "webhook-timestamp", "webhook-signature",
    ]  # fmt: skip
    assert SCHEMAS["JobEnded"]["properties"]["data"]["$ref"] == "#/components/schemas/JobView"


def test_nothing_is_on_the_page_that_nothing_refers_to() -> None:
    text = json.dumps(DOCUMENT)
    for kind in ("schemas", "examples", "headers"):
        for name in DOCUMENT["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name


def test_examples_lead_to_the_host_that_the_page_came_from(world: ApiWorld) -> None:
    page = world.get("/openapi.json").json()
    body = page["paths"][ROUTE]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert body["audioFileUrl"] == f"{world.url}/example.mp3"
    assert set(body) == {"audioFileUrl", "responseFormat"}
    deployed = DOCUMENT["paths"][ROUTE]["post"]["requestBody"]["content"]["application/json"]
    assert deployed["example"]["audioFileUrl"] == f"{BASE}/example.mp3"
