"""``python -m tests.benchmarks.long_speech [MINUTES] [--languages es,fr] [--model M]``: as a job.

A file of each language (``es+fr``: of both, mixed), by default half an hour of Spanish, is sent to
the whole local service as a job, and to its provider in one call at the same time. How each came
back is printed; what is too far from what was spoken ends the benchmark with an error. With the
model gpt-transcribe it is a comparison of two steps with one.
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.service import LocalService, running_service
from tests.audio.accuracy import (
    LEAST_FOUND,
    MOST_FOREIGN,
    MOST_START_ERROR,
    MOST_START_ERROR_OF_TWO_STEPS,
    MOST_START_ERROR_P90,
    Accuracy,
    accuracy,
)
from tests.audio.long_files import write_all_recordings
from tests.worlds.local_service import translated_by_job, translated_in_one_call

_LEAST_SECONDS = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=30)
    parser.add_argument("--languages", default="es")
    parser.add_argument("--model", default="whisper-1")
    given = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as name, running_service(log=Path(name) / "log") as service:
        for languages in given.languages.split(","):
            audio = Path(name) / f"{languages}.mp3"
            wrong += _compared(service, audio, given.minutes, languages, given.model)
    if wrong:
        sys.exit("\n".join(wrong))


def _compared(
    service: LocalService, audio: Path, minutes: float, languages: str, model: str
) -> list[str]:
    """Print the figures; return what is wrong with those of the job."""
    spoken = write_all_recordings(minutes, audio, *languages.split("+"))
    within = max(minutes * 60, _LEAST_SECONDS)
    with ThreadPoolExecutor(2) as threads:
        ways = {
            "job": threads.submit(translated_by_job, service, audio, within=within, model=model),
            "one call": threads.submit(translated_in_one_call, service, audio, within=within),
        }
    figures: dict[str, Accuracy] = {}
    for way, future in ways.items():
        answer = future.result()
        figures[way] = accuracy(answer, spoken)
        used = model if way == "job" else "whisper-1"
        told = {"language": languages, "by": way, "model": used, "seconds": round(answer.seconds)}
        print(json.dumps(told | figures[way].as_json()), flush=True)  # noqa: T201
    off = MOST_START_ERROR if model == "whisper-1" else MOST_START_ERROR_OF_TWO_STEPS
    return [f"{languages}: {text}" for text in _wrong(figures["job"], off)]


def _wrong(figures: Accuracy, start_error: float) -> list[str]:
    checks = {
        "segments begin too far from their speech": figures.start_error > start_error
        or figures.start_error_p90 > MOST_START_ERROR_P90,
        "recordings are not found": figures.found < LEAST_FOUND,
        "a chunk is left in its language": max(figures.foreign) > MOST_FOREIGN,
    }
    return [text for text, is_wrong in checks.items() if is_wrong]


if __name__ == "__main__":
    main()
