"""Sandboxes are processes: requests run beside each other, and a crash is one request's."""

import multiprocessing
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from local.aws.lambda_context import Event, LambdaContext
from local.aws.lambda_sandboxes import Sandboxes, SandboxesClosed


def handler(event: Event, context: LambdaContext) -> Mapping[str, Any]:
    """Runs in the sandboxes of these tests."""
    if event.get("crash"):
        os._exit(1)
    if event.get("wait"):
        time.sleep(event["wait"])
    print(f"hello from {context.aws_request_id}")  # noqa: T201
    names = ("BUCKET", "WORK_FOLDER", "AWS_PROFILE", "AWS_REGION")
    return {"pid": os.getpid(), **{name: os.environ.get(name) for name in names}}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "function.log"


@pytest.fixture
def sandboxes(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandboxes]:
    monkeypatch.setenv("AWS_PROFILE", "the-owners-account")
    environ = {"BUCKET": "b", "AWS_REGION": "local", "WORK_FOLDER": str(tmp_path / "work")}
    pool = Sandboxes(environ, handler=f"{__name__}.handler", log=log, count=2)
    yield pool
    pool.close()


def context() -> LambdaContext:
    return LambdaContext("request-1", time.time() + 10)


def test_the_handler_sees_our_environment_and_not_the_owners_account(
    sandboxes: Sandboxes, log: Path, tmp_path: Path
) -> None:
    answer = sandboxes.invoke({}, context())

    assert answer["pid"] != os.getpid()
    assert answer["BUCKET"] == "b"
    assert answer["AWS_REGION"] == "local"
    assert answer["AWS_PROFILE"] is None
    assert answer["WORK_FOLDER"] == f"{tmp_path}/work/{answer['pid']}"
    assert log.read_text() == "hello from request-1\n"


def test_two_requests_run_in_two_processes(sandboxes: Sandboxes) -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: sandboxes.invoke({"wait": 0.5}, context()), range(2)))

    assert answers[0]["pid"] != answers[1]["pid"]


def test_the_request_after_a_crash_is_served(sandboxes: Sandboxes) -> None:
    with pytest.raises(BrokenProcessPool):
        sandboxes.invoke({"crash": True}, context())

    assert sandboxes.invoke({}, context())["BUCKET"] == "b"


def test_a_burst_does_not_start_all_processes_and_long_requests_do(tmp_path: Path) -> None:
    environ = {"WORK_FOLDER": str(tmp_path / "work")}
    pool = Sandboxes(environ, handler=f"{__name__}.handler", log=tmp_path / "log", count=3)

    def pids(wait: float, requests: int) -> set[int]:
        with ThreadPoolExecutor(requests) as threads:
            answers = threads.map(lambda _: pool.invoke({"wait": wait}, context()), range(requests))
            return {answer["pid"] for answer in answers}

    try:
        pool.warm_up().result(20)
        assert len(pids(0.001, 60)) <= 2
        assert len(pids(4, 3)) == 3
    finally:
        pool.close()


def test_closing_ends_a_busy_process_at_once(sandboxes: Sandboxes) -> None:
    others = multiprocessing.active_children()
    sandboxes.warm_up().result(20)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as threads:
        busy = threads.submit(sandboxes.invoke, {"wait": 60}, context())
        while not busy.running():
            time.sleep(0.01)
        sandboxes.close()

        with pytest.raises(SandboxesClosed):
            busy.result(10)
    assert time.monotonic() - began < 10
    assert set(multiprocessing.active_children()) <= set(others)
