"""One fresh process: import, answer a first request, then a larger one; print what each took.

``python -m tests.benchmarks.worker ours|plain BYTES``
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FIRST_BYTES = 100_000


def main(which: str, size: int) -> None:
    imported = time.perf_counter()
    ask = _ours() if which == "ours" else _plain()
    ready = time.perf_counter()
    ask(FIRST_BYTES)
    answered = time.perf_counter()
    peak = _peak_kilobytes()
    started = time.perf_counter()
    ask(size)
    print(  # noqa: T201
        json.dumps(
            {
                "import_ms": (ready - imported) * 1000,
                "first_answer_ms": (answered - imported) * 1000,
                "request_ms": (time.perf_counter() - started) * 1000,
                "extra_kilobytes": _peak_kilobytes() - peak,
            }
        )
    )


def _ours() -> Callable[[int], None]:
    from audio_translation.handlers.http import handler

    template = json.loads(Path("events/http-translate.json").read_text())
    context: Any = SimpleNamespace(
        aws_request_id="bench", get_remaining_time_in_millis=lambda: 60_000
    )

    log = Path(os.devnull).open("w")  # noqa: SIM115  the logger writes to the first one it sees

    def ask(size: int) -> None:
        body = {"audioFileUrl": f"{os.environ['SOURCE']}/{size}.wav"}
        with redirect_stdout(log):
            response = handler({**template, "body": json.dumps(body)}, context)
        assert json.loads(response["body"]) == {"text": "Hello there."}, response

    return ask


def _plain() -> Callable[[int], None]:
    from tests.benchmarks import plain_script

    def ask(size: int) -> None:
        text = plain_script.handler({"audioFileUrl": f"{os.environ['SOURCE']}/{size}.wav"})
        assert text == "Hello there."

    return ask


def _peak_kilobytes() -> int:
    """Peak of this process alone; ``getrusage`` counts the one that started it, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
