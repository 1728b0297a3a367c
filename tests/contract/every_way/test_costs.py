"""A bound on what the audio costs holds on every way, before anything is paid and while it is."""

import pytest

from tests.contract.every_way.cases import EVERY_WAY, Case, Runs, check_right
from tests.fakes.provider.odd_answers import Loops
from tests.worlds.every_way import Result

BOUND = 0.0005
STATED = Case("spread", options={"maxCostUsd": BOUND})
NOT_STATED = Case("without duration", options={"maxCostUsd": f"{BOUND}"})
"""Of its four phrases, each of which is a call of 2.5 s, two are within the bound."""
ENOUGH = Case("spread", options={"maxCostUsd": 0.01})
SILENT = Case("silence", options={"maxCostUsd": BOUND})
"""Of the first call alone."""
LOOPS = Case(
    "spread",
    lambda: [Loops()],
    options={"maxCostUsd": ENOUGH.recording.duration * 0.006 / 60_000, "prompt": "Numbers."},
)


def check_refused(result: Result, way: str) -> None:
    assert result.status == 402
    told = result.body["error"]
    field = "max_cost_usd" if way == "openai" else "maxCostUsd"
    assert (told["code"], told["param"]) == ("cost_limit_exceeded", field)
    assert f" The bound is ${BOUND}: send less, or ask with a higher {field}." in told["message"]


@EVERY_WAY
def test_what_will_cost_more_is_refused_and_costs_nothing(runs: Runs, way: str) -> None:
    result = runs.result(STATED, way)
    check_refused(result, way)
    assert result.body["error"]["message"].startswith("This audio may cost $0.00")
    assert result.calls == []


@EVERY_WAY
def test_where_no_duration_is_stated_nothing_is_paid_over_the_bound(runs: Runs, way: str) -> None:
    result = runs.result(NOT_STATED, way)
    check_refused(result, way)
    assert "costs $0.00075 or more" in result.body["error"]["message"]
    assert len(result.calls) == 2


def test_of_a_job_what_was_paid_within_the_bound_is_kept(runs: Runs) -> None:
    job = runs.result(NOT_STATED, "job").job
    assert job
    assert job["partial"]
    assert job["estimatedDollars"] == BOUND


@EVERY_WAY
def test_a_bound_that_is_not_reached_changes_nothing(runs: Runs, way: str) -> None:
    check_right(runs.result(ENOUGH, way), ENOUGH.recording.phrases)
    assert runs.result(ENOUGH, way).warnings == []


def test_silence_costs_nothing_and_is_not_refused(runs: Runs) -> None:
    assert runs.result(SILENT, "translate").error is None


@pytest.mark.parametrize("way", ["translate", "job"])
def test_nothing_is_asked_for_again_that_the_bound_does_not_hold(runs: Runs, way: str) -> None:
    result = runs.result(LOOPS, way)
    assert result.error is None
    assert len(result.calls) == 1
    assert [warning for warning in result.warnings if "repeated" in warning]
