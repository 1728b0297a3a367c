"""Two sandboxes that are restored from one snapshot draw different numbers and names."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = """
import importlib, json, os, random, sys, tempfile, uuid

handler, folder, hooks = sys.argv[1:]
importlib.import_module(f"audio_translation.handlers.{handler}")
from snapshot_restore_py import _after_restore_registry, _before_snapshot_registry
from audio_translation.engines.provider.calls import _uniform as before_a_call
from audio_translation.jobs.steps.retries import _uniform as before_a_step

def call(registry):
    for hook, arguments, named in registry:
        hook(*arguments, **named)

call(_before_snapshot_registry)
tempfile.mkstemp(dir=folder)
state = random.getstate()
for _ in range(2):
    read, write = os.pipe()
    if os.fork() == 0:
        # A fork is seeded by Python itself and has another process id; a restored copy is not.
        random.setstate(state)
        tempfile._name_sequence._rng_pid = os.getpid()
        call(_after_restore_registry if hooks == "with hooks" else [])
        handle, name = tempfile.mkstemp(dir=folder)
        os.unlink(name)
        python = {"number": random.random(), "name": os.path.basename(name)}
        ours = {"id": uuid.uuid4().hex, "call": before_a_call(0, 1), "step": before_a_step(0, 1)}
        os.write(write, json.dumps([python, ours]).encode())
        os._exit(0)
    os.wait()
    print(os.read(read, 10000).decode())
"""


def two_copies(handler: str, folder: Path, hooks: str) -> list[list[dict[str, Any]]]:
    """Return what two copies of a sandbox draw: of Python's generators, and of the system's."""
    environ = os.environ | {
        "API_KEY_PARAMETER": "/key",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "BUCKET": "bucket",
        "JOB_FUNCTION": "job",
        "JOB_TABLE": "jobs",
        "WORK_FOLDER": str(folder / "work"),
    }
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _PROGRAM]
    ran = subprocess.run(
        [*command, handler, folder, hooks],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("[")]


@pytest.mark.parametrize("handler", ["http", "invoke"])
def test_restored_copies_of_a_sandbox_draw_different_numbers(handler: str, tmp_path: Path) -> None:
    (python, ours), (others_python, others) = two_copies(handler, tmp_path, "with hooks")
    for name, drawn in (python | ours).items():
        assert drawn != (others_python | others)[name], name


def test_copies_that_are_left_alone_would_not(tmp_path: Path) -> None:
    (python, ours), (others_python, others) = two_copies("http", tmp_path, "without")
    assert python == others_python
    assert not set(map(str, ours.values())) & set(map(str, others.values()))
