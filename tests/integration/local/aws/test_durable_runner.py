"""The runner's process ends when whoever started it is gone."""

import subprocess
import sys
import time
from pathlib import Path

import requests

from local import REPOSITORY
from local.aws.durable_runner_process import free_port


def test_it_serves_until_its_stdin_is_closed(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "local.aws.durable_runner", "--port", str(port)]
    command += ["--invoke-api", "http://127.0.0.1:9", "--store", str(tmp_path / "e.sqlite")]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/health")
            assert process.stdin
            process.stdin.close()
            assert process.wait(10) == 0
        finally:
            process.kill()


def answers(url: str) -> bool:
    """Whether it answers within a minute."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            return requests.get(url, timeout=5).ok
        except requests.ConnectionError:
            time.sleep(0.1)
    return False
