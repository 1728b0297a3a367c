"""GET /example.mp3: the recording that the examples on the OpenAPI page name."""

import json
import time

from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import BUCKET
from tests.worlds.http_api import ApiWorld

RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"


def test_it_is_a_recording_of_somebody_who_speaks(world: ApiWorld) -> None:
    for _ in range(2):  # the first one puts it into the bucket
        answer = world.get("/example.mp3")
        assert answer.status_code == 200
        assert answer.content == RECORDING.read_bytes()
        assert answer.headers["content-type"] == "audio/mpeg"
    kept = world.aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [item["Key"] for item in kept] == ["audio/example.mp3"]


def test_it_leads_to_the_bucket_for_a_few_minutes_and_is_not_cached(world: ApiWorld) -> None:
    answer = world.get("/example.mp3", allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    assert "Signature=" in answer.headers["location"]


def test_a_service_without_a_bucket_says_that_it_has_none(world: ApiWorld) -> None:
    with world.settings(BUCKET=""):
        answer = world.get("/example.mp3")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_page_of_a_deployed_stage_names_it_with_https(world: ApiWorld) -> None:
    event = json.loads((REPOSITORY / "events" / "http-openapi.json").read_text())
    event["requestContext"] |= {"stage": "v1", "path": "/v1/openapi.json", "domainName": "a.test"}
    event["headers"] = {**(event.get("headers") or {}), "X-Forwarded-Proto": "https"}
    answer = world.call(event, LambdaContext("id", time.time() + 5))
    operation = json.loads(answer["body"])["paths"]["/translate"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    assert body["example"]["audioFileUrl"] == "https://a.test/v1/example.mp3"
