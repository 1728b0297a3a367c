"""Bounds of a request and of a key's day, with the sums in a table."""

from datetime import UTC, datetime

import pytest

from audio_translation.aws.daily_costs import DailyCosts
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import CostLimitExceeded
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.cost.prices import Prices
from audio_translation.translation.engine import Task
from tests.fakes.aws.moto_server import JOB_TABLE, Aws

TASK = Task("whisper-1")
MINUTE = 60_000


def limits(aws: Aws, *, most: float = 0, a_day: float = 0, table: str = JOB_TABLE) -> CostLimits:
    daily = DailyCosts(aws.clients, table)
    return CostLimits(Prices(), Telemetry(), most=most, most_a_day=a_day, daily=daily)


def pay(costs: CostLimits, minutes: int, owner: str = "me", most: float | None = None) -> None:
    with costs.spending(TASK, owner, most=most) as money:
        money.budget.expect(minutes * MINUTE)
        money.budget.reserve(minutes * MINUTE)


def test_a_requests_own_bound_comes_before_the_stacks(aws: Aws) -> None:
    costs = limits(aws, most=0.006)
    pay(costs, 1)
    pay(costs, 10, most=0.06)
    with pytest.raises(CostLimitExceeded, match="MaxCostUsd") as refused:
        pay(costs, 2)
    assert refused.value.param is None
    with pytest.raises(CostLimitExceeded, match="higher maxCostUsd") as refused:
        pay(costs, 1, most=0.001)
    assert refused.value.param == "maxCostUsd"


def test_a_day_has_a_bound_for_each_key_whatever_became_of_what_was_paid(aws: Aws) -> None:
    costs = limits(aws, a_day=0.03)
    pay(costs, 2)

    def fail() -> None:
        with costs.spending(TASK, "me") as money:
            money.budget.reserve(2 * MINUTE)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with pytest.raises(CostLimitExceeded, match=r"\$0\.03 a day, and \$0\.006 of it is left"):
        pay(costs, 2)
    pay(costs, 1)
    with pytest.raises(CostLimitExceeded, match="midnight UTC"), costs.spending(TASK, "me"):
        pytest.fail("work began")
    pay(costs, 5, "another")
    paid = DailyCosts(aws.clients, JOB_TABLE).paid("me", datetime.now(UTC).date())
    assert paid == pytest.approx(0.03)


def test_a_table_that_fails_is_logged_and_stops_nobody(
    aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    pay(limits(aws, a_day=0.006, table="none"), 100)
    told = [record.__dict__["exception_text"] for record in caplog.records]
    assert ["job table" in text and "ResourceNotFound" in text for text in told] == [True, True]


def test_nothing_is_read_or_written_where_there_is_no_bound(aws: Aws) -> None:
    costs = limits(aws, table="none")
    assert not costs.is_bounded(None)
    assert costs.is_bounded(1)
    pay(costs, 100)
