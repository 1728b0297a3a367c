"""What no single route owns: health, request ids, the log, routes that do not exist."""

import json

import pytest

from tests.fakes.aws.moto_server import KEY
from tests.fakes.provider.answers import Answer, verbose_json
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


def test_the_log_has_the_request_id_and_the_metrics_but_no_query_and_no_key(
    world: ApiWorld, audio_url: str
) -> None:
    world.provider.default = Answer(verbose_json("a", seconds_each=30))
    response = world.post({"audioFileUrl": f"{audio_url}?X-Amz-Signature=hunter2"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    entry = next(line for line in lines if line.get("message") == "Translated")
    assert entry["request_id"] == response.headers["x-request-id"]
    assert entry["audio_url"] == audio_url
    metrics = next(line for line in lines if "_aws" in line)
    assert metrics["Requests"] == [1]
    assert metrics["AudioSeconds"] == [30.0]
    assert metrics["EstimatedDollars"] == [pytest.approx(0.003)]
    assert metrics["ProviderMilliseconds"][0] > 0
    assert "hunter2" not in world.log.getvalue()
    assert KEY not in world.log.getvalue()


def test_errors_are_counted_by_their_code(world: ApiWorld) -> None:
    world.post({"audioFileUrl": "ftp://example.com/a"})
    lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    errors = [line for line in lines if "Errors" in line]
    assert [(line["code"], line["Errors"]) for line in errors] == [("url_not_allowed", [1])]
    assert [line["Requests"] for line in lines if "Requests" in line] == [[1]]
