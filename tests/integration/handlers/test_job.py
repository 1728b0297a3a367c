"""Jobs from their start to their end, in the durable runner with its pauses skipped."""

import itertools
import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus

from audio_translation.jobs.job import JobStatus
from tests.audio.tones import recording
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run, sentences


def test_a_recording_is_split_translated_and_stitched(jobs: JobWorld, url: str) -> None:
    job_id = jobs.job(url, responseFormat="text")
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED
    job = jobs.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert len(job.chunk_durations) >= 4
    assert job.chunks_done == set(range(len(job.chunk_durations)))
    assert job.audio_done == job.duration == 61_000
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
    "cut": [Answer(cut=True)],
    "no json": [Answer(b"<html>")],
}


@pytest.mark.parametrize("answers", STORMS.values(), ids=STORMS)
def test_storms_pass(jobs: JobWorld, url: str, answers: list[Answer]) -> None:
    jobs.provider.script.extend(itertools.islice(itertools.cycle(answers), 8))
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
    assert len(jobs.provider.received) == len(job.chunks_done) + 1


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


def test_the_same_job_run_by_three_at_once_ends_right(jobs: JobWorld, url: str) -> None:
    """Lambda starts one execution for a name (test_job_started.py); this is if it did not."""
    job_id = jobs.job(url)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, [job_id] * 3))
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
