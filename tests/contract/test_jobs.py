"""Jobs as a client sees them, over plain HTTP; what runs them is played by the tests."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from audio_translation.aws.bucket_keys import job_folder, part_key, source_key
from tests.contract.jobs_over_http import (
    ASYNC,
    ERROR,
    MINE,
    THEIRS,
    context,
    error,
    event,
    finished,
    put,
    submit,
    table,
)
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY
from tests.worlds.http_api import ApiWorld


def test_the_job_says_all_that_is_known_of_it(jobs: ApiWorld) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    job = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC).json()
    created = datetime.fromisoformat(job.pop("created"))
    assert before < created < datetime.now(UTC) + timedelta(seconds=1)
    assert created == datetime.fromisoformat(job.pop("updated"))
    assert isinstance(job.pop("id"), str)
    assert job == {
        "status": "queued",
        "fileName": "a.mp3",
        "audioFileUrl": "https://example.com/a.mp3",
        "targetLanguage": "en",
        "responseFormat": "json",
        "progress": {
            "chunks": {"done": 0, "total": 0},
            "audioSeconds": {"done": 0.0, "total": 0.0},
        },
        "waitingFor": None,
        "attempts": 0,
        "nextTry": None,
        "lastError": None,
        "error": None,
        "result": None,
        "model": None,
        "provider": None,
        "partial": False,
        "estimatedDollars": None,
        "cached": False,
        "warnings": [],
        "languages": [],
        "reference": None,
        "record": None,
        "live": False,
    }


def test_the_job_repeats_the_reference_of_its_request(jobs: ApiWorld) -> None:
    job_id = submit(jobs, reference="order 7 — ñ")
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert job["reference"] == "order 7 — ñ"
    assert jobs.get("/jobs", headers=MINE).json()["jobs"] == [job]


def test_the_owner_is_the_id_of_the_key_where_api_gateway_tells_it(jobs: ApiWorld) -> None:
    jobs.call(event(ASYNC), context())
    assert [item["owner"]["S"] for item in jobs.aws.items()] == ["abc"]


def test_a_key_is_not_stored(jobs: ApiWorld) -> None:
    submit(jobs, {"x-api-key": "a-secret-key"})
    assert "a-secret-key" not in json.dumps(jobs.aws.items())
    assert KEY not in json.dumps(jobs.aws.items())


# A job


def test_a_job_tells_how_far_it_is(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    state = table(jobs)
    state.begin(job_id)
    state.progress(job_id, chunks=2, chunks_done=1, audio=60_500, audio_done=30_000)
    response = jobs.get(f"/jobs/{job_id}", headers=MINE)
    job = response.json()
    assert job["status"] == "running"
    assert job["progress"] == {
        "chunks": {"done": 1, "total": 2},
        "audioSeconds": {"done": 30.0, "total": 60.5},
    }
    assert job["updated"] > job["created"]
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("name", ["json", "text", "srt", "verbose_json", "vtt", "html"])
def test_a_finished_job_links_to_its_result(jobs: ApiWorld, name: str) -> None:
    response = jobs.get(f"/jobs/{finished(jobs, responseFormat=name)}", headers=MINE)
    job = response.json()
    assert (job["status"], job["error"], job["partial"]) == ("succeeded", None, False)
    assert "retry-after" not in response.headers
    assert job["result"]["format"] == name
    lasts = datetime.fromisoformat(job["result"]["expires"]) - datetime.now(UTC)
    assert timedelta(minutes=55) < lasts <= timedelta(hours=1)
    assert requests.get(job["result"]["url"], timeout=60).text == f"result as {name}"


def test_a_link_does_not_outlive_its_job(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    soon = int(datetime.now(UTC).timestamp()) + 100
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET expires = :soon",
        ExpressionAttributeValues={":soon": {"N": str(soon)}},
    )
    result = jobs.get(f"/jobs/{job_id}", headers=MINE).json()["result"]
    assert datetime.fromisoformat(result["expires"]).timestamp() <= soon


def test_a_failed_job_has_openais_error_object(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    table(jobs).fail(job_id, ERROR, partial=False)
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert (job["status"], job["error"], job["result"]) == ("failed", ERROR, None)


def test_a_job_that_cannot_be_read_is_our_trouble_and_is_logged(jobs: ApiWorld) -> None:
    """Its row was written by a later version, say."""
    job_id = submit(jobs)
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET #request = :it",
        ExpressionAttributeNames={"#request": "request"},
        ExpressionAttributeValues={":it": {"S": '{"audioFileUrl": "s3://b/k", "news": 1}'}},
    )
    response = jobs.get(f"/jobs/{job_id}", headers=MINE)
    assert error(response) == (500, "internal", None)
    assert "ValidationError" in jobs.log.getvalue()


# The list


def test_jobs_are_listed_newest_first_page_by_page(jobs: ApiWorld) -> None:
    made = [submit(jobs) for _ in range(5)]
    submit(jobs, THEIRS)
    first = jobs.get("/jobs?limit=3", headers=MINE).json()
    second = jobs.get("/jobs", params={"limit": 3, "cursor": first["cursor"]}, headers=MINE).json()
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == made[::-1]
    assert (len(first["jobs"]), second["cursor"]) == (3, None)
    assert first["jobs"][0] == jobs.get(f"/jobs/{made[-1]}", headers=MINE).json()


def test_a_key_without_jobs_has_an_empty_list(jobs: ApiWorld) -> None:
    submit(jobs, THEIRS)
    assert jobs.get("/jobs", headers=MINE).json() == {"jobs": [], "cursor": None}


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "", "1.5", "9" * 5000])
def test_a_wrong_limit_is_an_error(jobs: ApiWorld, limit: str) -> None:
    response = jobs.get(f"/jobs?limit={limit}", headers=MINE)
    assert error(response) == (400, "invalid_request", "limit")


@pytest.mark.parametrize("limit", ["1", "100"])
def test_the_limits_of_the_limit_are_allowed(jobs: ApiWorld, limit: str) -> None:
    assert jobs.get(f"/jobs?limit={limit}", headers=MINE).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "%F0%9F%98%80", "a" * 2000, "../..", "null"])
def test_a_wrong_cursor_is_an_error(jobs: ApiWorld, cursor: str) -> None:
    response = jobs.get(f"/jobs?cursor={cursor}", headers=MINE)
    assert error(response) == (400, "invalid_request", "cursor")


def test_the_cursor_of_another_key_is_an_error(jobs: ApiWorld) -> None:
    for _ in range(2):
        submit(jobs, THEIRS)
    cursor = jobs.get("/jobs?limit=1", headers=THEIRS).json()["cursor"]
    response = jobs.get("/jobs", params={"cursor": cursor}, headers=MINE)
    assert error(response) == (400, "invalid_request", "cursor")


# Deleting one


@pytest.mark.parametrize("begun", [False, True])
def test_deleting_a_job_that_has_not_ended_cancels_it(jobs: ApiWorld, begun: bool) -> None:
    job_id, other = submit(jobs), submit(jobs)
    if begun:
        table(jobs).begin(job_id)
    for index in range(3):
        put(jobs, part_key(job_id, index, index + 1))
    put(jobs, part_key(other, 0, 1))
    put(jobs, f"audio/{job_folder(job_id)}kept.mp3")
    response = jobs.delete(f"/jobs/{job_id}", headers=MINE)
    assert (response.status_code, response.content) == (204, b"")
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert (job["status"], job["result"], job["partial"]) == ("cancelled", None, False)
    assert jobs.aws.keys() == [f"audio/{job_folder(job_id)}kept.mp3", part_key(other, 0, 1)]
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)


def test_cancelling_twice_forgets_the_job_and_three_times_is_not_found(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    statuses = [jobs.delete(f"/jobs/{job_id}", headers=MINE).status_code for _ in range(3)]
    assert statuses == [204, 204, 404]


def test_deleting_a_finished_job_removes_everything(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    assert jobs.delete(f"/jobs/{job_id}", headers=MINE).status_code == 204
    assert (jobs.aws.keys(), jobs.aws.items()) == ([], [])
    assert error(jobs.get(f"/jobs/{job_id}", headers=MINE)) == (404, "not_found", None)


def test_a_job_with_more_objects_than_a_page_is_deleted_whole(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    s3 = jobs.aws.client("s3")
    for index in range(1050):
        s3.put_object(Bucket=BUCKET, Key=part_key(job_id, index, index + 1), Body=b"")
    assert jobs.delete(f"/jobs/{job_id}", headers=MINE).status_code == 204
    assert jobs.aws.keys() == []


# Whose job it is


ROUTES_OF_A_JOB = [("get", ""), ("get", "/translation"), ("delete", "")]


@pytest.mark.parametrize(("method", "rest"), ROUTES_OF_A_JOB)
@pytest.mark.parametrize("key", [THEIRS, {}])
def test_a_job_of_another_key_does_not_exist(
    jobs: ApiWorld, method: str, rest: str, key: dict[str, str]
) -> None:
    job_id = finished(jobs)
    theirs = getattr(jobs, method)(f"/jobs/{job_id}{rest}", headers=key)
    nobodys = getattr(jobs, method)(f"/jobs/no-such-job{rest}", headers=key)
    assert error(theirs) == (404, "not_found", None)
    assert theirs.json() == nobodys.json()
    assert jobs.get(f"/jobs/{job_id}", headers=MINE).json()["status"] == "succeeded"


@pytest.mark.parametrize(("method", "rest"), ROUTES_OF_A_JOB)
@pytest.mark.parametrize(
    "job_id", ["x" * 65, "a b", "a%2Fb", "..%2F..", "%00", "ñ", "idempotency%231", "{id}", "a.b"]
)
def test_what_is_no_id_is_not_found(jobs: ApiWorld, method: str, rest: str, job_id: str) -> None:
    response = getattr(jobs, method)(f"/jobs/{job_id}{rest}", headers=MINE)
    assert error(response) == (404, "not_found", None)


def test_the_files_of_a_job_are_no_audio_for_anybody(jobs: ApiWorld, wav: bytes) -> None:
    job_id = submit(jobs)
    put(jobs, source_key(job_id, "a.wav"), wav)
    body = {"audioFileUrl": f"s3://{BUCKET}/{source_key(job_id, 'a.wav')}"}
    for headers in (THEIRS, {**THEIRS, **ASYNC}):
        response = jobs.post(body, headers=headers)
        assert error(response) == (400, "url_not_allowed", "audioFileUrl")


def test_an_expired_job_is_not_found(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET expires = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    assert error(jobs.get(f"/jobs/{job_id}", headers=MINE)) == (404, "not_found", None)
