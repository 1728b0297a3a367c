"""``python -m tests.benchmarks.jobs [wav]``: how long a job for an hour of audio takes.

The provider answers a call after 1 s and a thirtieth of the audio's length, like a hosted Whisper.
It and AWS are in a process of their own; the job function runs here, under the durable SDK's
in-process runner. Beside the times stands the ideal of the parallel part: the same chunks, handed
to as many workers, with no time between them.
"""

import heapq
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws.bucket_keys import plan_key
from audio_translation.jobs.job import JobStatus
from tests.audio.long_files import arranged, write
from tests.fakes.aws.moto_server import BUCKET, Aws, running_aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, run

MINUTES = 60
AT_ONCE = 24
RUNS = 3
"""Of which the medians count."""
MOST_OF_SEQUENTIAL = 0.1
MOST_OVERHEAD = 0.15

_SAMPLES = slice(21, 26)
"""Where FLAC's head has the number of samples, in its last 36 bits. Source: RFC 9639, 8.2."""


def main(extension: str = "mp3") -> None:
    with _servers() as (aws, provider_url), tempfile.TemporaryDirectory() as name:
        aws.reset()
        audio = Path(name) / f"hour.{extension}"
        write(arranged(MINUTES), audio)
        aws.client("s3").upload_file(str(audio), BUCKET, f"audio/{audio.name}")
        world = JobWorld(aws, SpeechProvider(Tones()), Source(), Path(name) / "work")
        with world.settings(
            CHUNK_TARGET_SECONDS="150",
            JOB_CONCURRENCY=str(AT_ONCE),
            PROVIDER_BASE_URL=provider_url,
        ):
            run(world.job(f"s3://{BUCKET}/audio/nothing.mp3", "warm-up"))
            runs = []
            for number in range(RUNS):
                job_id = world.job(f"s3://{BUCKET}/audio/{audio.name}", f"job-{number}")
                runs.append(_seconds(run(job_id)))
                assert world.find(job_id).status is JobStatus.SUCCEEDED
        steps = {name: statistics.median(each[name] for each in runs) for name in runs[0]}
        plan = aws.client("s3").get_object(Bucket=BUCKET, Key=plan_key(job_id))["Body"].read()
    chunks = TypeAdapter(list[Chunk]).validate_json(plan)
    ideal = _ideal([_answer_seconds(chunk.length) for chunk in chunks], AT_ONCE)
    alone = _answer_seconds(MINUTES * 60_000)
    overhead = steps["translate"] / ideal - 1
    gain = steps["translate"] / alone
    figures = {
        "chunks": len(chunks),
        "seconds": steps,
        "translate_ideal_seconds": round(ideal, 2),
        "translate_overhead": round(overhead, 3),
        "one_call_seconds": alone,
        "translate_to_one_call": round(gain, 3),
        "job_to_one_call": round(sum(steps.values()) / alone, 3),
    }
    print(json.dumps(figures, indent=2))  # noqa: T201
    if overhead > MOST_OVERHEAD:
        sys.exit("The parallel part takes too long.")
    if gain > MOST_OF_SEQUENTIAL:
        sys.exit("Too little is gained over one call.")


class _Timed(BaseHTTPRequestHandler):
    """Takes its time, and says one sentence. It looks at no more than it needs, to be no burden."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = body[body.index(b"fLaC") :][:42]
        length = (int.from_bytes(head[_SAMPLES], "big") & (2**36 - 1)) // 16
        time.sleep(_answer_seconds(length))
        segment = {"start": 0.0, "end": length / 1000, "text": "Something was said."}
        said = {"text": "", "duration": length / 1000, "segments": [segment]}
        content = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def _answer_seconds(length: int) -> float:
    return 1 + length / 30_000


def _ideal(seconds: Sequence[float], workers: int) -> float:
    """When the last of the calls ends, if each begins as soon as a worker is free."""
    free = [0.0] * workers
    for each in seconds:
        heapq.heapreplace(free, free[0] + each)
    return max(free)


def _seconds(result: Any) -> dict[str, float]:
    steps = {operation.name: operation for operation in result.operations}
    return {
        name: round((steps[name].end_timestamp - steps[name].start_timestamp).total_seconds(), 2)
        for name in ("split", "translate", "finish")
    }


@contextmanager
def _servers() -> Iterator[tuple[Aws, str]]:
    command = [sys.executable, "-m", "tests.benchmarks.jobs", "--servers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
        assert servers.stdout is not None
        assert servers.stdin is not None
        try:
            endpoint, provider_url = json.loads(servers.stdout.readline())
            yield Aws(endpoint), provider_url
        finally:
            servers.stdin.close()
            servers.wait(timeout=20)


def _serve() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every call
    provider = ThreadingHTTPServer(("127.0.0.1", 0), _Timed)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with running_aws() as aws:
        url = f"http://127.0.0.1:{provider.server_port}/v1"
        print(json.dumps([aws.endpoint, url]), flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:] == ["--servers"]:
        _serve()
    else:
        main(*sys.argv[1:])
