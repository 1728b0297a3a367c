"""What becomes of thousands of damaged files, and the processor time of the worst.

python -m tests.benchmarks.damaged_files [SEED]
"""

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.file_type import sniff
from audio_translation.audio.media import decoding
from audio_translation.audio.recording import Listening, Recording
from audio_translation.deadline import Deadline
from tests.audio.damaged_files import KINDS, cut, flipped, sound_file

_FLIPS, _CUTS = 380, 30
_LISTENING = Listening(decoding, target=150_000, limit=300_000, max_duration=2 * 3_600_000)


def _outcome(path: Path, folder: Path) -> str:
    try:
        with path.open("rb") as file:
            audio = Audio(path, sniff(file), path.stat().st_size)
        chunks = list(Recording(audio, _LISTENING, folder).chunks(Deadline.after(30)))
    except Exception as error:  # noqa: BLE001  which classes there are is the question
        return type(error).__name__
    for chunk in chunks:
        chunk.discard()
    return "heard" if chunks else "silence"


def main(seed: int = 0) -> None:
    """Print how often each outcome is seen, and the worst processor time of each kind."""
    outcomes: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for extension, codec, rate in KINDS:
            content = sound_file(folder, extension, codec, rate)
            path = folder / "source"
            for damaged in (
                *flipped(content, _FLIPS, seed=seed),
                *cut(content, _CUTS, seed=seed),
            ):
                path.write_bytes(damaged)
                began = time.process_time()
                outcomes[_outcome(path, folder)] += 1
                spent = round(time.process_time() - began, 3)
                slowest[extension] = max(slowest.get(extension, 0.0), spent)
    print(json.dumps({"outcomes": outcomes, "slowest_cpu_seconds": slowest}, indent=2))  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
