"""``python -m tests.benchmarks.uploads [uploads] [a second]``: recordings put in S3 at once.

The provider takes so many requests a second (50) and answers 429 beyond that; two cores never make
50 jobs a second, so a lower limit shows what happens at it. AWS is moto, wired as the
template says; both functions run here, each with its own policies, the jobs' pauses in real time.
"""

import contextlib
import json
import logging
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.audio.tones import english, spoken
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_behaviours import RateLimit
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.jobs import run
from tests.worlds.uploads import running_uploads

UPLOADS = 1000
AT_ONCE = 16
A_SECOND = 50
MOST_REFUSED = 0.05
_LONGEST_SECONDS = 3600.0


def main(count: int = UPLOADS, a_second: int = A_SECOND) -> None:
    logging.disable(logging.WARNING)
    with Path(os.devnull).open("w") as metrics, contextlib.redirect_stdout(metrics):
        figures = _measured(count, a_second)
    print(json.dumps(figures, indent=2))  # noqa: T201
    if figures["right"] != count or figures["lost"] or figures["refused"] > MOST_REFUSED:
        sys.exit("Not every upload came back once, or the provider was asked too often.")


def _measured(count: int, a_second: int) -> dict[str, Any]:
    limit = RateLimit(a_second)
    recordings = [spoken([number]) for number in range(20)]
    with (
        running_aws() as aws,
        tempfile.TemporaryDirectory() as name,
        SpeechProvider(Tones(), limit) as provider,
        running_uploads(
            aws,
            provider,
            Path(name),
            execute=lambda job_id: run(job_id, skip_time=False, seconds=600),
            UploadJobsAtOnce=str(AT_ONCE),
        ) as world,
    ):
        for number in range(count):
            world.put(f"uploads/{number}.wav", recordings[number % len(recordings)])
        began = time.monotonic()
        world.settle(_LONGEST_SECONDS)
        seconds = time.monotonic() - began
        right = sum(
            json.loads(world.read(f"translations/{number}.wav.json"))["text"]
            == english(number % len(recordings))
            for number in range(count)
        )
        lost, keys = world.lost(), world.written()
    return {
        "uploads": count,
        "seconds": round(seconds, 1),
        "right": right,
        "failed": sum(key.endswith(".error.json") for key in keys),
        "lost": lost,
        "requests": limit.passed + limit.refused,
        "refused": round(limit.refused / (limit.passed + limit.refused), 4),
        "most_in_a_second": limit.most_in_a_second,
        "at_once": provider.most_at_once,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
