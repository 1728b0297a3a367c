"""Jobs as a client sees them, over plain HTTP; what runs them is played by the tests."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import srt
import webvtt

from audio_translation.aws.bucket_keys import (
    chunk_key,
    job_folder,
    part_key,
    result_key,
    translation_key,
)
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.handlers import http
from audio_translation.jobs.job_table import JobTable
from audio_translation.transcript import Segment, Translation, to_json
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.lambda_invoke import FUNCTION, Started
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.source import drip, head
from tests.worlds.http_api import BACKENDLESS_ROUTE, ROUTE, ApiWorld

ASYNC = {"Prefer": "respond-async"}
MINE = {"x-api-key": "mine"}
THEIRS = {"x-api-key": "theirs"}
ROUTES = pytest.mark.parametrize("route", [ROUTE, BACKENDLESS_ROUTE])
ERROR = {"message": "No.", "type": "provider_error", "param": None, "code": "provider_rejected"}
TRANSLATION = Translation(
    segments=(
        Segment(1000, 3000, " Hello there.", tokens=(1, 2), avg_logprob=-0.5),
        Segment(3_600_500, 3_602_000, " Señor — 你好."),
    ),
    language="english",
    duration=3_700_000,
    model="whisper-1",
)


@pytest.fixture
def jobs(world: ApiWorld) -> Iterator[ApiWorld]:
    with world.with_jobs():
        yield world


def error(response: requests.Response) -> tuple[int, str, str | None]:
    found = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return response.status_code, found["code"], found["param"]


def submit(world: ApiWorld, key: dict[str, str] = MINE, **fields: Any) -> str:
    body = {"audioFileUrl": "https://example.com/a.mp3", **fields}
    response = world.post(body, headers={**ASYNC, **key})
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def table(world: ApiWorld) -> JobTable:
    return JobTable(world.aws.clients, table=JOB_TABLE)


def put(world: ApiWorld, key: str, content: str | bytes = b"x") -> None:
    body = content.encode() if isinstance(content, str) else content
    world.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def finished(world: ApiWorld, **fields: Any) -> str:
    """Make a job and end it well, as the job function does."""
    job_id = submit(world, **fields)
    jobs = table(world)
    jobs.begin(job_id)
    jobs.split(job_id, duration=3_700_000, chunk_durations=[1_800_000, 1_900_000])
    for index in (0, 1):
        put(world, chunk_key(job_id, index))
        put(world, part_key(job_id, index))
        jobs.chunk_done(job_id, index)
    put(world, translation_key(job_id), to_json(TRANSLATION))
    asked = ResponseFormat(fields.get("responseFormat", "json"))
    put(world, result_key(job_id, asked.extension), f"result as {asked}")
    jobs.succeed(job_id, model="whisper-1")
    return job_id


# 200 or 202


def test_short_audio_is_translated_while_the_caller_waits(jobs: ApiWorld, audio_url: str) -> None:
    response = jobs.post({"audioFileUrl": audio_url})
    assert (response.status_code, response.json()) == (200, {"text": "Hello there."})
    assert "location" not in response.headers
    assert jobs.functions.started == []


@ROUTES
@pytest.mark.parametrize(
    "prefer", ["respond-async", "Respond-Async", "wait=10, respond-async;x=1", "respond-async,"]
)
def test_a_caller_who_prefers_it_gets_a_job(jobs: ApiWorld, route: str, prefer: str) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3?signature=hunter2"}
    response = jobs.post(body, route, headers={"Prefer": prefer})
    job = response.json()
    assert response.status_code == 202
    assert response.headers["content-type"] == "application/json"
    assert response.headers["location"] == f"/jobs/{job['id']}"
    assert int(response.headers["retry-after"]) > 0
    assert response.headers["preference-applied"] == "respond-async"
    assert response.headers["x-request-id"] == job["id"]
    assert jobs.functions.started == [Started(FUNCTION, "Event", job["id"], {"jobId": job["id"]})]
    assert jobs.provider.received == []
    assert "hunter2" not in jobs.log.getvalue() + response.text


def test_the_job_says_all_that_is_known_of_it(jobs: ApiWorld) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    job = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC).json()
    created = datetime.fromisoformat(job.pop("created"))
    assert before < created < datetime.now(UTC) + timedelta(seconds=1)
    assert created == datetime.fromisoformat(job.pop("updated"))
    assert isinstance(job.pop("id"), str)
    assert job == {
        "status": "queued",
        "progress": {
            "chunks": {"done": 0, "total": 0},
            "audioSeconds": {"done": 0.0, "total": 0.0},
        },
        "error": None,
        "result": None,
        "model": None,
        "partial": False,
        "warnings": [],
        "reference": None,
    }


def test_the_job_repeats_the_reference_of_its_request(jobs: ApiWorld) -> None:
    job_id = submit(jobs, reference="order 7 — ñ")
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert job["reference"] == "order 7 — ñ"
    assert jobs.get("/jobs", headers=MINE).json()["jobs"] == [job]


def test_a_plain_translation_does_nothing_with_a_reference(jobs: ApiWorld, audio_url: str) -> None:
    response = jobs.post({"audioFileUrl": audio_url, "reference": "order 7"})
    assert (response.status_code, response.json()) == (200, {"text": "Hello there."})
    too_long = {"audioFileUrl": audio_url, "reference": "r" * 2049}
    assert error(jobs.post(too_long)) == (400, "invalid_request", "reference")


@pytest.mark.parametrize("prefer", ["", "wait=10", "handling=lenient", "respond-asynchronously"])
def test_other_preferences_do_not_make_a_job(jobs: ApiWorld, audio_url: str, prefer: str) -> None:
    response = jobs.post({"audioFileUrl": audio_url}, headers={"Prefer": prefer})
    assert response.status_code == 200
    assert "preference-applied" not in response.headers


def test_a_preference_counts_in_whichever_of_its_headers_it_comes(jobs: ApiWorld) -> None:
    headers = {"Prefer": ["respond-async", "wait=5"], "Content-Type": ["application/json"]}
    response = jobs.call(event(headers), context())
    assert response["statusCode"] == 202


def test_a_request_with_a_callback_is_a_job(jobs: ApiWorld) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "callbackUrl": "https://example.com/hook"}
    response = jobs.post(body)
    assert response.status_code == 202
    assert "preference-applied" not in response.headers
    stored = table(jobs).find(response.json()["id"])
    assert stored is not None
    assert stored.request.callback_url == "https://example.com/hook"


def test_audio_that_is_too_large_for_the_provider_becomes_a_job(jobs: ApiWorld, wav: bytes) -> None:
    url = jobs.source.file("/large.wav", wav + bytes(90_000))
    assert jobs.post({"audioFileUrl": url}).status_code == 202


def test_audio_that_is_too_large_to_be_downloaded_becomes_a_job(jobs: ApiWorld, wav: bytes) -> None:
    url = jobs.source.file("/huge.wav", wav, declared=10**9)
    assert jobs.post({"audioFileUrl": url}).status_code == 202
    assert jobs.provider.received == []


def test_audio_that_arrives_too_slowly_to_wait_for_becomes_a_job(
    jobs: ApiWorld, wav: bytes
) -> None:
    size = head(200, [("Content-Length", str(len(wav)))])
    url = jobs.source.script("/slow.wav", lambda: [size, *drip(wav[:50], 0.1)])
    assert jobs.post({"audioFileUrl": url}).status_code == 202
    assert jobs.provider.received == []


def test_a_host_that_sends_nothing_is_an_error_at_once(jobs: ApiWorld) -> None:
    url = jobs.source.script("/mute.wav", lambda: [30.0])
    response = jobs.post({"audioFileUrl": url})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "audio_not_retrievable"


def test_audio_of_a_type_that_no_provider_takes_becomes_a_job(jobs: ApiWorld) -> None:
    adts = bytes.fromhex("fff15080017ffc") + bytes(4)
    for name, body in {"a.aac": adts * 200, "a.mkv": MATROSKA, "a.amr": b"#!AMR\n"}.items():
        assert jobs.post({"audioFileUrl": jobs.source.file(f"/{name}", body)}).status_code == 202


MATROSKA = bytes.fromhex("1a45dfa38b4282886d6174726f736b61")


@pytest.mark.parametrize("seconds", ["1", "2"])
def test_audio_that_is_too_long_to_wait_for_becomes_a_job(
    world: ApiWorld, long_wav: bytes, seconds: str
) -> None:
    """It lasts two seconds: exactly as long as the limit is not too long."""
    url = world.source.file("/two-seconds.wav", long_wav)
    with world.with_jobs(DIRECT_MAX_SECONDS=seconds):
        status = world.post({"audioFileUrl": url}).status_code
    assert status == {"1": 202, "2": 200}[seconds]


@pytest.fixture(scope="session")
def long_wav(wav: bytes) -> bytes:
    samples = wav[44:] * 4
    head = bytearray(wav[:44])
    head[4:8] = (36 + len(samples)).to_bytes(4, "little")
    head[40:44] = len(samples).to_bytes(4, "little")
    return bytes(head) + samples


def test_audio_of_unknown_length_counts_by_its_size(world: ApiWorld) -> None:
    webm = WEBM + bytes(4000 - len(WEBM))  # a second at 32 kbit/s
    with world.with_jobs(DIRECT_MAX_SECONDS="1"):
        assert world.post({"audioFileUrl": world.source.file("/1.webm", webm)}).status_code == 200
        longer = webm + bytes(200)
        assert world.post({"audioFileUrl": world.source.file("/2.webm", longer)}).status_code == 202


WEBM = bytes.fromhex(
    "1a45dfa387428284" + b"webm".hex() + "1853806701ffffffffffffff"
    "1654ae6b8aae888686" + b"A_OPUS".hex() + "1f43b67501ffffffffffffff00"
)


def test_a_request_that_runs_out_of_time_becomes_a_job(jobs: ApiWorld, audio_url: str) -> None:
    jobs.provider.default = Answer(delay=30)
    response = jobs.post({"audioFileUrl": audio_url, "saveSource": True})
    assert response.status_code == 202
    assert response.headers["location"] == f"/jobs/{response.json()['id']}"
    assert len(jobs.functions.started) == 1
    assert list(jobs.work_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(envelope("no"), 401), 502),
        (Answer(envelope("no", "insufficient_quota", "insufficient_quota"), 429), 503),
        (Answer(envelope("Invalid file format."), 400), 400),
    ],
)
def test_an_error_that_a_job_would_meet_too_is_told_at_once(
    jobs: ApiWorld, audio_url: str, answer: Answer, status: int
) -> None:
    jobs.provider.default = answer
    assert jobs.post({"audioFileUrl": audio_url}).status_code == status
    assert jobs.functions.started == []


@pytest.mark.parametrize(
    "body", [b"", b"<!doctype html><html>", b'{"error": 1}', b"\x89PNG\r\n\x1a\n" + bytes(99)]
)
def test_what_is_no_audio_becomes_no_job(jobs: ApiWorld, body: bytes) -> None:
    response = jobs.post({"audioFileUrl": jobs.source.file("/no-audio", body)})
    assert error(response) == (400, "unsupported_audio", "audioFileUrl")
    assert jobs.aws.items() == []


def test_without_a_job_function_nothing_becomes_a_job(world: ApiWorld, audio_url: str) -> None:
    assert world.post({"audioFileUrl": audio_url}, headers=ASYNC).status_code == 200
    body = {"audioFileUrl": audio_url, "callbackUrl": "https://example.com/hook"}
    assert error(world.post(body)) == (400, "invalid_request", "callbackUrl")
    assert error(world.get("/jobs")) == (404, "not_found", None)
    key = {"Idempotency-Key": "k"}
    response = world.post({"audioFileUrl": audio_url}, headers=key)
    assert error(response) == (400, "invalid_request", "Idempotency-Key")


def test_the_fields_that_the_plugin_does_not_know_are_listed_for_a_job_too(jobs: ApiWorld) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "language": "es"}
    response = jobs.post(body, BACKENDLESS_ROUTE, headers=ASYNC)
    assert response.headers["x-ignored-fields"] == "language"
    stored = table(jobs).find(response.json()["id"])
    assert stored is not None
    assert "language" not in stored.request.model_dump()


def test_jobs_are_counted_as_requests(jobs: ApiWorld) -> None:
    submit(jobs)
    lines = [json.loads(line) for line in jobs.log.getvalue().splitlines() if line.startswith("{")]
    assert [line["Requests"] for line in lines if "Requests" in line] == [[1]]
    assert [line["JobsSubmitted"] for line in lines if "JobsSubmitted" in line] == [[1]]


# Where the job is


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/v1/translate", "/v1/jobs/"),
        ("/translate", "/jobs/"),
        ("/base/translate", "/base/jobs/"),
        (None, "/jobs/"),
    ],
)
def test_location_leads_to_the_job_behind_any_stage_and_domain(
    jobs: ApiWorld, path: str | None, location: str
) -> None:
    response = jobs.call(event(ASYNC, path), context())
    (found,) = response["multiValueHeaders"]["Location"]
    assert found.startswith(location)
    url = urljoin(f"https://api.example.com{path or '/translate'}", found)
    assert url == f"https://api.example.com{location}{json.loads(response['body'])['id']}"


def event(headers: Any, path: str | None = None) -> dict[str, Any]:
    """What API Gateway sends; headers with lists are its multiValueHeaders."""
    one = {k: v[-1] if isinstance(v, list) else v for k, v in headers.items()}
    many = {k: v if isinstance(v, list) else [v] for k, v in headers.items()}
    return {
        "resource": ROUTE,
        "path": ROUTE,
        "httpMethod": "POST",
        "headers": one,
        "multiValueHeaders": many,
        "queryStringParameters": None,
        "requestContext": {"requestId": "r", "path": path, "identity": {"apiKeyId": "abc"}},
        "body": '{"audioFileUrl": "https://example.com/a.mp3"}',
        "isBase64Encoded": False,
    }


def context() -> Any:
    now = datetime.now(UTC).timestamp()
    return LambdaContext(f"request-{now}".replace(".", "-"), ends_at=now + 29)


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
    state.split(job_id, duration=60_500, chunk_durations=[30_000, 30_500])
    state.chunk_done(job_id, 0)
    response = jobs.get(f"/jobs/{job_id}", headers=MINE)
    job = response.json()
    assert job["status"] == "running"
    assert job["progress"] == {
        "chunks": {"done": 1, "total": 2},
        "audioSeconds": {"done": 30.0, "total": 60.5},
    }
    assert job["updated"] > job["created"]
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("name", ["json", "text", "srt", "verbose_json", "vtt"])
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


# Its translation


def test_a_finished_job_is_read_in_every_format_without_a_provider(jobs: ApiWorld) -> None:
    route = f"/jobs/{finished(jobs)}/translation"
    texts = ["Hello there.", "Señor — 你好."]

    def read(query: str) -> requests.Response:
        response = jobs.get(route + query, headers=MINE)
        assert response.status_code == 200
        response.encoding = "utf-8"
        return response

    assert read("").json() == {"text": " ".join(texts)}
    assert read("?format=text").text == " ".join(texts) + "\n"
    cues = list(srt.parse(read("?format=SRT").text))
    assert [(cue.start, cue.content) for cue in cues] == [
        (timedelta(seconds=1), texts[0]),
        (timedelta(seconds=3600.5), texts[1]),
    ]
    vtt = read("?format=Vtt")
    assert vtt.headers["content-type"] == "text/vtt; charset=utf-8"
    assert [cue.text for cue in webvtt.from_string(vtt.text).captions] == texts
    verbose = read("?format=verbose_json").json()
    assert verbose["duration"] == 3700.0
    assert verbose["segments"][0]["tokens"] == [1, 2]
    assert jobs.provider.received == []


def test_a_translation_that_is_longer_than_an_answer_may_be_is_read_in_another_format(
    jobs: ApiWorld,
) -> None:
    """Ten hours are."""
    job_id = finished(jobs)
    said = replace(TRANSLATION.segments[0], text=" I said so", tokens=(50_364,) * 60)
    segments = [replace(said, start=n, end=n + 1) for n in range(12_000)]
    put(jobs, translation_key(job_id), to_json(replace(TRANSLATION, segments=tuple(segments))))
    route = f"/jobs/{job_id}/translation"
    response = jobs.get(f"{route}?format=verbose_json", headers=MINE)
    assert error(response) == (413, "audio_too_large", None)
    assert "srt" in response.json()["error"]["message"]
    assert jobs.get(f"{route}?format=text", headers=MINE).text.startswith("I said so")


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


def test_the_format_of_the_request_is_the_default(jobs: ApiWorld) -> None:
    job_id = finished(jobs, responseFormat="srt")
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert response.headers["content-type"].startswith("application/x-subrip")


def test_a_part_of_a_failed_job_can_be_read(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    put(jobs, translation_key(job_id), to_json(TRANSLATION))
    table(jobs).fail(job_id, ERROR, partial=True)
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert (job["partial"], job["error"], job["result"]) == (True, ERROR, None)
    response = jobs.get(f"/jobs/{job_id}/translation?format=text", headers=MINE)
    assert response.text.startswith("Hello there.")


@pytest.mark.parametrize(
    ("state", "comes"), [("queued", True), ("running", True), ("failed", False)]
)
def test_a_job_without_a_translation_says_why(jobs: ApiWorld, state: str, comes: bool) -> None:
    job_id = submit(jobs)
    if state == "running":
        table(jobs).begin(job_id)
    if state == "failed":
        table(jobs).fail(job_id, ERROR, partial=False)
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)
    assert state in response.json()["error"]["message"]
    assert ("retry-after" in response.headers) == comes


def test_a_translation_that_is_gone_is_not_found(jobs: ApiWorld) -> None:
    job_id = finished(jobs)
    jobs.aws.client("s3").delete_object(Bucket=BUCKET, Key=translation_key(job_id))
    response = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert error(response) == (404, "not_found", None)


@pytest.mark.parametrize("name", ["mp3", "", "json,text", "x" * 500, "srt%00"])
def test_an_unknown_format_is_an_error(jobs: ApiWorld, name: str) -> None:
    response = jobs.get(f"/jobs/{finished(jobs)}/translation?format={name}", headers=MINE)
    assert error(response) == (400, "invalid_request", "format")


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
        put(jobs, part_key(job_id, index))
    put(jobs, part_key(other, 0))
    put(jobs, f"audio/{job_folder(job_id)}kept.mp3")
    response = jobs.delete(f"/jobs/{job_id}", headers=MINE)
    assert (response.status_code, response.content) == (204, b"")
    job = jobs.get(f"/jobs/{job_id}", headers=MINE).json()
    assert (job["status"], job["result"], job["partial"]) == ("cancelled", None, False)
    assert jobs.aws.keys() == [f"audio/{job_folder(job_id)}kept.mp3", part_key(other, 0)]
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
        s3.put_object(Bucket=BUCKET, Key=part_key(job_id, index), Body=b"")
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
    put(jobs, chunk_key(job_id, 0), wav)
    body = {"audioFileUrl": f"s3://{BUCKET}/{chunk_key(job_id, 0)}"}
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


# What is checked at once


BAD_URLS = [
    "http://10.0.0.1/a",
    "http://[::1]/a",
    "http://[::ffff:169.254.169.254]/a",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0x7f.1/",
    "http://127.0.0.1/a",
    "http://localhost/a",
    "http://localhost./a",
    "http://x.localhost/a",
    "https://user:hunter2@example.com/a",
    "https://example.com:8443/a",
    "ftp://example.com/a",
    "file:///etc/passwd",
    "https://",
    "no-url",
]


@pytest.mark.parametrize("url", [*BAD_URLS, "s3://audio-translation-test/x.mp3"])
def test_a_callback_to_what_is_not_public_is_refused(world: ApiWorld, url: str) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "callbackUrl": url}
    with world.with_jobs(FETCH_ALLOW_LOOPBACK="false"):
        response = world.post(body)
    assert error(response) == (400, "url_not_allowed", "callbackUrl")
    message = response.json()["error"]["message"]
    assert "callbackUrl" in message
    assert "hunter2" not in message + world.log.getvalue()
    assert world.aws.items() == []


@pytest.mark.parametrize("url", [*BAD_URLS, "s3://somebody-elses-bucket/a.mp3", "s3://"])
def test_audio_at_what_is_not_public_is_refused_at_once(world: ApiWorld, url: str) -> None:
    with world.with_jobs(FETCH_ALLOW_LOOPBACK="false"):
        response = world.post({"audioFileUrl": url}, headers=ASYNC)
    assert error(response) == (400, "url_not_allowed", "audioFileUrl")
    assert world.functions.started == []


@pytest.mark.parametrize("url", ["https://example.com/a b.mp3", "s3://audio-translation-test/a"])
def test_audio_that_will_be_fetched_is_taken(jobs: ApiWorld, url: str) -> None:
    submit(jobs, audioFileUrl=url)


@pytest.mark.parametrize("value", [7, ["https://a.test"], "https://a.test/" + "a" * 9000])
def test_a_callback_that_is_no_url_is_an_invalid_request(jobs: ApiWorld, value: object) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "callbackUrl": value}
    assert error(jobs.post(body)) == (400, "invalid_request", "callbackUrl")


def test_a_prompt_that_the_table_could_not_hold_is_refused(jobs: ApiWorld) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "prompt": "ñ" * 20_001}
    assert error(jobs.post(body, headers=ASYNC)) == (400, "invalid_request", "prompt")
    submit(jobs, prompt="你" * 20_000)


# What fails


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (404, "ResourceNotFoundException", (500, "internal", None)),
        (400, "InvalidParameterValueException", (500, "internal", None)),
    ],
)
def test_a_job_that_cannot_be_started_is_an_error_and_leaves_nothing(
    jobs: ApiWorld, status: int, name: str, expected: tuple[int, str, str | None]
) -> None:
    jobs.functions.refusals.extend([(status, name)] * 5)
    response = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC)
    assert error(response) == expected
    assert jobs.aws.items() == []


def test_throttles_are_retried_and_then_told(jobs: ApiWorld) -> None:
    jobs.functions.refusals.append((429, "TooManyRequestsException"))
    submit(jobs)
    jobs.functions.refusals.extend([(429, "TooManyRequestsException")] * 3)
    response = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC)
    assert error(response) == (429, "rate_limited", None)
    assert int(response.headers["retry-after"]) > 0
    assert len(jobs.aws.items()) == 1


def test_a_table_that_fails_is_an_internal_error(world: ApiWorld) -> None:
    with world.with_jobs(JOB_TABLE="nowhere"):
        responses = [
            world.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC),
            world.get("/jobs"),
            world.get("/jobs/7"),
            world.delete("/jobs/7"),
        ]
    assert [error(response) for response in responses] == [(500, "internal", None)] * 4


# Idempotency-Key


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
    text = "word " * 100_000
    jobs.provider.default = Answer(
        {"text": text, "duration": 1.0, "segments": [{"start": 0, "end": 1, "text": text}]}
    )
    response = jobs.post({"audioFileUrl": audio_url}, headers=keyed("k"))
    assert (response.status_code, response.json()["text"]) == (200, text.strip())


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
