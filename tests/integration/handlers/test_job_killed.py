"""The built job function under Lambda's emulator and the durable runner, killed in the middle."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.jobs.job import JobStatus
from local.aws.durable_runner_process import running_executions, start_execution
from tests.audio.tones import PAUSE, SPOKEN, recording
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, Aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, sentences
from tests.worlds.runtime_emulator import Sandbox, sandbox

SENTENCES = 48
AT_ONCE = 4


def test_after_a_kill_in_mid_map_only_the_chunks_in_flight_are_paid_again(
    aws: Aws, tmp_path: Path
) -> None:
    with SpeechProvider(Tones()) as provider, Source() as source:
        provider.delay = 1.0
        world = JobWorld(aws, provider, source, tmp_path / "work")
        job_id = _job(world)
        values = {
            "AudioBucket": BUCKET,
            "JobTable": JOB_TABLE,
            "ProviderBaseUrl": provider.base_url,
            "ChunkTargetSeconds": "10",
            "JobConcurrency": str(AT_ONCE),
        }
        with _function(aws, values, tmp_path) as (url, function):
            start_execution(url, "function", job_id, json.dumps({"jobId": job_id}))
            _wait(lambda: world.find(job_id).chunks_done >= AT_ONCE, function)
            _wait(lambda: len(provider.received) >= AT_ONCE + 2, function)
            function.crash()
            stored = world.plan(job_id)
            _wait(lambda: world.find(job_id).status.final, function)
        job = world.find(job_id)
        assert job.status is JobStatus.SUCCEEDED
        assert world.said(job_id) == sentences(SENTENCES)
        assert AT_ONCE <= len(stored) < job.chunks
        chunks = sorted(provider.paid)
        assert len(chunks) == job.chunks
        assert {provider.paid[numbers_in(chunk)] for chunk in stored} == {1}
        in_flight = [numbers for numbers in chunks if provider.paid[numbers] == 2]
        assert 1 <= len(in_flight) <= AT_ONCE
        assert sum(provider.paid.values()) == len(chunks) + len(in_flight)
        assert len(provider.received) == sum(provider.paid.values())


def numbers_in(chunk: Chunk) -> tuple[int, ...]:
    """The sentences that are spoken in a chunk."""
    middles = [(span.start + span.end) // 2 for span in chunk.speech]
    return tuple((middle - PAUSE) // (SPOKEN + PAUSE) for middle in middles)


def _job(world: JobWorld) -> str:
    """A job whose audio lies in the bucket: loopback addresses are not fetched from in Lambda."""
    world.aws.client("s3").put_object(
        Bucket=BUCKET, Key="audio/tones.wav", Body=recording(SENTENCES)
    )
    return world.job(f"s3://{BUCKET}/audio/tones.wav")


@contextmanager
def _function(aws: Aws, values: dict[str, str], folder: Path) -> Iterator[tuple[str, Sandbox]]:
    """The emulator, and the runner that invokes it and that it keeps its executions with."""
    port = _free_port()
    environ = {"AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{port}"}
    with (
        sandbox(
            "JobFunction", aws_endpoint=aws.endpoint, values=values, environ=environ
        ) as function,
        running_executions(
            f"http://127.0.0.1:{function.port}", folder / "executions.sqlite", port=port
        ) as url,
    ):
        yield url, function


def _wait(condition: Callable[[], bool], function: Sandbox) -> None:
    ends = time.monotonic() + 90
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(function.log.read_text(errors="replace")[-5000:])
        time.sleep(0.02)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
