"""A direct invoke as its caller sees it: a translation, a job, or an error with a name."""

import time
import uuid
from typing import Any, cast

import pytest
import requests
import srt

from audio_translation.aws.bucket_keys import result_key, translation_key
from audio_translation.errors import (
    AudioNotRetrievable,
    Internal,
    InvalidRequest,
    JobNotFinished,
    NotFound,
    ProviderQuotaExhausted,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
    UrlNotAllowed,
)
from audio_translation.handlers import invoke
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import to_json
from local.aws.lambda_context import LambdaContext
from tests.contract.jobs_over_http import TRANSLATION
from tests.fakes.aws.lambda_invoke import FUNCTION, Started
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.http_api import ApiWorld

URL = "https://example.com/a.mp3?signature=hunter2"
ASYNC = {"audioFileUrl": URL, "prefer": "respond-async"}


def ask(world: ApiWorld, event: object, request_id: str | None = None) -> Any:
    """Run the handler as Lambda does when another Lambda invokes it."""
    context = LambdaContext(request_id or str(uuid.uuid4()), time.time() + 6)
    with world.sandbox():
        return invoke.handler(event, cast(Any, context))


def refused(world: ApiWorld, event: object, kind: type[ServiceError]) -> str:
    """Return the message of the error, whose class is what Lambda calls ``errorType``."""
    with pytest.raises(ServiceError) as raised:
        ask(world, event)
    assert type(raised.value) is kind
    return raised.value.message


def table(world: ApiWorld) -> JobTable:
    return JobTable(world.aws.clients, table=JOB_TABLE)


# Translated at once


def test_what_fits_is_translated_at_once(jobs: ApiWorld, audio_url: str) -> None:
    assert ask(jobs, {"audioFileUrl": audio_url}) == {"text": "Hello there."}
    for name in ("ttml", "ass", "csv"):
        written = ask(jobs, {"audioFileUrl": audio_url, "responseFormat": name})
        assert "Hello there." in written
    text = ask(jobs, {"audioFileUrl": audio_url, "responseFormat": "text"})
    assert text == "Hello there.\n"
    assert jobs.functions.started == []


def test_null_and_the_empty_string_are_no_preference(jobs: ApiWorld, audio_url: str) -> None:
    for blank in (None, ""):
        answer = ask(jobs, {"audioFileUrl": audio_url, "prefer": blank, "reference": blank})
        assert answer == {"text": "Hello there."}


def test_a_reference_of_what_is_translated_at_once_does_nothing(
    jobs: ApiWorld, audio_url: str
) -> None:
    answer = ask(jobs, {"audioFileUrl": audio_url, "reference": "token"})
    assert answer == {"text": "Hello there."}


# Jobs


def test_who_prefers_it_gets_a_job_under_the_id_of_the_invoke(jobs: ApiWorld) -> None:
    job = ask(jobs, ASYNC, "01525987-8252-4da8-8b02-606da76c433e")
    assert (job["id"], job["status"]) == ("01525987-8252-4da8-8b02-606da76c433e", "queued")
    assert jobs.functions.started == [Started(FUNCTION, "Event", job["id"], {"jobId": job["id"]})]
    assert jobs.provider.received == []
    assert "hunter2" not in jobs.log.getvalue() + str(job)


def test_the_same_invoke_again_is_the_same_job(jobs: ApiWorld) -> None:
    """Lambda may run an asynchronous invoke twice, with the same id."""
    first, again = (ask(jobs, ASYNC, "the-same")["id"] for _ in range(2))
    assert first == again
    assert [item["id"]["S"] for item in jobs.aws.items()] == ["the-same"]


def test_what_does_not_fit_becomes_a_job(jobs: ApiWorld, wav: bytes) -> None:
    huge = jobs.source.file("/huge.wav", wav, declared=10**9)
    assert ask(jobs, {"audioFileUrl": huge, "responseFormat": "srt"})["status"] == "queued"
    assert len(jobs.functions.started) == 1


def test_a_job_is_no_translation_and_a_translation_is_no_job(
    jobs: ApiWorld, audio_url: str
) -> None:
    """The documented way to tell them apart."""
    job = ask(jobs, ASYNC)
    assert {"id", "status"} <= set(job)
    for name in ("json", "verbose_json"):
        answer = ask(jobs, {"audioFileUrl": audio_url, "responseFormat": name})
        assert not {"id", "status"} & set(answer)


def test_a_callback_makes_it_a_job(jobs: ApiWorld) -> None:
    job = ask(jobs, {"audioFileUrl": URL, "callbackUrl": "https://example.com/hook"})
    stored = table(jobs).find(job["id"])
    assert stored is not None
    assert stored.request.callback_url == "https://example.com/hook"


def test_a_job_has_the_reference_that_it_was_made_with(jobs: ApiWorld) -> None:
    token = "AQC+/=" * 341  # no task token is longer than 2048 characters
    job = ask(jobs, {**ASYNC, "reference": token})
    assert job["reference"] == token
    assert ask(jobs, {"jobId": job["id"]})["reference"] == token
    assert token not in jobs.log.getvalue()


def test_a_job_can_be_looked_at_until_its_result_is_there(jobs: ApiWorld) -> None:
    job = ask(jobs, {**ASYNC, "responseFormat": "text"})
    assert ask(jobs, {"jobId": job["id"]}) == job
    table(jobs).begin(job["id"])
    assert ask(jobs, {"jobId": job["id"]})["status"] == "running"
    key = result_key(job["id"], "txt")
    jobs.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"Hello there.\n")
    table(jobs).succeed(job["id"])
    ended = ask(jobs, {"jobId": job["id"]})
    assert (ended["status"], ended["result"]["format"]) == ("succeeded", "text")
    assert requests.get(ended["result"]["url"], timeout=60).text == "Hello there.\n"


def test_a_finished_job_is_read_in_any_format_and_laid_out_anew(jobs: ApiWorld) -> None:
    job_id = ask(jobs, ASYNC)["id"]
    question = {"jobId": job_id, "responseFormat": "srt"}
    refused(jobs, question, JobNotFinished)
    table(jobs).begin(job_id)
    text = to_json(TRANSLATION).encode()
    jobs.aws.client("s3").put_object(Bucket=BUCKET, Key=translation_key(job_id), Body=text)
    table(jobs).succeed(job_id)
    cues = list(srt.parse(ask(jobs, question)))
    assert cues[0].content == "Hello there."
    narrow = ask(jobs, {**question, "subtitles": {"maxLineLength": 10}})
    assert next(srt.parse(narrow)).content == "Hello\nthere."
    assert ask(jobs, {"jobId": job_id, "responseFormat": "json"})["text"].startswith("Hello")
    wrong = {**question, "subtitles": {"maxLines": 9}}
    assert "at most 4" in refused(jobs, wrong, InvalidRequest)


def test_a_job_looks_as_it_does_over_http(jobs: ApiWorld) -> None:
    made = jobs.post({"audioFileUrl": URL}, headers={"Prefer": "respond-async"}).json()
    job = ask(jobs, ASYNC)
    assert set(job) == set(made)
    assert {k: type(v) for k, v in job.items()} == {k: type(v) for k, v in made.items()}


def test_jobs_of_api_keys_and_of_invokes_do_not_meet(jobs: ApiWorld) -> None:
    key = {"x-api-key": "mine"}
    over_http = jobs.post({"audioFileUrl": URL}, headers={"Prefer": "respond-async", **key}).json()
    assert "jobId" not in refused(jobs, {"jobId": over_http["id"]}, NotFound)
    invoked = ask(jobs, ASYNC)
    for headers in (key, {"x-api-key": "invoke"}, {}):
        assert jobs.get(f"/jobs/{invoked['id']}", headers=headers).status_code == 404
        listed = jobs.get("/jobs", headers=headers).json()["jobs"]
        assert invoked["id"] not in {job["id"] for job in listed}


@pytest.mark.parametrize("job_id", ["unknown", "", "a b", "../x", "x" * 65])
def test_a_job_that_is_not_there_is_not_found(jobs: ApiWorld, job_id: str) -> None:
    refused(jobs, {"jobId": job_id}, NotFound)


def test_without_a_job_function_nothing_becomes_a_job(world: ApiWorld, audio_url: str) -> None:
    assert ask(world, {"audioFileUrl": audio_url, "prefer": "respond-async"}) == {
        "text": "Hello there."
    }
    event = {"audioFileUrl": audio_url, "callbackUrl": "https://example.com/hook"}
    assert "callbackUrl" in refused(world, event, InvalidRequest)
    refused(world, {"jobId": "x"}, NotFound)


# Errors


@pytest.mark.parametrize("value", ["Respond-Async", "respond-async, wait=5", "wait=5", True, 1, []])
def test_a_preference_is_exactly_that_word(jobs: ApiWorld, value: object) -> None:
    message = refused(jobs, {**ASYNC, "prefer": value}, InvalidRequest)
    assert message == "prefer: it must be 'respond-async'."


@pytest.mark.parametrize("value", [7, None, ["x"], {"id": "x"}])
def test_a_jobs_id_is_a_text(jobs: ApiWorld, value: object) -> None:
    assert refused(jobs, {"jobId": value}, InvalidRequest).startswith("jobId: ")


def test_who_asks_for_a_job_asks_for_nothing_else(jobs: ApiWorld) -> None:
    event = {"jobId": "x", "audioFileUrl": URL}
    message = refused(jobs, event, InvalidRequest)
    assert message.startswith("There is no field 'audioFileUrl'")


@pytest.mark.parametrize("event", [None, "x", 7, [], [{"jobId": "x"}], {}, {"jobid": "x"}])
def test_another_event_is_an_invalid_request(jobs: ApiWorld, event: object) -> None:
    refused(jobs, event, InvalidRequest)


def test_a_reference_that_is_too_long_is_an_invalid_request(jobs: ApiWorld) -> None:
    message = refused(jobs, {**ASYNC, "reference": "x" * 2049}, InvalidRequest)
    assert message.startswith("reference: ")


def test_errors_are_classes_that_callers_can_catch_by_name(jobs: ApiWorld, audio_url: str) -> None:
    no_audio = jobs.source.file("/no-audio", b"<!doctype html><html>")
    refused(jobs, {"audioFileUrl": no_audio}, UnsupportedAudio)
    refused(jobs, {"audioFileUrl": jobs.source.url("/nothing")}, AudioNotRetrievable)
    refused(jobs, {"audioFileUrl": "http://private.test/a.mp3"}, UrlNotAllowed)
    refused(jobs, {**ASYNC, "audioFileUrl": "ftp://example.com/a.mp3"}, UrlNotAllowed)
    no_credit = envelope("no", "insufficient_quota", "insufficient_quota")
    jobs.provider.default = Answer(no_credit, 429)
    refused(jobs, {"audioFileUrl": audio_url}, ProviderQuotaExhausted)
    jobs.functions.refusals.extend([(429, "TooManyRequestsException")] * 9)
    refused(jobs, ASYNC, RateLimited)
    assert jobs.aws.items() == []


def test_what_nobody_thought_of_has_a_name_too(jobs: ApiWorld) -> None:
    item = {"id": {"S": "broken"}, "expires": {"N": "99999999999"}}
    jobs.aws.client("dynamodb").put_item(TableName=JOB_TABLE, Item=item)
    message = refused(jobs, {"jobId": "broken"}, Internal)
    assert "owner" not in message
    assert "KeyError" in jobs.log.getvalue()
