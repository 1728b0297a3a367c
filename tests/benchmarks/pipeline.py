"""``python -m tests.benchmarks.pipeline [row ...]``: how long recordings take, and what they need.

The provider answers a call after 1 s and a thirtieth of the audio's length, like a hosted Whisper,
24 at once. It and AWS are in a process of their own, and each row in another. Times stand beside
that of one call for the whole file, which is computed.
"""

import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import av

from audio_translation.aws.bucket_keys import job_folder, kept_folder
from audio_translation.handlers import invoke
from audio_translation.jobs.job import JobStatus
from audio_translation.wiring.request_functions import request_functions
from local.aws.lambda_context import LambdaContext
from tests.audio.long_files import Spoken, arranged, write
from tests.benchmarks.memory import peak_kilobytes
from tests.fakes.aws.lambda_invoke import FUNCTION
from tests.fakes.aws.moto_server import BUCKET, Aws, running_aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, run

AT_ONCE = 24
NO_DELAY = "/no-delay"
RUNS = 3
"""Of which the medians count; a row of hours is run once."""

_SAMPLES = slice(21, 26)
"""Where FLAC's head has the number of samples, in its last 36 bits. Source: RFC 9639, 8.2."""


@dataclass(frozen=True)
class Row:
    """A recording of so many minutes; ``most`` is the target, a share of one call."""

    minutes: float
    extension: str
    direct: bool
    most: float | None = None
    runs: int = RUNS
    every: int = 0
    """Seconds from one utterance to the next, each of which is a chunk; answers come at once."""


ROWS = {
    "1 h mp3 as a job": Row(60, "mp3", direct=False, most=0.085),
    "10 min mp3, direct": Row(10, "mp3", direct=True, most=0.20),
    "30 min m4a, direct": Row(30, "m4a", direct=True),
    "10 h mp3 as a job": Row(600, "mp3", direct=False, runs=1),
    "300 words, one every 14 s": Row(70, "wav", direct=False, runs=1, every=14),
    "900 words, one every 14 s": Row(210, "wav", direct=False, runs=1, every=14),
}


def main(names: list[str]) -> None:
    with _servers() as servers, tempfile.TemporaryDirectory() as folder:
        for name, row in ROWS.items():
            if names and name not in names:
                continue
            audio = Path(folder) / f"audio.{row.extension}"
            _write(row, audio)
            runs = [_measured(name, audio, servers) for _ in range(row.runs)]
            wall = statistics.median(each["seconds"] for each in runs)
            figures = {**runs[-1], "seconds": round(wall, 2), "to_one_call": _share(row, wall)}
            print(json.dumps({name: figures}), flush=True)  # noqa: T201
            audio.unlink()


def _share(row: Row, seconds: float) -> float:
    return round(seconds / _answer_seconds(row.minutes * 60_000), 4)


def _write(row: Row, to: Path) -> None:
    if row.every:
        word = min(arranged(30), key=lambda one: one.end - one.start)
        length = word.end - word.start
        times = range(1_000, round(row.minutes * 60_000) - length, row.every * 1000)
        write([Spoken(at, at + length, word.file, word.english) for at in times], to)
    elif row.minutes > 60:
        hour = to.with_name("hour" + to.suffix)
        write(arranged(60), hour)
        _repeat(hour, round(row.minutes / 60), to)
        hour.unlink()
    else:
        write(arranged(row.minutes), to)


def _repeat(audio: Path, times: int, to: Path) -> None:
    """Write the same packets so many times, as one file."""
    with av.open(str(to), "w") as output:
        stream, at = None, 0
        for _ in range(times):
            with av.open(str(audio)) as container:
                source = container.streams.audio[0]
                stream = stream or output.add_stream_from_template(source)
                for packet in container.demux(source):
                    if packet.size and packet.duration:
                        packet.pts = packet.dts = at
                        packet.stream = stream
                        at += packet.duration
                        output.mux(packet)


# One row, in a process of its own ---------------------------------------------------------------


def measure(row: Row, audio: Path, endpoint: str, provider_url: str) -> dict[str, Any]:
    """Translate the file; return seconds, megabytes of memory and disk, objects in the bucket."""
    aws = Aws(endpoint)
    aws.reset()
    s3 = aws.client("s3")
    s3.upload_file(str(audio), BUCKET, f"audio/{audio.name}")
    url = f"s3://{BUCKET}/audio/{audio.name}"
    with tempfile.TemporaryDirectory() as name:
        world = JobWorld(aws, SpeechProvider(Tones()), Source(), Path(name) / "work")
        settings = {"CHUNK_TARGET_SECONDS": "150", "JOB_CONCURRENCY": str(AT_ONCE)}
        path = NO_DELAY if row.every else ""
        settings |= {"PROVIDER_BASE_URL": f"{provider_url}{path}/v1", "FETCH_TOTAL_SECONDS": "120"}
        settings |= {"JOB_FUNCTION": FUNCTION, "MAX_JOB_AUDIO_BYTES": str(10**10)}
        with world.settings(**settings), _disk(world.work_folder, audio) as disk:
            translate = _direct if row.direct else _job
            before = time.process_time()
            seconds, parts = translate(world, url)
            cpu = time.process_time() - before
    stored = [
        item
        for page in s3.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=job_folder("job-1")
        )
        for item in page.get("Contents", [])
        if not item["Key"].startswith(kept_folder("job-1"))
    ]
    return {
        "seconds": seconds,
        "cpu_seconds": round(cpu, 2),
        "chunks": parts,
        "peak_megabytes": peak_kilobytes() // 1024,
        "disk_megabytes_beside_the_source": round(disk[0] / 1e6, 1),
        "objects": len(stored),
        "megabytes_stored": round(sum(item["Size"] for item in stored) / 1e6, 2),
    }


def _job(world: JobWorld, url: str) -> tuple[float, int]:
    run(world.job(f"s3://{BUCKET}/audio/nothing.mp3", "warm-up"))
    job_id = world.job(url, "job-1")
    started = time.monotonic()
    run(job_id, seconds=900)
    seconds = time.monotonic() - started
    job = world.find(job_id)
    assert job.status is JobStatus.SUCCEEDED, job.error
    return seconds, job.chunks


def _direct(world: JobWorld, url: str) -> tuple[float, int]:
    request_functions().warm_up()
    started = time.monotonic()
    event = {"audioFileUrl": url, "responseFormat": "verbose_json"}
    context = LambdaContext("request-1", ends_at=time.time() + 27)
    answer = invoke.handler(event, cast(Any, context))
    seconds = time.monotonic() - started
    assert isinstance(answer, dict)
    assert "segments" in answer, answer
    return seconds, len(answer["segments"])


@contextmanager
def _disk(folder: Path, audio: Path) -> Iterator[list[int]]:
    """Watch how many bytes beside the source lie in the folder at most."""
    most, ended = [0], threading.Event()
    source = audio.stat().st_size

    def watch() -> None:
        while not ended.wait(0.05):
            total = 0
            for path in folder.rglob("*"):
                try:
                    total += path.stat().st_size if path.is_file() else 0
                except OSError:  # it is gone by now
                    continue
            most[0] = max(most[0], total - source)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def _measured(name: str, audio: Path, servers: tuple[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.pipeline", "--row", name, str(audio)]
    done = subprocess.run([*command, *servers], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


# The provider and AWS ---------------------------------------------------------------------------


class _Timed(BaseHTTPRequestHandler):
    """Takes its time, and says one sentence. It looks at no more than it needs, to be no burden."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = body[body.index(b"fLaC") :][:42]
        length = (int.from_bytes(head[_SAMPLES], "big") & (2**36 - 1)) // 16
        if not self.path.startswith(NO_DELAY):
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


def _answer_seconds(length: float) -> float:
    return 1 + length / 30_000


@contextmanager
def _servers() -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "tests.benchmarks.pipeline", "--servers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
        assert servers.stdout is not None
        assert servers.stdin is not None
        try:
            endpoint, provider_url = json.loads(servers.stdout.readline())
            yield endpoint, provider_url
        finally:
            servers.stdin.close()
            servers.wait(timeout=20)


def _serve() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every call
    provider = ThreadingHTTPServer(("127.0.0.1", 0), _Timed)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with running_aws() as aws:
        url = f"http://127.0.0.1:{provider.server_port}"
        print(json.dumps([aws.endpoint, url]), flush=True)  # noqa: T201
        sys.stdin.read()


_MODES: dict[str, Callable[[list[str]], None]] = {
    "--servers": lambda _: _serve(),
    "--row": lambda given: print(  # noqa: T201
        json.dumps(measure(ROWS[given[0]], Path(given[1]), *given[2:4]))
    ),
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in _MODES:
        _MODES[sys.argv[1]](sys.argv[2:])
    else:
        main(sys.argv[1:])
