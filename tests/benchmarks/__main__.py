"""``make bench``: cold start, overhead and memory of the service beside a plain script.

Runs of both kinds alternate, each in a fresh process; figures are medians, and the ratio is that
of the medians. The result is printed and kept in ``tests/benchmarks/results.json``.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

RESULTS = Path(__file__).with_name("results.json")
COLD_RUNS = 15
RUNS = 5
SIZES = {"1 MB": 1_000_000, "10 MB": 10_000_000, "25 MB": 25_000_000}

Figures = dict[str, float]


def main() -> None:
    plan = [("cold start", 1_000, COLD_RUNS)] + [(n, size, RUNS) for n, size in SIZES.items()]
    results: dict[str, Any] = {"python": platform.python_version()}
    with _servers() as environment:
        for name, size, runs in plan:
            measured: dict[str, list[Figures]] = {"ours": [], "plain": []}
            for which in tqdm([*measured] * runs, desc=name):
                measured[which].append(_run(which, size, environment))
            results[name] = _compared(name, measured)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))  # noqa: T201


def _compared(name: str, measured: dict[str, list[Figures]]) -> dict[str, Any]:
    cold = name == "cold start"
    wanted = ["import_ms", "first_answer_ms"] if cold else ["request_ms", "extra_kilobytes"]
    compared: dict[str, Any] = {}
    for figure in wanted:
        ours, plain = (statistics.median(r[figure] for r in measured[w]) for w in measured)
        compared[figure] = {"ours": round(ours), "plain": round(plain)}
        if figure != "extra_kilobytes":
            compared[figure]["ratio"] = round(ours / plain, 3)
    return compared


def _run(which: str, size: int, environment: dict[str, str]) -> Figures:
    command = [sys.executable, "-m", "tests.benchmarks.worker", which, str(size)]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=120)
    figures: Figures = json.loads(done.stdout)
    return figures


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "tests.benchmarks.servers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
        assert servers.stdout is not None
        assert servers.stdin is not None
        try:
            yield json.loads(servers.stdout.readline())
        finally:
            servers.stdin.close()
            servers.wait(timeout=20)


if __name__ == "__main__":
    main()
