"""The front: routes, keys and authorizers, and API Gateway's own errors as the envelope."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.errors import ServiceError
from audio_translation.handlers.http import app
from tests.integration.template.deployed import (
    KEYLESS,
    RESOURCES,
    defaults,
    of_type,
    routes,
    translated,
)

GATEWAY_RESPONSES: dict[str, Any] = RESOURCES["Api"]["Properties"]["GatewayResponses"]


def test_the_routes_of_the_template_and_of_the_app_are_the_same() -> None:
    known = [*app._static_routes, *app._dynamic_routes]
    served = {(str(route.method).upper(), route.openapi_path) for route in known}
    assert served == {(method, path) for method, path, _ in routes()}


def test_only_what_describes_the_service_is_open_to_callers_without_a_key() -> None:
    assert RESOURCES["Api"]["Properties"]["Auth"]["ApiKeyRequired"] is True
    assert {path for _, path, needs_key in routes() if not needs_key} == KEYLESS
    assert {method for method, path, _ in routes() if path in KEYLESS} == {"GET"}


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("INVALID_API_KEY", 401, "invalid_api_key"),
        ("UNAUTHORIZED", 401, "invalid_api_key"),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        ("INVALID_SIGNATURE", 404, "not_found"),
        ("EXPIRED_TOKEN", 404, "not_found"),
        ("RESOURCE_NOT_FOUND", 404, "not_found"),
        ("REQUEST_TOO_LARGE", 413, "audio_too_large"),
        ("THROTTLED", 429, "rate_limited"),
        ("QUOTA_EXCEEDED", 429, "rate_limited"),
        ("INTEGRATION_TIMEOUT", 504, "provider_unavailable"),
        ("INTEGRATION_FAILURE", 500, "internal"),
        ("BAD_REQUEST_BODY", 400, "invalid_request"),
        ("BAD_REQUEST_PARAMETERS", 400, "invalid_request"),
        ("UNSUPPORTED_MEDIA_TYPE", 400, "invalid_request"),
        ("ACCESS_DENIED", 400, "invalid_request"),
        ("WAF_FILTERED", 400, "invalid_request"),
        ("API_CONFIGURATION_ERROR", 500, "internal"),
        ("AUTHORIZER_CONFIGURATION_ERROR", 500, "internal"),
        ("AUTHORIZER_FAILURE", 500, "internal"),
    ],
)
def test_every_error_of_api_gateway_has_the_envelope(kind: str, status: int, code: str) -> None:
    fallback = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
    response = GATEWAY_RESPONSES.get(kind, GATEWAY_RESPONSES[fallback])
    assert response["StatusCode"] == status
    (media_type,) = response["ResponseTemplates"]
    assert media_type == "application/json"
    error = json.loads(response["ResponseTemplates"][media_type])["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert error["code"] == code
    assert error["param"] is None
    assert error["message"]


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_an_error_of_api_gateway_is_one_that_the_code_could_answer(kind: str) -> None:
    response = GATEWAY_RESPONSES[kind]
    error = json.loads(response["ResponseTemplates"]["application/json"])["error"]
    known = {(e.status, e.code, e.type) for e in _errors(ServiceError)}
    known.add((401, "invalid_api_key", "invalid_request_error"))
    assert (response["StatusCode"], error["code"], error["type"]) in known
    headers = response["ResponseParameters"]["Headers"]
    assert headers["x-request-id"] == "context.requestId"
    assert ("Retry-After" in headers) == (response["StatusCode"] == 429)


def test_what_sam_makes_of_it_is_one_regional_stage_with_a_key_a_plan_and_a_throttle() -> None:
    resources = translated()
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi")
    (stage,) = of_type(resources, "AWS::ApiGateway::Stage")
    (plan,) = of_type(resources, "AWS::ApiGateway::UsagePlan")
    assert len(of_type(resources, "AWS::ApiGateway::ApiKey")) == 1
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["BinaryMediaTypes"] == ["multipart~1form-data", "audio~1*"]
    assert "MinimumCompressionSize" not in api
    assert plan["Quota"] == {"Limit": int(defaults()["MonthlyQuota"]), "Period": "MONTH"}
    assert stage["MethodSettings"][0]["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    needs_key = {
        (method.upper(), path): "api_key" in {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
    }
    assert needs_key == {(method, path): key for method, path, key in routes()}


def test_sam_gives_openais_routes_the_bearer_token_and_the_others_their_header() -> None:
    resources = translated()
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi")
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    authorizers = {
        (method.upper(), path): {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
    }
    for (method, path), names in authorizers.items():
        if path in KEYLESS:
            assert not names - {"NONE"}, (method, path)
        else:
            wanted = "BearerToken" if path.startswith("/v1/") else "ApiKeyHeader"
            assert names == {wanted, "api_key"}, (method, path)
    schemes = api["Body"]["components"]["securitySchemes"]
    for name, header in (("ApiKeyHeader", "x-api-key"), ("BearerToken", "Authorization")):
        authorizer = schemes[name]["x-amazon-apigateway-authorizer"]
        assert (schemes[name]["name"], authorizer["type"]) == (header, "token")
        assert authorizer["authorizerResultTtlInSeconds"] == 300
        accepted = re.compile(authorizer["identityValidationExpression"])
        key = "x" * 20 if header == "x-api-key" else f"Bearer {'x' * 20}"
        assert accepted.match(key)
        assert not any(accepted.match(bad) for bad in ("", "a b", "Bearer é", "é"))
    permissions = of_type(resources, "AWS::Lambda::Permission")
    alias = [p for p in permissions if "/authorizers/*" in json.dumps(p["SourceArn"])]
    assert len(alias) == 2
    assert all("AuthorizerFunctionAliaslive" in str(p["FunctionName"]) for p in alias)


def _errors(parent: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for child in parent.__subclasses__():
        if hasattr(child, "status"):
            yield child
        yield from _errors(child)
