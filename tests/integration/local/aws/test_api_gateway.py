"""HTTP becomes API Gateway's events, with its limits, and no byte is lost."""

import base64
import json
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from local.aws.api_gateway import MAX_BODY_BYTES, MAX_EVENT_BYTES, create_app
from local.aws.lambda_context import Event, Invoke, LambdaContext
from tests.fakes.asgi_server import running_app

ALL_BYTES = bytes(range(256))


@contextmanager
def api_gateway(invoke: Invoke, **limits: Any) -> Iterator[str]:
    with running_app(create_app(invoke, **limits)) as url:
        yield url


class Function:
    """Remembers its last event and context, and answers what it was told to."""

    def __init__(self) -> None:
        self.answer: Mapping[str, Any] = {"statusCode": 200, "body": "ok"}
        self.event: Event = {}
        self.remaining = 0

    def __call__(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        self.event, self.remaining = event, context.get_remaining_time_in_millis()
        assert context.aws_request_id == event["requestContext"]["requestId"]
        return self.answer


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Function]]:
    function = Function()
    with api_gateway(function, max_body_bytes=1000) as url:
        yield url, function


@pytest.fixture
def function(served: tuple[str, Function]) -> Function:
    served[1].__init__()  # type: ignore[misc]
    return served[1]


@pytest.fixture
def url(served: tuple[str, Function]) -> str:
    return served[0]


def test_json_arrives_as_text(url: str, function: Function) -> None:
    requests.post(f"{url}/translate", json={"prompt": "ñ"}, timeout=60)

    assert json.loads(function.event["body"]) == {"prompt": "ñ"}
    assert function.event["isBase64Encoded"] is False
    assert function.event["httpMethod"] == "POST"
    assert function.event["path"] == function.event["resource"] == "/translate"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x--"),
        ("audio/mpeg", b"plain"),
        ("application/json", ALL_BYTES),
        ("", ALL_BYTES),
    ],
)
def test_bytes_arrive_as_base64(
    url: str, function: Function, content_type: str, body: bytes
) -> None:
    requests.post(url, data=body, headers={"Content-Type": content_type}, timeout=60)

    assert function.event["isBase64Encoded"] is True
    assert base64.b64decode(function.event["body"]) == body


def test_no_body_is_none(url: str, function: Function) -> None:
    requests.get(f"{url}/health", timeout=60)

    assert function.event["body"] is None
    assert function.event["queryStringParameters"] is None


def test_query_and_headers_arrive_with_all_their_values(url: str, function: Function) -> None:
    requests.get(
        f"{url}/jobs/a%20b?x=1&x=2&empty=&n=%C3%B1", headers={"X-Api-Key": "k"}, timeout=60
    )

    assert function.event["path"] == "/jobs/a b"
    assert function.event["resource"] == "/jobs/{job_id}"
    assert function.event["pathParameters"] == {"job_id": "a b"}
    assert function.event["queryStringParameters"] == {"x": "2", "empty": "", "n": "ñ"}
    assert function.event["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert function.event["headers"]["x-api-key"] == "k"
    assert function.event["multiValueHeaders"]["x-api-key"] == ["k"]
    assert function.event["requestContext"]["identity"]["apiKey"] == "k"
    assert function.event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


def test_a_path_that_no_route_has_is_not_the_functions(url: str, function: Function) -> None:
    response = requests.get(f"{url}/nowhere", timeout=60)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert function.event == {}


def test_an_answer_comes_back_with_all_its_headers(url: str, function: Function) -> None:
    function.answer = {
        "statusCode": 418,
        "headers": {"Content-Type": "text/vtt; charset=utf-8"},
        "multiValueHeaders": {"X-Many": ["a", "b"], "Content-Length": ["9999"]},
        "body": "ñ",
        "isBase64Encoded": False,
    }

    response = requests.get(url, timeout=60)

    assert response.status_code == 418
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.headers["X-Many"] == "a, b"
    assert response.content.decode() == "ñ"
    assert response.headers["x-amzn-RequestId"] == function.event["requestContext"]["requestId"]


def test_a_base64_answer_comes_back_as_bytes(url: str, function: Function) -> None:
    encoded = base64.b64encode(ALL_BYTES).decode()
    function.answer = {"statusCode": 200, "body": encoded, "isBase64Encoded": True}

    assert requests.get(url, timeout=60).content == ALL_BYTES


def test_the_largest_body_is_taken_and_one_byte_more_is_not(url: str, function: Function) -> None:
    assert requests.post(url, data=b"x" * 1000, timeout=60).status_code == 200
    function.event = {}

    response = requests.post(url, data=b"x" * 1001, timeout=60)

    assert response.status_code == 413
    assert response.text == "HTTP content length exceeded 1000 bytes."
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["x-amzn-RequestId"]
    assert "X-Request-Id" not in response.headers
    assert function.event == {}


def test_the_largest_body_is_the_one_that_api_gateway_names() -> None:
    assert MAX_BODY_BYTES == 10_485_760


def test_a_body_without_a_length_is_limited_too(url: str, function: Function) -> None:
    response = requests.post(url, data=iter([b"x" * 600] * 2), timeout=60)

    assert response.status_code == 413


def test_the_function_knows_how_much_time_it_has(url: str, function: Function) -> None:
    requests.get(url, timeout=60)

    assert 27_000 < function.remaining <= 29_000


def test_a_slow_function_is_a_504_and_the_next_request_is_served() -> None:
    end = threading.Event()

    def invoke(event: Event, context: LambdaContext) -> Mapping[str, Any]:
        if event["path"] == "/jobs":
            end.wait(60)
        return {"statusCode": 204}

    with api_gateway(invoke, time_limit_seconds=0.2) as url:
        slow = requests.get(f"{url}/jobs", timeout=60)

        assert slow.status_code == 504
        assert slow.json()["error"]["code"] == "provider_unavailable"
        assert requests.get(f"{url}/health", timeout=60).status_code == 204
        end.set()


@pytest.mark.parametrize(
    "answer", [RuntimeError("secret detail"), {"body": "no status"}, "not an object", None]
)
def test_a_broken_function_is_a_500_without_its_details(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def invoke(event: Event, context: LambdaContext) -> Mapping[str, Any]:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    with api_gateway(invoke) as url:
        response = requests.get(url, timeout=60)

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal"
    assert "secret detail" not in response.text


def test_what_lambda_does_not_take_as_an_event_is_too_large(function: Function) -> None:
    """Base64 makes 4 bytes of 3; the rest of the event is about 2 KB."""
    fits = MAX_EVENT_BYTES * 3 // 4 - 3000
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with api_gateway(function) as url:
        assert requests.post(url, data=b"x" * fits, headers=headers, timeout=20).status_code == 200
        response = requests.post(url, data=b"x" * (fits + 3000), headers=headers, timeout=20)
    assert response.status_code == 413
    assert "POST /uploads" in response.json()["error"]["message"]


def test_without_limits_a_body_may_be_as_large_as_it_likes(function: Function) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with api_gateway(function, max_body_bytes=math.inf, max_event_bytes=math.inf) as url:
        assert requests.post(url, data=body, headers=headers, timeout=20).status_code == 200
    assert len(function.event["body"]) > MAX_EVENT_BYTES


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with api_gateway(Function(), keys=frozenset({"good-key"})) as url:
        yield url


class TestKeys:
    @pytest.mark.parametrize(
        ("path", "headers", "status"),
        [
            ("/translate", {"x-api-key": "good-key"}, 200),
            ("/translate", {"x-api-key": "bad-key"}, 401),
            ("/translate", {}, 401),
            ("/translate", {"Authorization": "Bearer good-key"}, 401),
            ("/v1/models", {"Authorization": "Bearer good-key"}, 200),
            ("/v1/models", {"Authorization": "bearer good-key"}, 200),
            ("/v1/models", {"Authorization": "Bearer bad-key"}, 401),
            ("/asr", {"Authorization": "Basic YmF6YXJyOmdvb2Qta2V5"}, 200),  # bazarr:good-key
            ("/asr", {"x-api-key": "good-key"}, 401),
            ("/detect-language", {"Authorization": "Bearer good-key"}, 200),
            ("/v1/models", {"Authorization": "Basic Z29vZC1rZXk="}, 401),
            ("/v1/models", {"x-api-key": "good-key"}, 401),
            ("/health", {}, 200),
            ("/docs", {}, 200),
            ("/openapi.json", {}, 200),
            ("/nowhere", {}, 404),
            ("/nowhere", {"x-api-key": "bad-key"}, 404),
        ],
    )
    def test_a_key_is_asked_for_where_the_template_says(
        self, guarded: str, path: str, headers: dict[str, str], status: int
    ) -> None:
        response = requests.get(guarded + path, headers=headers, timeout=60)
        assert response.status_code == status
        if status == 401:
            error = response.json()["error"]
            assert error["code"] == "invalid_api_key"
            assert "Authorization: Bearer" in error["message"]
            assert "x-api-key" in error["message"]

    def test_without_a_set_of_keys_any_is_good(self, url: str, function: Function) -> None:
        headers = {"Authorization": "Bearer anything"}
        assert requests.get(f"{url}/v1/models", headers=headers, timeout=60).status_code == 200
        assert function.event["requestContext"]["identity"]["apiKey"] == "anything"
        assert requests.get(f"{url}/v1/models", timeout=60).status_code == 200
        assert function.event["requestContext"]["identity"]["apiKey"] is None

    @pytest.mark.parametrize(
        ("path", "name", "value"),
        [
            ("/v1/models", "Authorization", "Bearer My API Key"),
            ("/v1/models", "Authorization", "Basic key"),
            ("/jobs", "x-api-key", "My API Key"),
            ("/jobs", "x-api-key", "k" * 200),
        ],
    )
    def test_any_is_good_even_where_the_authorizer_reads_none(
        self, url: str, function: Function, path: str, name: str, value: str
    ) -> None:
        assert requests.get(url + path, headers={name: value}, timeout=60).status_code == 200
        assert function.event["requestContext"]["identity"]["apiKey"] == value


class TestPages:
    @pytest.mark.parametrize(
        ("origins", "allowed"),
        [
            ("https://app.example.com", "https://app.example.com"),
            ("https://app.example.com,http://localhost:3000", "*"),
        ],
    )
    def test_a_page_reads_what_api_gateway_itself_says(self, origins: str, allowed: str) -> None:
        options: dict[str, Any] = {"keys": frozenset({"good-key"}), "allowed_origins": origins}
        with api_gateway(Function(), **options) as url:
            response = requests.get(f"{url}/jobs", timeout=60)
        assert response.status_code == 401
        assert response.headers["Access-Control-Allow-Origin"] == allowed
        assert response.headers["Access-Control-Expose-Headers"] == "x-request-id"

    @pytest.mark.parametrize("route", ["/translate", "/jobs/7/", "/v1/models/a", "/nowhere"])
    def test_a_browser_asks_about_a_route_without_a_key(self, route: str) -> None:
        function = Function()
        options: dict[str, Any] = {"keys": frozenset({"k"}), "allowed_origins": "http://a.b"}
        with api_gateway(function, **options) as url:
            response = requests.options(url + route, timeout=60)
        assert response.status_code == (404 if route == "/nowhere" else 200)
        headers = {n.lower(): v for n, v in response.headers.items() if "access-control" in n}
        assert headers["access-control-allow-origin"] == "http://a.b"
        if response.status_code == 200:
            assert headers["access-control-allow-headers"] == "*, Authorization"
            assert "DELETE" in headers["access-control-allow-methods"]
            assert headers["access-control-max-age"] == "3600"
        assert function.event == {}

    def test_without_allowed_origins_it_says_nothing_to_pages(self, guarded: str) -> None:
        response = requests.get(f"{guarded}/jobs", headers={"Origin": "http://a.b"}, timeout=60)
        assert response.status_code == 401
        asked = requests.options(f"{guarded}/jobs", timeout=60)
        assert asked.status_code == 200
        for names in (response.headers, asked.headers):
            assert not [name for name in names if name.lower().startswith("access-control")]

    def test_a_page_cannot_read_that_a_body_is_over_10_mb(self) -> None:
        limits: dict[str, Any] = {"max_body_bytes": 10, "allowed_origins": "*"}
        with api_gateway(Function(), **limits) as url:
            response = requests.post(url, data=b"x" * 11, timeout=60)
        assert response.status_code == 413
        assert "Access-Control-Allow-Origin" not in response.headers
