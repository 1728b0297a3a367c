"""A job that has failed, when it goes on: what is paid is not paid again."""

from collections import deque
from datetime import timedelta
from typing import Any

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.job_retry import JobRetry
from audio_translation.jobs.job_starter import JobStarter
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import ClientsAt
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.webhook_receiver import Receiver
from tests.worlds.jobs import JobWorld, run, sentences

BROKE = Answer(envelope("You have no credit", code="insufficient_quota"), 429)


def go_on(jobs: JobWorld, job_id: str) -> None:
    with Functions() as functions:
        starter = JobStarter(ClientsAt(functions.url), function=FUNCTION)
        JobRetry(jobs.table, starter, timedelta(days=1)).retry(jobs.find(job_id))
        (started,) = functions.started
        assert started.payload["jobId"] == job_id
    run(job_id)


def failed_in_the_middle(jobs: JobWorld, url: str, **wishes: Any) -> str:
    """Have a job fail because the provider's account has no credit after some chunks."""
    jobs.provider.instead[12] = deque([BROKE])
    job_id = jobs.job(url, **wishes)
    with jobs.settings(JOB_CONCURRENCY="1"):
        run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, True)
    return job_id


def test_what_is_translated_is_not_paid_again(jobs: JobWorld, url: str) -> None:
    job_id = failed_in_the_middle(jobs, url)
    paid_before = jobs.find(job_id).paid
    assert paid_before
    go_on(jobs, job_id)
    job = jobs.find(job_id)
    assert (job.status, job.error, job.partial) == (JobStatus.SUCCEEDED, None, False)
    assert (job.retries, job.counted) == (1, paid_before)
    assert job.warnings == ()
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_it_needs_its_source_no_more(jobs: JobWorld, url: str) -> None:
    job_id = failed_in_the_middle(jobs, url)
    fetched = len(jobs.source.requests)
    go_on(jobs, job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert len(jobs.source.requests) == fetched
    assert [key for key in jobs.stored() if "/kept/" in key] == []


def test_the_audio_of_a_job_that_can_never_go_on_is_not_kept(jobs: JobWorld) -> None:
    job_id = jobs.job(jobs.source.file("/text.txt", b"no sound at all"))
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.FAILED
    assert [key for key in jobs.stored() if "/kept/" in key] == []


def test_both_ends_are_told_as_two_messages(jobs: JobWorld, url: str) -> None:
    count = jobs.bus()
    with Receiver() as receiver:
        job_id = failed_in_the_middle(jobs, url, callbackUrl=receiver.hook())
        go_on(jobs, job_id)
    assert count() == {"Job Succeeded": 1, "Job Failed": 1}
    told = [headers["webhook-id"] for headers, _ in receiver.received]
    assert told == [f"msg_{job_id}", f"msg_{job_id}_1"]
