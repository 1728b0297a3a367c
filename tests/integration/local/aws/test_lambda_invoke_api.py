"""Starts of jobs through Lambda's API: the SDK's runner, and the function in its sandboxes."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.job_starter import JobStarter
from local.aws.lambda_context import Event, LambdaContext
from local.aws.lambda_invoke_api import (
    INVOKE_FUNCTION,
    JOB_FUNCTION,
    _Functions,
    _served,
    running_invoke_api,
)
from local.aws.lambda_sandboxes import Sandboxes
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import Aws, ClientsAt
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, sentences

SENTENCES = 24


def test_a_start_that_is_sent_three_times_at_once_pays_for_each_chunk_once(
    aws: Aws, tmp_path: Path
) -> None:
    with SpeechProvider(Tones()) as provider, Source() as source:
        world = JobWorld(aws, provider, source, tmp_path / "work")
        job_id = world.job(source.file("/tones.wav", recording(SENTENCES)))
        with starter_of(world, tmp_path) as starter:
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(starter.start, [job_id] * 3))
            wait_for_the_end(world, job_id)
            starter.start(job_id)
    assert world.find(job_id).status is JobStatus.SUCCEEDED
    assert world.said(job_id) == sentences(SENTENCES)
    world.check_paid_once(job_id)
    assert len(source.requests) == 1


@contextmanager
def starter_of(world: JobWorld, folder: Path) -> Iterator[JobStarter]:
    def sandboxes(executions: str) -> Sandboxes:
        return Sandboxes(
            {**world.environment, "AWS_ENDPOINT_URL_LAMBDA": executions},
            handler="audio_translation.handlers.job.handler",
            log=folder / "function.log",
            count=3,
        )

    store = folder / "executions.sqlite"
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        running_invoke_api(
            listener, job_sandboxes=sandboxes, invoke_function=lambda *_: {}, store=store
        ),
    ):
        clients = ClientsAt("http://{}:{}".format(*listener.getsockname()))
        yield JobStarter(clients, function=JOB_FUNCTION)
        clients.functions.close()


def wait_for_the_end(world: JobWorld, job_id: str) -> None:
    ends = time.monotonic() + 90
    while not world.find(job_id).status.final:
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_web_page_cannot_invoke(tmp_path: Path) -> None:
    called: list[object] = []

    def function(event: Event, _: LambdaContext) -> dict[str, str]:
        called.append(event)
        return {}

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        _served(listener, _Functions("http://127.0.0.1:9", function, function)),
    ):
        url = "http://{}:{}/2015-03-31/functions/".format(*listener.getsockname())
        url += f"{INVOKE_FUNCTION}/invocations"
        refused = requests.post(url, "{}", headers={"Origin": "http://a.test"}, timeout=20)
        assert (refused.status_code, called) == (403, [])
        assert requests.post(url, "{}", timeout=20).status_code == 200
    assert called == [{}]
