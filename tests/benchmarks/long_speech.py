"""``python -m tests.benchmarks.long_speech [MINUTES] [--languages es,fr]``: long speech as a job.

A file of each language (``es+fr``: of both, mixed), by default half an hour of Spanish, is sent to
the whole local service as a job, and to its provider in one call at the same time. How each came
back is printed; what is too far from what was spoken ends the benchmark with an error.
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.stack import Stack, running
from tests.long_speech import (
    LEAST_FOUND,
    MOST_FOREIGN,
    MOST_START_ERROR,
    MOST_START_ERROR_P90,
    Measured,
    job,
    made,
    measured,
    one_call,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=30)
    parser.add_argument("--languages", default="es")
    given = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as name, running(log=Path(name) / "log") as stack:
        for languages in given.languages.split(","):
            audio = Path(name) / f"{languages}.mp3"
            wrong += _compared(stack, audio, given.minutes, languages)
    if wrong:
        sys.exit("\n".join(wrong))


def _compared(stack: Stack, audio: Path, minutes: float, languages: str) -> list[str]:
    """Print the figures; return what is wrong with those of the job."""
    spoken = made(minutes, audio, *languages.split("+"))
    within = minutes * 60
    with ThreadPoolExecutor(2) as threads:
        ways = {
            "job": threads.submit(job, stack, audio, within=within),
            "one call": threads.submit(one_call, stack, audio, within=within),
        }
    figures: dict[str, Measured] = {}
    for way, future in ways.items():
        answer = future.result()
        figures[way] = measured(answer, spoken)
        told = {"language": languages, "by": way, "seconds": round(answer.seconds)}
        print(json.dumps(told | figures[way].as_json()), flush=True)  # noqa: T201
    return [f"{languages}: {text}" for text in _wrong(figures["job"])]


def _wrong(figures: Measured) -> list[str]:
    checks = {
        "segments begin too far from their speech": figures.start_error > MOST_START_ERROR
        or figures.start_error_p90 > MOST_START_ERROR_P90,
        "recordings are not found": figures.found < LEAST_FOUND,
        "a chunk is left in its language": max(figures.foreign) > MOST_FOREIGN,
    }
    return [text for text, is_wrong in checks.items() if is_wrong]


if __name__ == "__main__":
    main()
