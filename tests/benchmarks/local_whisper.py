"""``python -m tests.benchmarks.local_whisper [ROUNDS]``: the local provider beside a plain script.

Both have the same weights and settings, in processes of their own, and take turns. ``clips`` are
eight half minutes at once; ``it``, ``fr`` and ``es`` are five minutes, which the provider gets in
chunks of two minutes, two at once as from a job, and the script as one file. Every round has speech
of its own, or the provider would remember what it has encoded. Printed are the medians of wall and
processor time, their ratios, and how well both translate (chrF).
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
import sacrebleu

from local.provider.whisper_weights import model_to_load
from tests.audio.long_files import RATE, Spoken, arranged, write
from tests.audio.recordings import ALL, FOLDER
from tests.benchmarks.servers import processor_seconds

CLIPS, CLIP = 8, 30_000
CHUNK, MINUTES = 120_000, 5
LANGUAGES = ("it", "fr", "es")
_SECONDS = 600.0
_WARM_UP = FOLDER / "es" / "demo-congrats.mp3"

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--only", default="clips," + ",".join(LANGUAGES))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _provider() as ours, _plain_script() as plain:
        for who in (ours, plain):
            who.texts([_WARM_UP])
        for kind in given.only.split(","):
            measured: dict[str, list[Figures]] = {"ours": [], "plain": []}
            for number in range(given.rounds):
                folder = Path(name) / f"{kind}-{number}"
                folder.mkdir()
                make = _clips if kind == "clips" else _chunks
                pieces, whole, english = make(folder, kind, number)
                measured["ours"].append(_timed(ours, pieces, english))
                measured["plain"].append(_timed(plain, whole, english))
            print(json.dumps({"what": kind, **_compared(measured)}), flush=True)  # noqa: T201


def _compared(measured: dict[str, list[Figures]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for figure in ("wall", "processor", "chrF"):
        ours, plain = (statistics.median(run[figure] for run in measured[w]) for w in measured)
        told[figure] = {"ours": round(ours, 2), "plain": round(plain, 2)}
        if figure != "chrF":
            told[figure]["ratio"] = round(ours / plain, 3)
    return told


class _Provider:
    def __init__(self, url: str, pid: int) -> None:
        self._url = url
        self.pid = pid

    def texts(self, paths: Sequence[Path]) -> list[str]:
        """Translate all files, as many at once as there are: the provider takes two."""
        with ThreadPoolExecutor(len(paths)) as threads:
            return list(threads.map(self._text, paths))

    def _text(self, path: Path) -> str:
        with path.open("rb") as file:
            answer = requests.post(
                f"{self._url}/audio/translations",
                headers={"Authorization": "Bearer any"},
                data={"model": "whisper-1", "response_format": "verbose_json"},
                files={"file": (path.name, file)},
                timeout=_SECONDS,
            )
        answer.raise_for_status()
        return str(answer.json()["text"])


class _Script:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def texts(self, paths: Sequence[Path]) -> list[str]:
        """Translate all files, two at once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(path) for path in paths]) + "\n")
        self._process.stdin.flush()
        texts: list[str] = json.loads(self._process.stdout.readline())
        return texts


def _timed(who: _Provider | _Script, paths: Sequence[Path], english: Sequence[str]) -> Figures:
    processor, started = processor_seconds(who.pid), time.monotonic()
    texts = who.texts(paths)
    wall, processor = time.monotonic() - started, processor_seconds(who.pid) - processor
    said = " ".join(text.strip() for text in texts)
    score = sacrebleu.corpus_chrf([said], [[" ".join(english)]]).score
    return {"wall": wall, "processor": processor, "chrF": score}


_Made = tuple[list[Path], list[Path], list[str]]
"""What the provider gets, what the script gets, and what is said there in English."""


def _clips(folder: Path, _: str, number: int) -> _Made:
    """Eight clips of half a minute or a little less, in four languages."""
    spoken = arranged(60, seed=number, manifest=ALL)
    pieces: list[Path] = []
    english: list[str] = []
    rest = spoken
    for clip in range(CLIPS):
        within, rest = _split(rest, CLIP)
        pieces.append(_written(within, folder / f"{clip}.flac"))
        english += [one.english for one in within]
    return pieces, pieces, english


def _chunks(folder: Path, language: str, number: int) -> _Made:
    """A file of five minutes, and the same in chunks that are cut in pauses."""
    spoken = arranged(MINUTES, languages=[language], seed=number, manifest=ALL)
    whole = _written(spoken, folder / "whole.flac")
    pieces: list[Path] = []
    rest = spoken
    while rest:
        within, rest = _split(rest, CHUNK)
        pieces.append(_written(within, folder / f"{len(pieces)}.flac"))
    return pieces, [whole], [one.english for one in spoken]


def _split(spoken: list[Spoken], length: int) -> tuple[list[Spoken], list[Spoken]]:
    """Return the recordings of the first ``length`` milliseconds, one at least, and the rest."""
    start = spoken[0].start
    count = max(1, sum(one.end - start + 2_000 <= length for one in spoken))
    return spoken[:count], spoken[count:]


def _written(spoken: list[Spoken], to: Path) -> Path:
    """Write recordings with the pauses between them, a second before and one after."""
    first = spoken[0].start - 1_000
    write([replace(o, start=o.start - first, end=o.end - first) for o in spoken], to, rate=RATE)
    return to


@contextmanager
def _provider() -> Iterator[_Provider]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = "http://{}:{}/v1".format(*listener.getsockname())
        command = [sys.executable, "-m", "local.provider.server", "--model", model_to_load({})]
        command += ["--listener", str(listener.fileno()), "--until-stdin-ends"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()]
        ) as process:
            headers = {"Authorization": "Bearer any"}
            requests.get(f"{url}/models", headers=headers, timeout=60).raise_for_status()
            try:
                yield _Provider(url, process.pid)
            finally:
                process.kill()


@contextmanager
def _plain_script() -> Iterator[_Script]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.plain_whisper", model_to_load({})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        script = _Script(process)
        script.texts([])  # it has loaded the model when it answers
        try:
            yield script
        finally:
            process.kill()


if __name__ == "__main__":
    main()
