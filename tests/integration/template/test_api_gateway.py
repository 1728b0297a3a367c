"""The front: routes, keys and authorizers, and API Gateway's own errors as the envelope."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.errors import ServiceError
from audio_translation.handlers.http import app
from local.aws.template import resolved
from tests.integration.template.deployed import (
    KEY_IN_PATH,
    KEYLESS,
    RESOURCES,
    TEMPLATE,
    WITH_BEARER_TOKEN,
    defaults,
    of_type,
    routes,
    translated,
)

GATEWAY_RESPONSES: dict[str, Any] = RESOURCES["Api"]["Properties"]["GatewayResponses"]


def test_the_routes_of_the_template_and_of_the_app_are_the_same() -> None:
    known = [*app._static_routes, *app._dynamic_routes]
    served = {route.openapi_path for route in known}
    assert served == {path for _, path, _ in routes() if KEY_IN_PATH not in path}
    with_key = {path.replace(KEY_IN_PATH, "") for _, path, _ in routes() if KEY_IN_PATH in path}
    assert {"/api" + path.removeprefix("/api") for path in with_key} <= served


def test_the_function_hears_of_every_method_so_that_it_can_name_the_right_one() -> None:
    assert {method for method, _, _ in routes()} == {"ANY"}


def test_only_what_describes_the_service_is_open_to_callers_without_a_key() -> None:
    assert RESOURCES["Api"]["Properties"]["Auth"]["ApiKeyRequired"] is True
    assert {path for _, path, needs_key in routes() if not needs_key} == KEYLESS


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
    body = json.loads(response["ResponseTemplates"][media_type])
    error = body["error"]
    assert (body["message"], body["code"]) == (error["message"], error["code"])
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


def test_no_two_parameters_stand_at_one_place() -> None:
    """API Gateway takes one name for all routes, or refuses the deployment."""
    names: dict[tuple[str, ...], set[str]] = {}
    for _, path, _ in routes():
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault(tuple(parts[:place]), set()).add(part)
    assert {place: found for place, found in names.items() if len(found) > 1} == {}


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
        (_method(method), path): "api_key"
        in {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
        if method != "options"
    }
    assert needs_key == {(method, path): key for method, path, key in routes()}


def test_sam_gives_openais_routes_the_bearer_token_and_the_others_their_header() -> None:
    resources = translated()
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi")
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    authorizers = {
        (_method(method), path): {n for wanted in operation["security"] for n in wanted}
        for path, methods in api["Body"]["paths"].items()
        for method, operation in methods.items()
        if method != "options"
    }
    for (method, path), names in authorizers.items():
        if path in KEYLESS:
            assert not names - {"NONE"}, (method, path)
        else:
            bearer = path.startswith("/v1/") or path in WITH_BEARER_TOKEN
            wanted = "BearerToken" if bearer else "ApiKeyHeader"
            wanted = "KeyInPath" if KEY_IN_PATH in path else wanted
            assert names == {wanted, "api_key"}, (method, path)
    schemes = api["Body"]["components"]["securitySchemes"]
    for name, header in (("ApiKeyHeader", "x-api-key"), ("BearerToken", "Authorization")):
        authorizer = schemes[name]["x-amazon-apigateway-authorizer"]
        assert (schemes[name]["name"], authorizer["type"]) == (header, "token")
        assert authorizer["authorizerResultTtlInSeconds"] == 300
        accepted = re.compile(authorizer["identityValidationExpression"])
        key = "x" * 20 if header == "x-api-key" else f"Bearer {'x' * 20}"
        assert accepted.match(key)
        assert bool(accepted.match("Basic eDprZXk=")) is (header == "Authorization")
        assert not any(accepted.match(bad) for bad in ("", "a b", "Bearer é", "é"))
    permissions = of_type(resources, "AWS::Lambda::Permission")
    alias = [p for p in permissions if "/authorizers/*" in json.dumps(p["SourceArn"])]
    assert len(alias) == 3
    assert all("AuthorizerFunctionAliaslive" in str(p["FunctionName"]) for p in alias)


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ("", None),
        ("https://app.example.com", "'https://app.example.com'"),
        ("http://localhost:3000,https://app.example.com", "'*'"),
        ("*", "'*'"),
    ],
)
def test_a_browser_may_ask_about_every_route_without_a_key(
    origins: str, allowed: str | None
) -> None:
    """API Gateway itself answers: a permission of the function for each route is 0.4 of 20 KB."""
    (api,) = of_type(translated(), "AWS::ApiGateway::RestApi")
    paths = api["Body"]["paths"]
    assert {path for _, path, _ in routes()} <= set(paths)
    for path, methods in paths.items():
        asked = methods["options"]
        wanted = {name for one in asked.get("security", []) for name in one}
        assert not wanted - {"NONE"}, path
        integration = asked["x-amazon-apigateway-integration"]
        assert integration["type"] == "mock"
        answer = integration["responses"]["default"]
        assert answer["statusCode"] == "200"
        headers = resolved(TEMPLATE, answer["responseParameters"], {"AllowedOrigins": origins})
        names = {name.rpartition(".")[2]: value for name, value in headers.items()}
        assert names.get("Access-Control-Allow-Origin") == allowed
        if allowed is None:
            assert names == {}
            continue
        methods_allowed = names["Access-Control-Allow-Methods"].strip("'").split(", ")
        assert {method for method, _, _ in routes()} - {"ANY"} <= set(methods_allowed)
        # A star is every header but this one, in requests without cookies.
        assert names["Access-Control-Allow-Headers"] == "'*, Authorization'"
        assert names["Access-Control-Max-Age"] == "'3600'"


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ("", None),
        ("https://app.example.com", "'https://app.example.com'"),
        ("http://localhost:3000,https://app.example.com", "'*'"),
        ("*", "'*'"),
    ],
)
def test_a_page_reads_an_error_of_api_gateway_if_pages_may_call(
    kind: str, origins: str, allowed: str | None
) -> None:
    response = resolved(TEMPLATE, GATEWAY_RESPONSES[kind], {"AllowedOrigins": origins})
    headers = response["ResponseParameters"]["Headers"]
    assert headers.pop("Access-Control-Allow-Origin", None) == allowed
    exposed = headers.pop("Access-Control-Expose-Headers", None)
    if allowed:
        assert set(exposed.strip("'").split(", ")) == {name.lower() for name in headers}
    else:
        assert exposed is None


def test_a_change_of_the_origins_reaches_api_gateways_errors() -> None:
    """They are part of a deployment, and SAM makes a new one only if the template's text changed.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/updating-api.html
    """
    assert RESOURCES["Api"]["Properties"]["AlwaysDeploy"] is True


@pytest.mark.parametrize(
    ("origins", "taken"),
    [
        ("", True),
        ("*", True),
        ("https://app.example.com", True),
        ("http://localhost:3000,https://app.example.com", True),
        ("http://[::1]:3000", True),
        ("capacitor://localhost", True),
        ("https://app.example.com/", False),
        ("https://app.example.com, https://b.example.com", False),
        ("https://App.example.com", False),
        ("app.example.com", False),
        ("https://app.example.com,*", False),
        ("https://it's.example.com", False),
    ],
)
def test_origins_are_written_as_browsers_send_them(origins: str, taken: bool) -> None:
    pattern = TEMPLATE["Parameters"]["AllowedOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) is taken


def test_no_answer_about_a_key_in_a_path_is_kept_for_another_one() -> None:
    """What is cached is told apart by the identity's sources, and a path can be none of them."""
    (api,) = of_type(translated(), "AWS::ApiGateway::RestApi")
    scheme = api["Body"]["components"]["securitySchemes"]["KeyInPath"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert authorizer["type"] == "request"
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert not authorizer.get("identitySource")


def _method(method: str) -> str:
    return "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()


def _errors(parent: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for child in parent.__subclasses__():
        if hasattr(child, "status"):
            yield child
        yield from _errors(child)
