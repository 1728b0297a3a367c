"""Steps as AWS's durable execution keeps them, and when none is begun."""

import itertools
import json
from collections import deque
from contextlib import closing
from typing import Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python_testing.model import LambdaContext
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.steps.durable import StepFailed, step
from tests.fakes.provider.answers import Answer, envelope
from tests.worlds.jobs import JobWorld, run, sentences


def test_when_one_chunk_is_refused_those_that_run_are_kept(jobs: JobWorld, url: str) -> None:
    """The SDK goes on at the first failure, while the other chunks are with the provider."""
    refusal = Answer(envelope("The audio file could not be decoded", "invalid_request_error"), 400)
    jobs.provider.instead[0] = deque([refusal])
    jobs.provider.delay = 1.5
    job_id = jobs.job(url)
    run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, True)
    assert job.chunks_done == {1, 2, 3}
    heard = [s for chunk in jobs.plan(job_id)[1:4] for s in chunk.speech]
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


def test_a_result_of_a_step_is_held_to_what_aws_keeps() -> None:
    @durable_execution
    def handler(_: Any, context: DurableContext) -> str:
        try:
            step(context, "large", lambda _: "x" * (256 * 1024 - 1), lambda *_: None)
        except StepFailed as failure:
            return str(failure.error["message"])
        return "kept"

    runner = DurableFunctionTestRunner(handler)
    with closing(runner._scheduler._loop), runner:
        assert runner.run("{}").result == json.dumps("The step 'large' has too large a result.")
