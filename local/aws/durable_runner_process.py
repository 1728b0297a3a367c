"""Durable executions on one machine: starts the runner's process, and executions in it."""

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from local import REPOSITORY
from local.aws.template import ACCOUNT

_START_SECONDS = 60.0


@contextmanager
def running_executions(invoke_api: str, store: Path, *, port: int) -> Iterator[str]:
    """Run durable executions of functions at the URL ``invoke_api``; yield the runner's URL.

    ``store`` is the SQLite file that keeps them. The runner ends with the block, or with us.
    """
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "local.aws.durable_runner", "--port", str(port)]
    command += ["--invoke-api", invoke_api, "--store", str(store)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C ends us, and we end the runner
    ) as process:
        try:
            _wait_for(url)
            yield url
        finally:
            process.kill()


def start_execution(runner: str, function: str, name: str, payload: str) -> None:
    """Start an execution of ``function``. Unlike AWS, the runner starts a second one of a name."""
    body = {
        "AccountId": ACCOUNT,
        "FunctionName": function,
        "FunctionQualifier": "$LATEST",
        "ExecutionName": name,
        "ExecutionTimeoutSeconds": 172_800,
        "ExecutionRetentionPeriodDays": 7,
        "InvocationId": str(uuid.uuid4()),
        "Input": payload,
    }
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{runner}/start-durable-execution", json=body, timeout=10).raise_for_status()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(runner: str) -> None:
    ends = time.monotonic() + _START_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                session.get(f"{runner}/health", timeout=5).raise_for_status()
            except requests.RequestException:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)
            else:
                return
