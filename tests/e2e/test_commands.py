"""`make translate` and `make serve` as a user runs them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.__main__ import SHORT_SAMPLE, Failed, ask
from local.service import LocalService
from tests.e2e.environment import readers_environment

REPOSITORY = Path(__file__).parent.parent.parent


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=REPOSITORY,
        env=readers_environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_the_model_of_two_steps_can_be_asked_for(local_service: LocalService) -> None:
    result = ask(local_service.url, SHORT_SAMPLE, "text", "gpt-transcribe")

    assert "conference" in result.text
    assert result.model == "gpt-transcribe"


def test_a_failure_is_told_in_the_services_words(
    local_service: LocalService, tmp_path: Path
) -> None:
    page = tmp_path / "page.mp3"
    page.write_text("<html></html>")

    with pytest.raises(Failed, match="not audio"):
        ask(local_service.url, page, "text")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["AUDIO=no such file.mp3"], "There is no file 'no such file.mp3'"),
        (["FORMAT=docx"], "invalid choice: 'docx'"),
    ],
)
def test_a_wrong_argument_is_told_at_once(arguments: list[str], reason: str) -> None:
    run = make("translate", *arguments)

    assert run.returncode != 0
    assert reason in run.stderr
    assert "Traceback" not in run.stderr


def test_a_taken_port_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = make("serve", f"PORT={taken.getsockname()[1]}")

    assert run.returncode != 0
    assert "Address already in use" in run.stderr
    assert "make serve PORT=" in run.stderr
    assert "Traceback" not in run.stderr


@contextmanager
def serving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal's Ctrl-C reaches the whole group, and only it
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_serve_leaves_nothing_behind_while_a_request_runs(tmp_path: Path) -> None:
    with serving(tmp_path) as process, ThreadPoolExecutor(1) as threads:
        assert process.stdout
        line = next(line for line in process.stdout if "curl " in line)
        asked = threads.submit(subprocess.run, line, shell=True, check=False, capture_output=True)
        children = descendants(process.pid)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        asked.result(60)

    assert process.returncode == 0
    assert "Traceback" not in said
    assert "POST /translate " in said
    assert len(children) >= 2
    assert gone(children)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_ctrl_c_while_it_starts_prints_no_traceback(tmp_path: Path, lines: int) -> None:
    """After so many lines of what it does; before the first one it has nothing to clear away."""
    with serving(tmp_path) as process:
        assert process.stderr
        said = "".join(process.stderr.readline() for _ in range(lines))
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        said += process.communicate(timeout=60)[1]

    assert "Traceback" not in said
    assert process.returncode == 0 or (lines == 0 and process.returncode == -signal.SIGINT)
    assert list(tmp_path.iterdir()) == []


def test_children_end_when_serve_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        ends = time.monotonic() + 60
        while len(children := descendants(process.pid)) < 3 and time.monotonic() < ends:
            time.sleep(0.1)
        process.kill()
        process.wait(60)

    assert len(children) >= 3  # Whisper, a sandbox and multiprocessing's tracker
    assert gone(children)


def descendants(pid: int) -> list[int]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


def gone(pids: list[int]) -> bool:
    """Whether all end within half a minute."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
