"""Records and corrections over HTTP: who may have them, what is answered, and the public key."""

import threading
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from audio_translation.aws.bucket_keys import (
    SIGNATURE,
    heard_key,
    record_key,
    translation_key,
)
from audio_translation.transcript import Segment, ServedBy, Translation, to_json
from tests.contract.jobs_over_http import (
    MINE,
    ROUTES,
    THEIRS,
    TRANSLATION,
    error,
    finished,
    put,
    submit,
    table,
)
from tests.fakes.provider.text_answers import listed, translated
from tests.worlds.http_api import ROUTE, ApiWorld

SAID = Translation(
    segments=(
        Segment(0, 1_000, "dlrow olleh", source="hello world", spoken="es"),
        Segment(1_000, 2_000, "eno rehtona", source="another one", spoken="es"),
    ),
    language="english",
    duration=2_000,
    model="gpt-transcribe",
)


@pytest.fixture
def recording(world: ApiWorld) -> Any:
    """The API of a stack with records."""
    key = world.aws.new_record_key()
    with world.with_jobs(RECORDS="on", RECORD_KEY=key):
        yield world


def two_steps(world: ApiWorld, *, recorded: bool, **fields: Any) -> str:
    """Make a job that ended well in two steps, with a record or without."""
    job_id = submit(world, **fields, record=recorded)
    jobs = table(world)
    jobs.begin(job_id)
    jobs.translated(job_id, duration=2_000, chunks=1, paid=2_000)
    put(world, translation_key(job_id), to_json(SAID))
    if recorded:
        put(world, record_key(job_id), b'{"revision":0}')
        put(world, record_key(job_id) + SIGNATURE, b"sig")
        put(world, heard_key(job_id), b'{"name":"a.mp3","bytes":1,"sha256":"00"}')
    jobs.succeed(job_id, served=ServedBy("gpt-transcribe"), recorded=recorded)
    return job_id


def correct(
    world: ApiWorld, job_id: str, body: object, headers: dict[str, str] = MINE
) -> requests.Response:
    url = f"{world.url}/jobs/{job_id}/segments"
    return requests.patch(url, json=body, headers=headers, timeout=60)


def one(text: str = "good morning", number: int = 1) -> dict[str, Any]:
    return {"segments": [{"id": number, "source": text}]}


# The key


def test_the_key_is_public_cached_and_for_p256(recording: ApiWorld) -> None:
    answer = recording.get("/record/key")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-pem-file"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    key = load_pem_public_key(answer.content)
    assert isinstance(key, EllipticCurvePublicKey)
    assert isinstance(key.curve, SECP256R1)


def test_where_there_are_no_records_there_is_no_key(jobs: ApiWorld) -> None:
    assert error(jobs.get("/record/key")) == (404, "not_found", None)


# Asking for a record


@ROUTES
def test_a_request_with_a_record_becomes_a_job(recording: ApiWorld, route: str) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "record": "yes"}
    answer = recording.post(body, route, headers=MINE | {"Prefer": "respond-async"})
    assert answer.status_code == 202
    job = table(recording).find(answer.json()["id"])
    assert job is not None
    assert job.request.record is True


def test_a_caller_who_does_not_ask_for_a_job_waits_for_it_and_is_told_which_it_was(
    recording: ApiWorld, audio_url: str
) -> None:
    ended = threading.Event()

    def end() -> None:
        """Play the job function."""
        while not ended.wait(0.05):
            for started in list(recording.functions.started):
                job_id = started.payload["jobId"]
                jobs = table(recording)
                jobs.begin(job_id)
                put(recording, translation_key(job_id), to_json(SAID))
                jobs.succeed(job_id, served=ServedBy("gpt-transcribe"), recorded=True)
                return

    thread = threading.Thread(target=end)
    thread.start()
    try:
        answer = recording.post(
            {"audioFileUrl": audio_url, "record": True, "responseFormat": "text"}, headers=MINE
        )
    finally:
        ended.set()
        thread.join()
    assert (answer.status_code, answer.text) == (200, "dlrow olleh eno rehtona\n")
    job = recording.get(f"/jobs/{answer.headers['X-Job-Id']}", headers=MINE).json()
    assert job["record"]["revision"] == 0
    assert recording.provider.received == []


def test_one_that_does_not_end_in_time_is_a_job(recording: ApiWorld, audio_url: str) -> None:
    answer = recording.post({"audioFileUrl": audio_url, "record": True}, headers=MINE)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert answer.json()["record"] is None


def test_a_form_has_it_too(recording: ApiWorld, wav: bytes) -> None:
    answer = requests.post(
        recording.url + ROUTE,
        data={"record": "true"},
        files={"file": ("a.wav", wav)},
        headers=MINE | {"Prefer": "respond-async"},
        timeout=60,
    )
    assert answer.status_code == 202
    job = table(recording).find(answer.json()["id"])
    assert job is not None
    assert (job.request.record, job.file_name) == (True, "a.wav")


@pytest.mark.parametrize("asked", [None, True, False])
def test_with_all_who_does_not_decline_gets_one(world: ApiWorld, asked: bool | None) -> None:
    with world.with_jobs(RECORDS="all", RECORD_KEY=world.aws.new_record_key()):
        job_id = submit(world, record=asked)
        prepared = world.post(
            {"fileName": "a.mp3", "size": 3, "record": asked}, "/uploads", headers=MINE
        ).json()["job"]["id"]
        for made in (job_id, prepared):
            job = table(world).find(made)
            assert job is not None
            assert job.request.record is (asked is not False)


@pytest.mark.parametrize("route", [ROUTE, "/uploads"])
def test_without_records_who_asks_is_told_so(jobs: ApiWorld, route: str) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3"}
    if route == "/uploads":
        body = {"fileName": "a.mp3", "size": "3"}
    answer = jobs.post(body | {"record": "true"}, route, headers=MINE)
    assert error(answer) == (400, "invalid_request", "record")
    assert jobs.functions.started == []


def test_without_jobs_too(world: ApiWorld, audio_url: str) -> None:
    answer = world.post({"audioFileUrl": audio_url, "record": True}, headers=MINE)
    assert error(answer) == (400, "invalid_request", "record")


# Corrections


def test_a_corrected_segment_is_translated_and_the_job_answered(recording: ApiWorld) -> None:
    job_id = two_steps(recording, recorded=True, responseFormat="srt", model="gpt-transcribe")
    entry = {"id": 1, "text": translated("good morning")}
    recording.provider.script.append(listed([entry]))
    answer = correct(recording, job_id, one())
    assert answer.status_code == 200, answer.text
    links = answer.json()["record"]
    assert links["revision"] == 1
    assert requests.get(links["previous"]["url"], timeout=30).content == b'{"revision":0}'
    result = requests.get(answer.json()["result"]["url"], timeout=30).text
    assert translated("good morning") in result
    assert "dlrow olleh" in result
    read = recording.get(f"/jobs/{job_id}/translation?format=text", headers=MINE).text
    assert read == f"dlrow olleh {translated('good morning')}\n"
    (call,) = recording.provider.received
    assert call.path == "/v1/responses"
    again = correct(recording, job_id, one())
    assert again.json()["record"]["revision"] == 1
    assert len(recording.provider.received) == 1


@pytest.mark.parametrize("headers", [THEIRS, {}], ids=["another key", "no key"])
def test_a_job_of_another_owner_is_not_found(recording: ApiWorld, headers: dict[str, str]) -> None:
    job_id = two_steps(recording, recorded=False)
    assert error(correct(recording, job_id, one(), headers)) == (404, "not_found", None)
    assert error(correct(recording, "no-such-job", one())) == (404, "not_found", None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"segments": []},
        {"segments": [{"id": 1}]},
        {"segments": [{"id": 1, "source": "a", "extra": 1}]},
        {"segments": [{"id": 2, "source": "a"}]},
        {"segments": {"id": 1, "source": "a"}},
        {"segments": [{"id": True, "source": "a"}]},
    ],
)
def test_a_wrong_correction_is_refused(recording: ApiWorld, body: object) -> None:
    answer = correct(recording, two_steps(recording, recorded=False), body)
    assert error(answer) == (400, "invalid_request", "segments")


@pytest.mark.parametrize("body", [[], [one()], "text", 7])
def test_what_is_no_object_is_refused(recording: ApiWorld, body: object) -> None:
    answer = correct(recording, two_steps(recording, recorded=False), body)
    assert error(answer)[:2] == (400, "invalid_request")


def test_one_step_cannot_be_corrected(recording: ApiWorld) -> None:
    job_id = finished(recording)
    put(recording, translation_key(job_id), to_json(TRANSLATION))
    answer = correct(recording, job_id, one())
    assert error(answer) == (400, "invalid_request", "segments")
    assert "two steps" in answer.json()["error"]["message"]


def test_a_job_that_has_not_ended_cannot_be_corrected_yet(recording: ApiWorld) -> None:
    answer = correct(recording, submit(recording), one())
    assert error(answer) == (409, "job_not_finished", None)
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_method_is_known_to_whoever_asks_with_another(recording: ApiWorld) -> None:
    answer = recording.post(one(), "/jobs/j/segments", headers=MINE)
    assert error(answer) == (405, "method_not_allowed", None)
    assert answer.headers["Allow"] == "PATCH"


def test_what_was_said_is_in_no_log(recording: ApiWorld) -> None:
    job_id = two_steps(recording, recorded=True)
    entry = {"id": 1, "text": translated("a secret of mine")}
    recording.provider.script.append(listed([entry]))
    assert correct(recording, job_id, one("a secret of mine")).status_code == 200
    assert "secret" not in recording.log.getvalue()
    assert translated("secret") not in recording.log.getvalue()
