"""What no single route owns: health, request ids, the log, routes that do not exist."""

import json

import pytest
import requests

from tests.fakes.aws.moto_server import KEY
from tests.worlds.http_api import ApiWorld


def test_health_answers_without_any_backend(world: ApiWorld) -> None:
    with world.settings(AWS_ENDPOINT_URL="http://127.0.0.1:9"):
        response = world.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_every_answer_carries_a_request_id(world: ApiWorld, audio_url: str) -> None:
    responses = [world.get("/health"), world.get("/nowhere"), world.post({})]
    responses.append(world.post({"audioFileUrl": audio_url}))
    ids = {response.headers["x-request-id"] for response in responses}
    assert len(ids) == 4


def test_the_log_has_the_request_id_and_the_metrics_but_no_path_no_query_and_no_key(
    world: ApiWorld, audio_url: str
) -> None:
    path, _, name = audio_url.rpartition("/")
    response = world.post({"audioFileUrl": f"{audio_url}?X-Amz-Signature=hunter2"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    entry = next(line for line in lines if line.get("message") == "Translated")
    assert entry["request_id"] == response.headers["x-request-id"]
    assert entry["audio_from"] == path
    assert name not in world.log.getvalue()
    metrics = next(line for line in lines if "_aws" in line)
    assert metrics["Requests"] == [1]
    assert metrics["AudioSeconds"] == [0.5]
    assert metrics["EstimatedDollars"] == [pytest.approx(0.5 / 60 * 0.006)]
    assert metrics["ProviderMilliseconds"][0] > 0
    assert "hunter2" not in world.log.getvalue()
    assert KEY not in world.log.getvalue()


def test_errors_are_counted_by_their_code(world: ApiWorld) -> None:
    world.post({"audioFileUrl": "ftp://example.com/a"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    errors = [line for line in lines if "Errors" in line]
    assert [(line["code"], line["Errors"]) for line in errors] == [("url_not_allowed", [1])]
    assert [line["Requests"] for line in lines if "Requests" in line] == [[1]]


@pytest.mark.parametrize(
    ("method", "route", "allowed"),
    [
        ("GET", "/translate", "POST"),
        ("HEAD", "/translate", "POST"),
        ("PUT", "/translate", "POST"),
        ("GET", "/api/services/OpenAIAudioTranslation/translate", "POST"),
        ("GET", "/uploads", "POST"),
        ("GET", "/practice", "POST"),
        ("POST", "/jobs", "GET, HEAD"),
        ("PATCH", "/jobs/7", "DELETE, GET, HEAD"),
        ("POST", "/jobs/7/translation", "GET, HEAD"),
        ("GET", "/v1/audio/translations", "POST"),
        ("DELETE", "/v1/models/whisper-1", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_answered_with_the_right_ones(
    world: ApiWorld, method: str, route: str, allowed: str
) -> None:
    response = requests.request(method, world.url + route, timeout=60)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert response.json()["error"]["code"] == "method_not_allowed"
        assert allowed in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "route", ["/", "/health", "/docs", "/openapi.json", "/jobs", "/v1/models", "/nowhere"]
)
def test_head_is_answered_as_get_without_the_body(jobs: ApiWorld, route: str) -> None:
    got, head = jobs.get(route), requests.head(jobs.url + route, timeout=60)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_the_root_says_where_the_documentation_is(world: ApiWorld) -> None:
    answer = world.get("/")
    assert answer.status_code == 200
    assert world.get(answer.json()["docs"]).status_code == 200
    assert world.get(answer.json()["openapi"]).json()["openapi"]
