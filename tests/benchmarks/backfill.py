"""``python -m tests.benchmarks.backfill``: time and memory of queueing 10,000 and 100,000 objects.

`make backfill RUN=1` in a process of its own, against a bucket and a queue that cost next to
nothing. The benchmark fails if memory grows with the number of objects, or a recording is missing.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.fakes.aws.large_bucket import BUCKET, PREFIX, LargeBucket
from tools.backfill.__main__ import main as backfill

SIZES = (10_000, 100_000)
MOST_GROWTH = 1.2

_PEAK = "peak of memory in kB: "


class Measured(NamedTuple):
    """``peak`` is the most resident memory in kB, ``seconds`` the time of the whole process."""

    seconds: float
    peak: int


def measured(objects: int) -> Measured:
    """Queue a bucket of so many recordings; each untranslated one must arrive once."""
    with LargeBucket(objects) as bucket, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.backfill", "--bucket", BUCKET]
        command += ["--prefix", PREFIX, "--queue", bucket.queue_url, "--run", "1"]
        began = time.monotonic()
        ran = subprocess.run(
            [*command, "--state-folder", folder],
            env={**os.environ, **bucket.environment},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        seconds = time.monotonic() - began
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        missing = [n for n in bucket.untranslated() if bucket.sent[n] != 1]
        if missing or sum(bucket.sent) != len(bucket.untranslated()):
            raise RuntimeError(f"{len(missing)} recordings were not queued once.")
    return Measured(round(seconds, 1), int(ran.stdout.rpartition(_PEAK)[2]))


def main() -> None:
    small, large = (measured(objects) for objects in SIZES)
    growth = large.peak / small.peak
    figures = {
        **{str(n): found._asdict() for n, found in zip(SIZES, (small, large), strict=True)},
        "memory_growth": round(growth, 3),
    }
    print(json.dumps(figures, indent=2))  # noqa: T201
    if growth > MOST_GROWTH:
        sys.exit("Memory grows with the number of objects.")


def _run_and_tell() -> int:
    status = backfill()
    memory = Path("/proc/self/status").read_text(encoding="ascii")
    print(_PEAK, memory.partition("VmHWM:")[2].split()[0], sep="")  # noqa: T201
    return status


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(_run_and_tell())
    main()
