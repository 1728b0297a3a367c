"""When POST /translate answers 200 with the translation, and when 202 with a job."""

import json

import pytest

from tests.audio.tones import recording
from tests.contract.jobs_over_http import ASYNC, ROUTES, context, error, event, submit, table
from tests.fakes.aws.lambda_invoke import FUNCTION, Started
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.source import drip, head
from tests.worlds.http_api import BACKENDLESS_ROUTE, ApiWorld


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
    assert response.headers["location"] == f"{jobs.url}/jobs/{job['id']}"
    assert int(response.headers["retry-after"]) > 0
    assert response.headers["preference-applied"] == "respond-async"
    assert response.headers["x-request-id"] == job["id"]
    assert jobs.functions.started == [Started(FUNCTION, "Event", job["id"], {"jobId": job["id"]})]
    assert jobs.provider.received == []
    assert "hunter2" not in jobs.log.getvalue() + response.text


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


def test_a_request_that_runs_out_of_time_becomes_a_job(jobs: ApiWorld, audio_url: str) -> None:
    jobs.provider.default = Answer(delay=30)
    response = jobs.post({"audioFileUrl": audio_url, "saveSource": True})
    assert response.status_code == 202
    assert response.headers["location"] == f"{jobs.url}/jobs/{response.json()['id']}"
    assert len(jobs.functions.started) == 1
    assert list(jobs.work_folder.iterdir()) == []


def test_after_calls_were_lost_one_at_a_time_is_risked_until_they_come_back(
    world: ApiWorld,
) -> None:
    """What is under way at the end of a request is paid again by its job."""
    url = world.source.file("/half-a-minute.wav", recording(12))
    world.provider.hears = Tones()
    with world.with_jobs(CHUNK_TARGET_SECONDS="10", MAX_AUDIO_BYTES="2000000"):
        for delay, status, calls in ((30, 202, 6), (30, 202, 1), (0, 200, 6), (30, 202, 6)):
            world.provider.paid.clear()
            world.provider.delay = delay
            assert world.post({"audioFileUrl": url}).status_code == status
            assert sum(world.provider.paid.values()) == calls


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
    sent = event(ASYNC, path)
    sent["requestContext"]["domainName"] = "api.example.com"
    response = jobs.call(sent, context())
    (found,) = response["multiValueHeaders"]["Location"]
    assert found == f"https://api.example.com{location}{json.loads(response['body'])['id']}"
