"""The names that Backendless' clients call, the key in the path of its SDK among them."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.worlds.http_api import BACKENDLESS_ROUTE, ApiWorld

KEY = "key-of-an-app-0123456789"
NATIVE = f"/7D2B5C11-93AB/{KEY}/services/OpenAIAudioTranslation/translate"
ROUTES = [BACKENDLESS_ROUTE, NATIVE, f"/api{NATIVE}"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", ["json", "text", "srt", "verbose_json", "vtt", "html"])
def test_every_name_translates_to_every_format(
    world: ApiWorld, audio_url: str, route: str, name: str
) -> None:
    plain = world.post({"audioFileUrl": audio_url, "responseFormat": name})
    answer = world.post({"audioFileUrl": audio_url, "responseFormat": name}, route)
    assert (answer.status_code, answer.text) == (200, plain.text)
    assert answer.headers["content-type"] == plain.headers["content-type"]


@pytest.mark.parametrize("route", ROUTES)
def test_unknown_fields_are_ignored_and_named(world: ApiWorld, audio_url: str, route: str) -> None:
    answer = world.post({"audioFileUrl": audio_url, "language": "es"}, route)
    assert (answer.status_code, answer.headers["x-ignored-fields"]) == (200, "language")


@pytest.mark.parametrize("route", ROUTES)
def test_an_error_has_its_message_and_code_where_the_sdk_looks(world: ApiWorld, route: str) -> None:
    for answer in (world.post({}, route), world.post(b"{bad", route), world.get(route)):
        body = answer.json()
        assert (body["message"], body["code"]) == (body["error"]["message"], body["error"]["code"])
    assert set(world.post({}).json()) == {"error"}


@pytest.mark.parametrize("kind", ["async", "async-low-priority"])
def test_an_asynchronous_call_becomes_a_job(jobs: ApiWorld, audio_url: str, kind: str) -> None:
    headers = {"bl-execution-type": kind}
    answer = jobs.post({"audioFileUrl": audio_url}, NATIVE, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    waited = jobs.post({"audioFileUrl": audio_url}, NATIVE, headers={"bl-execution-type": "sync"})
    assert waited.status_code == 200


def test_the_key_in_the_path_is_told_and_stored_nowhere(jobs: ApiWorld, audio_url: str) -> None:
    headers = {"Prefer": "respond-async", "Idempotency-Key": "once"}
    said = []
    for route in (NATIVE, f"/api{NATIVE}"):
        answer = jobs.post({"audioFileUrl": audio_url}, route, headers=headers)
        assert answer.headers["location"].endswith(f"/jobs/{answer.json()['id']}")
        assert "/services" not in answer.headers["location"]
        wrong = jobs.post({"audioFileUrl": audio_url, "temperature": 5}, route)
        said += [answer.text + str(answer.headers), wrong.text + str(wrong.headers)]
    said += [
        jobs.get(NATIVE).text,
        jobs.log.getvalue(),
        json.dumps(jobs.functions.started, default=str),
    ]
    table = jobs.aws.client("dynamodb").scan(TableName=JOB_TABLE)["Items"]
    assert table
    assert KEY not in "".join([*said, str(table)])


def test_the_job_is_that_of_the_key_wherever_the_key_stands(jobs: ApiWorld, audio_url: str) -> None:
    made = jobs.post({"audioFileUrl": audio_url}, NATIVE, headers={"Prefer": "respond-async"})
    found = jobs.get(f"/jobs/{made.json()['id']}", headers={"x-api-key": KEY})
    assert found.status_code == 200
    other = jobs.get(f"/jobs/{made.json()['id']}", headers={"x-api-key": "other" + KEY})
    assert other.status_code == 404


@pytest.mark.parametrize("base", ["", "/v1", "/speech"])
def test_a_job_is_found_behind_whatever_stands_before_the_route(
    jobs: ApiWorld, audio_url: str, base: str
) -> None:
    event: dict[str, Any] = json.loads(Path("events/http-backendless-sdk.json").read_text())
    event["requestContext"]["path"] = base + event["path"]
    event["headers"]["Prefer"] = "respond-async"
    event["multiValueHeaders"]["Prefer"] = ["respond-async"]
    event["body"] = json.dumps({"audioFileUrl": audio_url})
    answer = jobs.call(event, LambdaContext("id-of-a-request", time.time() + 20))
    assert answer["statusCode"] == 202
    (location,) = answer["multiValueHeaders"]["Location"]
    assert urlsplit(location).path == f"{base}/jobs/id-of-a-request"


@pytest.mark.parametrize("route", ["/api/info", f"/app/{KEY}/info", f"/api/app/{KEY}/info"])
def test_the_sdk_finds_no_loggers_to_configure(world: ApiWorld, route: str) -> None:
    assert world.get(route).json() == {"loggers": []}


@pytest.mark.parametrize(
    "route",
    [
        f"/app/{KEY}/services/OpenAIAudioTranslation/other",
        f"/app/{KEY}/services/Other/translate",
        f"/app/{KEY}/data/Person",
        f"/app/{KEY}",
        "/foo/bar/jobs",
    ],
)
def test_other_services_of_backendless_are_not_here(world: ApiWorld, route: str) -> None:
    answer = world.post({}, route)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
