"""A request that is sent again with its Idempotency-Key."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest
import requests

from audio_translation.handlers import http
from tests.contract.jobs_over_http import ASYNC, MINE, THEIRS, context, error, event
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.http_api import ApiWorld


def keyed(key: str, **more: str) -> dict[str, str]:
    return {**MINE, "Idempotency-Key": key, **more}


def test_a_repeat_gets_the_first_translation_and_costs_nothing(
    jobs: ApiWorld, audio_url: str
) -> None:
    body = {"audioFileUrl": audio_url, "responseFormat": "srt", "saveSource": True}
    first = jobs.post(body, headers=keyed("k"))
    jobs.provider.default = Answer(envelope("no"), 500)
    second = jobs.post(body, headers=keyed("k"))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    for name in ("content-type", "x-source-location"):
        assert first.headers[name] == second.headers[name]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert len(jobs.provider.received) == 1


def test_a_repeat_gets_the_same_job(jobs: ApiWorld) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3"}
    answers = [jobs.post(body, headers=keyed("k", **ASYNC)) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert {answer.headers["preference-applied"] for answer in answers} == {"respond-async"}
    assert len(jobs.functions.started) == 1
    listed = jobs.get("/jobs", headers=MINE).json()["jobs"]
    assert [job["id"] for job in listed] == [answers[0].json()["id"]]


def test_the_same_key_with_another_body_is_a_conflict(jobs: ApiWorld, audio_url: str) -> None:
    jobs.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    response = jobs.post({"audioFileUrl": audio_url, "prompt": "x"}, headers=keyed("k"))
    assert error(response) == (409, "idempotency_conflict", "Idempotency-Key")
    assert "retry-after" not in response.headers
    assert len(jobs.provider.received) == 1


def test_a_body_that_says_the_same_is_the_same(jobs: ApiWorld, audio_url: str) -> None:
    jobs.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    same = {"prompt": None, "responseFormat": "JSON", "audioFileUrl": audio_url}
    assert jobs.post(same, headers=keyed("k")).status_code == 200
    assert len(jobs.provider.received) == 1


def test_the_same_key_of_another_caller_is_another_key(jobs: ApiWorld, audio_url: str) -> None:
    jobs.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    body = {"audioFileUrl": audio_url, "prompt": "x"}
    response = jobs.post(body, headers={**THEIRS, "Idempotency-Key": "k"})
    assert response.status_code == 200
    assert len(jobs.provider.received) == 2


def test_errors_are_not_remembered(jobs: ApiWorld, audio_url: str) -> None:
    jobs.provider.script.append(Answer(envelope("no"), 401))
    assert jobs.post({"audioFileUrl": audio_url}, headers=keyed("k")).status_code == 502
    assert jobs.post({"audioFileUrl": audio_url}, headers=keyed("k")).status_code == 200
    bad = {"audioFileUrl": "ftp://x"}
    for _ in range(2):
        assert error(jobs.post(bad, headers=keyed("j")))[1] == "url_not_allowed"


def test_a_repeat_while_the_first_is_not_answered_is_a_conflict(
    jobs: ApiWorld, audio_url: str
) -> None:
    body = {"audioFileUrl": audio_url}
    """The second is answered by another sandbox, while the first's call is at the provider."""
    answers: list[requests.Response] = []
    jobs.provider.default = Answer(delay=1.5)
    first = threading.Thread(target=lambda: answers.append(jobs.post(body, headers=keyed("k"))))
    first.start()
    while not jobs.provider.received and first.is_alive():
        time.sleep(0.01)
    headers = {k: [v] for k, v in keyed("k").items()}
    other = {**event(headers), "body": json.dumps(body)}
    other["requestContext"]["identity"] = {"apiKey": "mine"}
    response = http.handler(other, context())
    first.join(timeout=30)
    assert answers[0].status_code == 200
    found = json.loads(response["body"])["error"]["code"]
    assert (response["statusCode"], found) == (409, "idempotency_conflict")
    assert int(response["multiValueHeaders"]["Retry-After"][0]) > 0
    assert len(jobs.provider.received) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "ñ"])
def test_what_is_no_key_is_an_error(jobs: ApiWorld, audio_url: str, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    response = jobs.post({"audioFileUrl": audio_url}, headers=headers)
    assert error(response) == (400, "invalid_request", "Idempotency-Key")
    assert jobs.provider.received == []


def test_an_answer_that_cannot_be_remembered_is_given_all_the_same(
    jobs: ApiWorld, audio_url: str
) -> None:
    """DynamoDB keeps no item over 400 KB; what was paid for must not be lost."""
    tokens = list(range(100_000))
    segment = {"start": 0, "end": 1, "text": "Hello there.", "tokens": tokens}
    jobs.provider.default = Answer({"text": "Hello there.", "duration": 1.0, "segments": [segment]})
    body = {"audioFileUrl": audio_url, "responseFormat": "verbose_json"}
    response = jobs.post(body, headers=keyed("k"))
    assert response.status_code == 200
    (answered,) = response.json()["segments"]
    assert (answered["text"], answered["tokens"]) == ("Hello there.", tokens)
    assert len(response.content) > 400 * 1024


def test_keys_that_cannot_be_looked_up_are_an_internal_error(
    world: ApiWorld, audio_url: str
) -> None:
    with world.with_jobs(JOB_TABLE="nowhere"):
        response = world.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    assert error(response) == (500, "internal", None)
    assert world.provider.received == []


def test_what_is_kept_of_a_key_is_no_job(jobs: ApiWorld, audio_url: str) -> None:
    jobs.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    (item,) = jobs.aws.items()
    assert "owner" not in item
    lasts = int(item["expires"]["N"]) - datetime.now(UTC).timestamp()
    assert 86_000 < lasts <= 86_400
    assert jobs.get("/jobs", headers=MINE).json()["jobs"] == []
    hidden = item["id"]["S"].replace("#", "%23")
    assert jobs.get(f"/jobs/{hidden}", headers=MINE).status_code == 404
