"""Live sessions in this process: what HttpFunction and JobFunction are made of."""

from collections.abc import Iterator

import pytest

from audio_translation.live.live_sessions import LiveSessions
from audio_translation.wiring.request_functions import request_functions
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.worlds.jobs import JobWorld


@pytest.fixture(scope="session")
def functions() -> Iterator[Functions]:
    with Functions() as functions:
        yield functions


@pytest.fixture
def live(jobs: JobWorld, functions: Functions) -> Iterator[LiveSessions]:
    functions.reset()
    with jobs.settings(JOB_FUNCTION=FUNCTION, AWS_ENDPOINT_URL_LAMBDA=functions.url):
        jobs.warm_up()
        yield request_functions().live
