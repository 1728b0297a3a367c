"""Steps as AWS's durable execution keeps them, and when none is begun."""

import itertools
from collections import deque
from dataclasses import replace

import pytest
from aws_durable_execution_sdk_python_testing.model import LambdaContext

from audio_translation.jobs.job import JobStatus
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run, sentences


def test_when_one_chunk_is_refused_those_that_run_are_kept(jobs: JobWorld, url: str) -> None:
    """The SDK goes on at the first failure, while the other chunks are with the provider."""
    refusal = Answer(envelope("The audio file could not be decoded", "invalid_request_error"), 400)
    jobs.provider.instead[0] = deque([replace(refusal, delay=1.0)])
    jobs.provider.delay = 1.5
    job_id = jobs.job(url)
    run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, True)
    assert set(jobs.provider.paid) == {tuple(range(at, at + 4)) for at in (4, 8, 12)}
    starts = [chunk.start for chunk in jobs.plan(job_id)]
    assert starts == pytest.approx([10_500, 20_500, 30_500], abs=100)
    assert job.chunks_done == 3
    heard = [s for chunk in jobs.plan(job_id) for s in chunk.speech]
    assert len(jobs.said(job_id)) == len(heard)
    assert len(jobs.provider.received) == 4


def test_no_chunk_is_begun_when_the_invocation_is_about_to_end(
    jobs: JobWorld, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invocations = []
    left = itertools.chain([900, 900, 900, 900, 900, 100, 100, 100, 100], itertools.repeat(900))
    monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _: next(left) * 1000)
    jobs.provider.on_call = lambda _: invocations.append(1)
    job_id = jobs.job(url)
    with jobs.settings(JOB_CONCURRENCY="2"):
        run(job_id)
    assert jobs.said(job_id) == sentences(24)
    jobs.check_paid_once(job_id)
    assert next(left) == 900
