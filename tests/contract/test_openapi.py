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
        ROUTE, BACKENDLESS_ROUTE, "/health",
        "/jobs", "/jobs/{job_id}", "/jobs/{job_id}/translation", "/uploads",
        "/v1/audio/translations", "/v1/models", "/v1/models/{model}",
        "/v1/models/{model}/{variant}",
    }  # fmt: skip
    for route in (ROUTE, BACKENDLESS_ROUTE):
        operation = spec["paths"][route]["post"]
        assert set(operation["responses"]) == {
            "200", "202", "400", "401", "404", "409", "413", "429", "500", "502", "503", "504",
        }  # fmt: skip
        assert operation["security"] == [{"apiKey": []}]
        assert "X-Source-Location" in operation["responses"]["200"]["headers"]
    assert spec["components"]["securitySchemes"]["apiKey"]["name"] == "x-api-key"
    assert "security" not in spec["paths"]["/health"]["get"]
    assert "422" not in world.get("/openapi.json").text
    fields = spec["components"]["schemas"]["TranslationRequest"]
    assert fields["required"] == ["audioFileUrl"]
    assert set(fields["properties"]) == {
        "audioFileUrl", "model", "prompt", "responseFormat", "temperature", "saveSource",
        "targetLanguage", "sourceLanguage", "include", "keywords", "callbackUrl", "reference",
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
