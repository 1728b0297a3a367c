"""What GET /openapi.json and GET /docs say of the routes."""

import json
import time
from pathlib import Path
from typing import Any

from local.aws.lambda_context import LambdaContext
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld


def test_the_description_names_the_stage_that_a_deployed_client_needs(world: ApiWorld) -> None:
    event = json.loads(Path("events/http-openapi.json").read_text())
    event["requestContext"] |= {"stage": "v1", "path": "/v1/openapi.json"}
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert json.loads(answer["body"])["servers"] == [{"url": "/v1"}]


def test_openapi_and_swagger_describe_the_routes(world: ApiWorld) -> None:
    from openapi_spec_validator import validate

    spec: dict[str, Any] = world.get("/openapi.json").json()
    validate(spec)
    assert set(spec["paths"]) == {
        ROUTE, BACKENDLESS_ROUTE, "/health", "/health/providers",
        "/jobs", "/jobs/{job_id}", "/jobs/{job_id}/translation", "/uploads",
        "/live", "/live/{session_id}", "/live/{session_id}/utterances",
        "/jobs/{job_id}/segments", "/jobs/{job_id}/retry", "/record/key", "/practice",
        "/asr", "/detect-language", "/v1/audio/transcriptions",
        "/v1/audio/translations", "/v1/models", "/v1/models/{model}",
        "/v1/models/{model}/{variant}",
    }  # fmt: skip
    for route in (ROUTE, BACKENDLESS_ROUTE):
        operation = spec["paths"][route]["post"]
        assert set(operation["responses"]) == {
            "200", "202", "400", "401", "402", "404", "409", "413", "429", "500", "502", "503",
            "504",
        }  # fmt: skip
        assert operation["security"] == [{"apiKey": []}]
        assert "X-Source-Location" in operation["responses"]["200"]["headers"]
    assert spec["components"]["securitySchemes"]["apiKey"]["name"] == "x-api-key"
    assert spec["paths"]["/health"]["get"]["security"] == []
    answers = [
        status
        for path in spec["paths"].values()
        for operation in path.values()
        if "responses" in operation
        for status in operation["responses"]
    ]
    assert "422" not in answers, "no error of the framework's own"
    fields = spec["components"]["schemas"]["TranslationRequest"]
    assert fields["required"] == ["audioFileUrl"]
    assert set(fields["properties"]) == {
        "audioFileUrl", "model", "prompt", "responseFormat", "temperature", "saveSource", "track",
        "targetLanguage", "sourceLanguage", "include", "keywords", "callbackUrl", "reference",
        "transcribe", "timestampGranularities", "channels", "channelNames", "record",
        "subtitles", "speakers", "speakerNames", "maxCostUsd", "cache",
    }  # fmt: skip
    upload = spec["paths"]["/uploads"]["post"]
    assert set(upload["responses"]) == {"201", "400", "401", "404", "409", "413", "429", "500"}
    assert upload["security"] == [{"apiKey": []}]
    uploads = spec["components"]["schemas"]["UploadRequest"]
    assert set(uploads["required"]) == {"fileName", "size"}
    assert set(uploads["properties"]) == {
        *fields["properties"], "fileName", "size", "contentType",
    } - {"audioFileUrl"}  # fmt: skip
    (answer,) = upload["responses"]["201"]["content"].values()
    prepared = spec["components"]["schemas"][answer["schema"]["$ref"].rpartition("/")[2]]
    assert prepared["required"] == ["job", "upload"]
    page = world.get("/docs")
    assert "HTTPValidationError" not in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert "swagger-ui" in page.text


def test_swagger_leaves_the_models_closed_and_tells_nobody_of_this_page(world: ApiWorld) -> None:
    options = world.get("/docs").text.rpartition("SwaggerUIBundle({")[2]
    assert "defaultModelsExpandDepth: 0," in options
    assert 'docExpansion: "list",' in options
    assert "validatorUrl: null," in options


def test_what_the_page_says_cannot_end_the_script_that_it_is_in(world: ApiWorld) -> None:
    event = json.loads(Path("events/http-docs.json").read_text())
    event["requestContext"] |= {"domainName": "a.test/</script><script>alert(1)"}
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    assert "<\\/script><script>alert(1)" in answer["body"]
    assert "</script><script>alert" not in answer["body"]
