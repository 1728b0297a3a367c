"""Jobs from their start to their end, in the durable runner with its pauses skipped."""

import itertools
import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus

from audio_translation.handlers import job as job_handler
from audio_translation.jobs.job import JobStatus
from audio_translation.wiring.job_function import job_function
from tests.audio.tones import recording
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run, sentences


def test_a_recording_is_split_translated_and_stitched(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url, responseFormat="text")
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    job = jobs.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert job.chunks_done == job.chunks >= 4
    assert job.audio_done == job.audio == 61_000
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_a_recording_without_speech_succeeds_without_asking_anybody(jobs: JobWorld) -> None:
    job_id = jobs.job(jobs.source.file("/silence.wav", recording(0)), responseFormat="vtt")
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.result(job_id, "vtt") == "WEBVTT\n\n"
    assert not jobs.provider.received


def test_the_result_is_stored_in_the_format_that_was_asked_for(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url, responseFormat="srt", saveSource=True)
    run(job_id)
    assert jobs.result(job_id, "srt").startswith("1\n00:00:01,")
    assert [key for key in jobs.stored() if key.startswith("audio/")] == [
        f"audio/{datetime.now(UTC):%Y/%m/%d}/{job_id}-minute.wav"
    ]


STORMS = {
    "429": [Answer(envelope("slow down", "requests"), 429)],
    "429 with Retry-After": [
        Answer(envelope("slow down", "requests"), 429, headers={"Retry-After": "1"})
    ],
    "5xx": [Answer(envelope("oh"), status) for status in (500, 502, 503, 504)],
    "hang up": [Answer(b"", hang_up=True)],
}
UNUSABLE = {
    "cut": Answer(cut=True),
    "html": Answer(b"<html>"),
    "error as 200": Answer({"error": {"message": "overloaded", "code": None}}),
}
"""Answers of 200 without a result, one of each kind: test_errors.py has the others."""


@pytest.mark.parametrize("answers", STORMS.values(), ids=STORMS)
def test_storms_pass(jobs: JobWorld, url: str, answers: list[Answer]) -> None:
    jobs.provider.script.extend(itertools.islice(itertools.cycle(answers), 8))
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
def test_a_chunk_is_paid_three_times_at_most_for_answers_that_cannot_be_used(
    jobs: JobWorld, url: str, answer: Answer
) -> None:
    jobs.provider.instead[12] = deque([answer] * 99)
    job_id = jobs.job(url)
    run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "provider_unavailable"
    assert "may have billed it" in job.error["message"]
    assert job.partial
    assert 99 - len(jobs.provider.instead[12]) <= 3
    assert set(jobs.provider.paid.values()) == {1}


def test_two_such_answers_cost_no_job(jobs: JobWorld, url: str) -> None:
    jobs.provider.instead[12] = deque([UNUSABLE["cut"], UNUSABLE["html"]])
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_a_call_that_hangs_is_given_up_and_made_again(jobs: JobWorld, url: str) -> None:
    jobs.provider.instead[7] = deque([Answer(delay=30), Answer(b"x" * 50, drip=0.2)])
    job_id = jobs.job(url)
    with jobs.settings(JOB_CALL_SECONDS="2"):
        run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)


def test_a_chunk_that_is_refused_fails_the_job_and_leaves_the_rest_readable(
    jobs: JobWorld, url: str
) -> None:
    refusal = Answer(envelope("The audio file could not be decoded", "invalid_request_error"), 400)
    jobs.provider.instead[12] = deque([refusal] * 9)
    job_id = jobs.job(url)
    with jobs.settings(JOB_CONCURRENCY="1"):
        result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED  # the function did what it had to
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "unsupported_audio"
    assert re.search(r"from 0:00:\d\d to 0:00:\d\d\.$", job.error["message"])
    assert job.partial
    done = jobs.said(job_id)
    assert done == sentences(len(done))
    assert 4 <= len(done) <= 12
    assert len(jobs.provider.received) == job.chunks_done + 1
    (told,) = job.warnings
    assert re.fullmatch(
        r"The job failed before all was translated; there is text of 0:00:0\d to 0:00:\d\d\.", told
    )
    assert jobs.files.translation(job_id).warnings == (told,)


def test_a_job_without_credit_fails_at_once(jobs: JobWorld, url: str) -> None:
    broke = Answer(envelope("You have no credit", code="insufficient_quota"), 429)
    jobs.provider.default = broke
    jobs.provider.instead = {number: deque([broke] * 9) for number in range(24)}
    job_id = jobs.job(url)
    with jobs.settings(JOB_CONCURRENCY="2"):
        run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert job.error["code"] == "provider_quota_exhausted"
    assert len(jobs.provider.received) <= 3


def test_no_more_jobs_run_at_once_than_may(
    jobs: JobWorld, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs at once times JobConcurrency are the calls that the provider has to bear."""
    monkeypatch.setattr(job_handler, "pause_before_turn", lambda _: 1)  # skipped, and no day's end
    names = [jobs.job(url, f"job-{number}") for number in range(4)]
    run_at_once: list[int] = []
    jobs.provider.on_call = lambda _: run_at_once.append(
        sum(jobs.find(name).status is JobStatus.RUNNING for name in names)
    )
    with jobs.settings(MAX_JOBS_AT_ONCE="2", JOB_CONCURRENCY="1"), ThreadPoolExecutor(4) as pool:
        jobs.warm_up()
        list(pool.map(lambda name: run(name, seconds=120), names))
    assert [jobs.find(name).status for name in names] == [JobStatus.SUCCEEDED] * 4
    assert 1 <= max(run_at_once) <= 2


def test_a_job_waits_until_another_has_ended(jobs: JobWorld, url: str) -> None:
    first, second = jobs.job(url, "job-1"), jobs.job(url, "job-2")
    with jobs.settings(MAX_JOBS_AT_ONCE="1"):
        assert job_function().run.has_turn(first)
        assert not job_function().run.has_turn(second)
        assert jobs.find(second).status is JobStatus.QUEUED
        assert job_function().run.has_turn(first), "as after its execution was lost"
        jobs.table.cancel(first)
        run(second)
    assert jobs.find(second).status is JobStatus.SUCCEEDED


def test_a_job_that_is_deleted_while_it_waits_waits_no_longer(jobs: JobWorld, url: str) -> None:
    first, second = jobs.job(url, "job-1"), jobs.job(url, "job-2")
    with jobs.settings(MAX_JOBS_AT_ONCE="1"):
        assert job_function().run.has_turn(first)
        jobs.table.cancel(second)
        run(second)
        assert not jobs.provider.received
        jobs.table.cancel(first)


def test_any_number_of_jobs_may_run_where_no_limit_is_set(jobs: JobWorld, url: str) -> None:
    names = [jobs.job(url, f"job-{number}") for number in range(9)]
    with jobs.settings(MAX_JOBS_AT_ONCE="0"):
        for name in names:
            assert job_function().run.has_turn(name)


def test_the_same_job_run_by_three_at_once_ends_right(jobs: JobWorld, url: str) -> None:
    """Lambda starts one execution for a name (test_job_started.py); this is if it did not."""
    job_id = jobs.job(url)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, [job_id] * 3))
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
