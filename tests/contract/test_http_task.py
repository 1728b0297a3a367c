"""The state machine of docs/jobs.md that asks by HTTP tasks, run as it stands there.

What is played is the interpreter, because moto's evaluates JSONata in a JVM only and knows no HTTP
tasks. Of the states language it has what this machine uses.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from jsonata import Jsonata

from local import REPOSITORY
from tests.contract.jobs_over_http import ERROR, MINE, succeed, table
from tests.worlds.http_api import ApiWorld

API = "https://API.execute-api.REGION.amazonaws.com/v1"
AUDIO = "https://example.com/a.mp3"


def machine() -> dict[str, Any]:
    page = (REPOSITORY / "docs" / "jobs.md").read_text()
    (shown,) = (text for text in re.findall(r"```json\n(.*?)```", page, re.S) if "StartAt" in text)
    found: dict[str, Any] = json.loads(shown)
    assert found["QueryLanguage"] == "JSONata"
    return found


def evaluated(value: Any, names: dict[str, Any]) -> Any:
    """Return a field with its expressions evaluated."""
    if isinstance(value, dict):
        return {name: evaluated(each, names) for name, each in value.items()}
    if not isinstance(value, str) or not value.startswith("{%"):
        return value
    expression = Jsonata(value.removeprefix("{%").removesuffix("%}").strip())
    frame = expression.create_frame()
    for name, bound in names.items():
        frame.bind(name, bound)
    return expression.evaluate(None, frame)


def run(world: ApiWorld, audio: str, *happens: Callable[[], object]) -> tuple[str, Any]:
    """Run the machine; at each wait the next thing happens.

    Return the last state's name, and its input or the error.
    """
    states, coming = machine()["States"], iter(happens)
    name, given, assigned = machine()["StartAt"], {"audioFileUrl": audio}, dict[str, Any]()
    while True:
        state = states[name]
        names = {**assigned, "states": {"input": given}}
        match state["Type"]:
            case "Task":
                answer = asked(world, evaluated(state["Arguments"], names))
                if not answer.ok:
                    return name, f"States.Http.StatusCode.{answer.status_code}"
                result = {"ResponseBody": answer.json(), "StatusCode": answer.status_code}
                names["states"]["result"] = result
                assigned |= evaluated(state.get("Assign", {}), names)
                given = evaluated(state["Output"], names) if "Output" in state else result
                name = state["Next"]
            case "Wait":
                next(coming)()
                name = state["Next"]
            case "Choice":
                met = (c["Next"] for c in state["Choices"] if evaluated(c["Condition"], names))
                name = next(met, state["Default"])
            case "Succeed":
                return name, given
            case "Fail":
                return name, evaluated(state["Error"], names)
            case other:
                raise AssertionError(f"The interpreter lacks {other}.")


def asked(world: ApiWorld, arguments: dict[str, Any]) -> requests.Response:
    """Make an HTTP task's call, with what its connection adds."""
    assert arguments["Authentication"] == {"ConnectionArn": "CONNECTION"}
    return requests.request(
        arguments["Method"],
        arguments["ApiEndpoint"].replace(API, world.url),
        headers={**MINE, **arguments.get("Headers", {})},
        json=arguments.get("RequestBody"),
        timeout=60,
    )


def last(world: ApiWorld) -> str:
    (item,) = world.aws.items()
    return str(item["id"]["S"])


def test_it_returns_the_job_that_succeeded(jobs: ApiWorld) -> None:
    ended, job = run(
        jobs,
        AUDIO,
        lambda: None,
        lambda: table(jobs).begin(last(jobs)),
        lambda: succeed(jobs, last(jobs)),
    )
    assert (ended, job["id"], job["status"]) == ("Succeeded", last(jobs), "succeeded")
    assert job["result"]["url"]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda world: table(world).fail(last(world), ERROR, partial=False), "failed"),
        (lambda world: table(world).cancel(last(world)), "cancelled"),
    ],
)
def test_it_fails_with_the_status_of_a_job_that_did_not_succeed(
    jobs: ApiWorld, end: Callable[[ApiWorld], object], status: str
) -> None:
    assert run(jobs, AUDIO, lambda: end(jobs)) == ("Failed", status)


def test_a_wrong_request_fails_the_first_task(jobs: ApiWorld) -> None:
    assert run(jobs, "ftp://example.com/a.mp3") == ("Translate", "States.Http.StatusCode.400")
