"""The script that one would write around faster-whisper; the local provider is measured by it.

For each line of standard input, a JSON list of files, it prints a list of their translations.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from faster_whisper import WhisperModel  # type: ignore[import-untyped]


def main(weights: str) -> None:
    model = WhisperModel(weights, device="cpu", compute_type="int8", cpu_threads=1, num_workers=2)

    def translated(path: str) -> str:
        segments, _ = model.transcribe(
            path,
            task="translate",
            beam_size=5,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        return "".join(segment.text for segment in segments)

    with ThreadPoolExecutor(2) as threads:
        for line in sys.stdin:
            print(json.dumps(list(threads.map(translated, json.loads(line)))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
