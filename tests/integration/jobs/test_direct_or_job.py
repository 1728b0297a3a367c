"""A request that does not fit its time: its job gets what is paid, and pays only for the rest."""

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from audio_translation.handlers import invoke
from audio_translation.jobs.job import JobStatus
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import recording
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import JOB_TABLE
from tests.worlds.jobs import JobWorld, run, sentences

SENTENCES = 144  # six minutes


@pytest.fixture
def functions() -> Iterator[Functions]:
    with Functions() as functions:
        yield functions


def asked(jobs: JobWorld, functions: Functions, url: str, *, seconds: float) -> dict[str, Any]:
    """Invoke the function with so many seconds until it ends."""
    settings = {
        "JOB_TABLE": JOB_TABLE,
        "JOB_FUNCTION": FUNCTION,
        "AWS_ENDPOINT_URL_LAMBDA": functions.url,
        "JOB_CONCURRENCY": "2",
    }
    with jobs.settings(**settings):
        context = LambdaContext("request-1", ends_at=time.time() + seconds)
        answer = invoke.handler({"audioFileUrl": url}, cast(Any, context))
    assert isinstance(answer, dict)
    return answer


def test_a_job_goes_on_with_what_the_request_has_paid(jobs: JobWorld, functions: Functions) -> None:
    url = jobs.source.file("/once.wav", recording(SENTENCES))
    jobs.provider.delay = 1.0  # 36 chunks of 10 s, two at once: 18 seconds
    began = time.monotonic()
    job = asked(jobs, functions, url, seconds=14)
    assert job["status"] == "queued"
    assert time.monotonic() - began < 11, "early, not when the time is up"
    paid = dict(jobs.provider.paid)
    assert len(jobs.plan("request-1")) == len(paid) >= 2
    jobs.source.file("/once.wav", b"<html>This link has expired.</html>")
    jobs.provider.delay = 0.0
    run("request-1")
    assert jobs.find("request-1").status is JobStatus.SUCCEEDED
    assert jobs.said("request-1") == sentences(SENTENCES)
    assert {numbers: jobs.provider.paid[numbers] for numbers in paid} == paid
    assert set(jobs.provider.paid.values()) == {1}


def test_what_fits_is_answered_however_many_chunks_it_has(
    jobs: JobWorld, functions: Functions
) -> None:
    url = jobs.source.file("/fits.wav", recording(SENTENCES))
    answer = asked(jobs, functions, url, seconds=29)
    assert answer == {"text": " ".join(sentences(SENTENCES))}
    assert len(jobs.provider.received) > 10
    assert functions.started == []
