"""The steps of a job one by one: cancelled, deleted, lost and taken up again."""

import json
import shutil
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus

from audio_translation.deadline import Deadline
from audio_translation.errors import ProviderUnavailable
from audio_translation.jobs.job import MOST_RESTARTS, JobStatus
from audio_translation.wiring.job_function import job_function
from audio_translation.wiring.request_functions import request_functions
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.fakes.aws.throttling import ThrottlingProxy
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.source import head
from tests.fakes.webhook_receiver import Receiver
from tests.integration.minute import WAV
from tests.worlds.jobs import JobWorld, run, sentences


def test_a_job_deleted_while_it_is_split_leaves_nothing(jobs: JobWorld) -> None:
    management = request_functions().jobs

    def deleted() -> Iterator[bytes]:
        yield head(200, [("Content-Length", str(len(WAV)))])
        yield WAV[:1000]
        management.delete(jobs.find("job-1"))
        yield WAV[1000:]

    job_id = jobs.job(jobs.source.script("/deleted.wav", deleted))
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.CANCELLED
    assert jobs.stored() == []
    assert not jobs.provider.received


def test_a_job_that_cannot_be_stitched_ends_all_the_same(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url)
    run(job_id)
    (key, *_) = _parts(jobs)
    job_id = jobs.job(url, "job-2")
    key = key.replace("job-1", job_id)
    jobs.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"{")
    count = jobs.bus()
    run(job_id, seconds=120)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert count() == {"Job Succeeded": 0, "Job Failed": 1}


def test_a_cancelled_job_stops_at_the_next_chunk_and_writes_nothing_more(
    jobs: JobWorld, url: str
) -> None:
    job_id = jobs.job(url)

    def cancel(numbers: tuple[int, ...]) -> None:
        if 12 in numbers:
            jobs.table.cancel(job_id)

    jobs.provider.on_call = cancel
    jobs.provider.delay = 1  # the table is looked at more often
    with jobs.settings(JOB_CONCURRENCY="1"):
        result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    job = jobs.find(job_id)
    assert job.status is JobStatus.CANCELLED
    assert list(jobs.provider.paid) == [tuple(range(at, at + 4)) for at in (0, 4, 8, 12)]
    assert len(jobs.provider.received) == sum(jobs.provider.paid.values()) == 4  # of 6
    assert jobs.stored() == []


def test_a_job_that_was_cancelled_before_it_began_does_nothing(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url)
    jobs.table.cancel(job_id)
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.CANCELLED
    assert jobs.stored() == []


def test_what_is_stored_is_not_paid_again(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url)
    broke = Answer(envelope("You have no credit", code="insufficient_quota"), 429)
    jobs.provider.instead[20] = deque([broke])
    with jobs.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    paid = dict(jobs.provider.paid)
    # The same job from nothing, as after a loss of all that its execution had kept.
    jobs.aws.client("dynamodb").update_item(
        TableName=JOB_TABLE,
        Key={"id": {"S": job_id}},
        UpdateExpression="SET #s = :s REMOVE chunks_done, #e",
        ExpressionAttributeNames={"#s": "status", "#e": "error"},
        ExpressionAttributeValues={":s": {"S": "running"}},
    )
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    assert {key: jobs.provider.paid[key] for key in paid} == paid
    jobs.check_paid_once(job_id)


def test_a_job_whose_execution_is_lost_goes_on_in_the_next(jobs: JobWorld) -> None:
    job_id = jobs.job(jobs.source.file("/once.wav", WAV))
    assert _begin(jobs, job_id) == 6
    jobs.source.file("/once.wav", b"<html>This link has expired.</html>")
    run(job_id, restarts=1)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


@pytest.mark.parametrize("begun", [False, True])
def test_a_job_that_is_lost_too_often_fails_and_who_wants_to_know_is_told(
    jobs: JobWorld, url: str, begun: bool
) -> None:
    bus = jobs.bus()
    with Receiver() as receiver:
        job_id = jobs.job(url, callbackUrl=receiver.hook())
        calls = _begin(jobs, job_id) if begun else 0
        run(job_id, restarts=MOST_RESTARTS + 1)
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "internal"
    assert job.partial is begun
    assert len(jobs.provider.received) == calls
    assert len(jobs.plan(job_id)) == len(_parts(jobs)) == len(jobs.provider.paid) == 2 * begun
    assert job.chunks_done == 2 * begun
    assert bus() == {"Job Succeeded": 0, "Job Failed": 1}
    ((_, body),) = receiver.received
    assert json.loads(body)["type"] == "translation.failed"


def test_a_job_that_waits_says_why_until_it_goes_on(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url)
    _begin(jobs, job_id)
    view = jobs.view(job_id)
    assert (view["status"], view["waitingFor"], view["attempts"]) == ("running", "retry", 1)
    assert datetime.fromisoformat(view["nextTry"]) > datetime.now(UTC)
    assert view["lastError"]["code"] == "rate_limited"
    assert set(view["lastError"]) == {"code", "message"}
    assert job_function().run.pause(job_id, ProviderUnavailable("It fails."), 1)
    view = jobs.view(job_id)
    assert (view["attempts"], view["lastError"]["message"]) == (2, "It fails.")
    run(job_id)
    view = jobs.view(job_id)
    assert (view["status"], view["waitingFor"], view["attempts"]) == ("succeeded", None, 0)
    assert (view["nextTry"], view["lastError"]) == (None, None)


def test_a_job_that_is_refused_again_and_again_counts_its_tries(jobs: JobWorld, url: str) -> None:
    seen: list[dict[str, Any]] = []
    jobs.provider.script.extend([Answer(envelope("slow down", "requests"), 429)] * 12)
    job_id = jobs.job(url)
    jobs.provider.on_call = lambda _: seen.append(jobs.view(job_id))
    jobs.provider.delay = 0.4  # the table is told twice a second at most
    with jobs.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    attempts = [view["attempts"] for view in seen]
    assert attempts[0] >= 2, attempts
    assert seen[0]["lastError"]["code"] == "rate_limited"
    assert {view["nextTry"] for view in seen} == {None}  # while it tries
    assert (seen[-1]["attempts"], seen[-1]["lastError"]) == (0, None)


def _begin(jobs: JobWorld, job_id: str) -> int:
    """Have two chunks translated, as an execution does that is lost then; return the calls."""
    jobs.provider.instead[8] = deque([Answer(envelope("slow down", "requests"), 429)] * 4)
    with jobs.settings(JOB_CONCURRENCY="1"):
        assert job_function().run.translate(job_id, Deadline.after(900))
    assert len(_parts(jobs)) == len(jobs.plan(job_id)) == len(jobs.provider.paid) == 2
    return len(jobs.provider.received)


def _parts(jobs: JobWorld) -> list[str]:
    """The keys of the translations of chunks."""
    return [key for key in jobs.stored() if "/parts/" in key]


def test_the_disk_may_be_wiped_between_steps(jobs: JobWorld, url: str) -> None:
    def wipe(_: tuple[int, ...]) -> None:
        shutil.rmtree(jobs.work_folder)

    jobs.provider.on_call = wipe
    job_id = jobs.job(url)
    with jobs.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_throttled_storage_and_table_are_asked_again(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url)
    with ThrottlingProxy(jobs.aws.endpoint, every=3) as proxy:
        with jobs.settings(AWS_ENDPOINT_URL=proxy.url):
            run(job_id)
        assert min(proxy.throttled["s3"], proxy.throttled["dynamodb"]) >= 3, proxy.throttled
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)
