"""docs/step-functions.yaml runs, against the whole local service, with real speech."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.service import LocalService
from tests.audio.recordings import FOLDER
from tests.worlds.state_machines import StateMachines, running_state_machines

pytestmark = pytest.mark.timeout(180)

SPANISH = FOLDER / "es" / "conf-waitforleader.mp3"
FRENCH = FOLDER / "fr" / "conf-waitforleader.mp3"


@pytest.fixture(scope="module")
def machines(local_service: LocalService) -> Iterator[StateMachines]:
    with running_state_machines(local_service.aws_url, local_service.lambda_url) as machines:
        yield machines


@pytest.fixture(scope="module")
def done(local_service: LocalService, machines: StateMachines) -> list[Any]:
    """Two executions that wait at the same time, ended."""
    urls = [local_service.put(path, f"waiting/{path.parent.name}") for path in (SPANISH, FRENCH)]
    started = [machines.start(url) for url in urls]
    return [machines.ended(execution) for execution in started]


def test_the_state_machine_waits_for_its_job_and_returns_the_result(done: list[Any]) -> None:
    for execution in done:
        assert execution["status"] == "SUCCEEDED", execution
        job = json.loads(execution["output"])
        assert job["status"] == "succeeded"
        captions = requests.get(job["result"]["url"], timeout=60).text
        assert captions.startswith("WEBVTT\n")
        assert "conference" in captions.lower()


def test_each_execution_gets_the_end_of_its_own_job(done: list[Any]) -> None:
    jobs = [json.loads(execution["output"]) for execution in done]
    assert len({job["id"] for job in jobs}) == 2
    assert len({job["reference"] for job in jobs}) == 2
    assert len({job["progress"]["audioSeconds"]["total"] for job in jobs}) == 2


def test_an_event_that_comes_again_is_nobodys_trouble(
    done: list[Any], machines: StateMachines
) -> None:
    """EventBridge delivers at least once."""
    assert put(machines, json.loads(done[0]["output"])) == ["SUCCEEDED"]


def test_a_job_that_fails_ends_its_task_with_the_code_of_its_error(
    local_service: LocalService, machines: StateMachines, tmp_path: Path
) -> None:
    page = tmp_path / "page.mp3"
    page.write_text("<!doctype html><html></html>")
    execution = machines.ended(machines.start(local_service.put(page, "waiting")))
    assert execution["status"] == "SUCCEEDED", execution
    caught = json.loads(execution["output"])["error"]
    assert caught["Error"] == "unsupported_audio"
    assert "audio" in caught["Cause"]


def test_what_is_wrong_at_once_is_caught_by_its_class(machines: StateMachines) -> None:
    execution = machines.ended(machines.start("ftp://example.com/a.mp3"))
    assert execution["status"] == "SUCCEEDED", execution
    assert json.loads(execution["output"])["error"]["Error"] == "UrlNotAllowed"


def test_an_error_that_is_not_caught_fails_the_execution_under_its_name(
    machines: StateMachines,
) -> None:
    execution = machines.ended(machines.start(""))
    assert (execution["status"], execution["error"]) == ("FAILED", "InvalidRequest")


@pytest.mark.parametrize("status", ["succeeded", "failed"])
@pytest.mark.parametrize("reference", [None, "order 7"])
def test_a_job_for_which_no_task_waits_is_nobodys_trouble(
    machines: StateMachines, reference: str | None, status: str
) -> None:
    error = {"code": "internal", "message": "No."} if status == "failed" else None
    job = {"id": "7", "status": status, "reference": reference, "error": error}
    assert put(machines, job) == ["SUCCEEDED"]


def test_events_of_others_start_nothing(machines: StateMachines) -> None:
    job = {"id": "7", "status": "succeeded", "reference": None, "error": None}
    assert put(machines, job, source="somebody.else") == []
    assert put(machines, job, kind="Job Delayed") == []


def put(
    machines: StateMachines,
    job: dict[str, Any],
    *,
    source: str = "audio-translation",
    kind: str = "",
) -> list[str]:
    """Put a job's event on the bus; return how the executions ended that it started."""
    entry = {
        "Source": source,
        "DetailType": kind or f"Job {job['status'].title()}",
        "Detail": json.dumps(job),
    }
    machines.aws.client("events").put_events(Entries=[entry])
    return [_status(machines, execution) for execution in machines.hand_on()]


def _status(machines: StateMachines, execution: str) -> str:
    stepfunctions = machines.aws.client("stepfunctions")
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        status = str(stepfunctions.describe_execution(executionArn=execution)["status"])
        if status != "RUNNING":
            return status
        time.sleep(0.05)
    raise AssertionError("It runs on.")
