"""The money of a run: asked for before each call, never more than a bound."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from audio_translation.errors import CostLimitExceeded
from audio_translation.translation.cost.budget import Bound, Budget

MINUTE = 60_000
ADVICE = "The bound is $0.03: send less."


def budget(dollars: float = 0.03, *, before: float = 0.0) -> Budget:
    """Return one of five minutes of audio."""
    return Budget(0.006, (Bound(dollars, ADVICE, "maxCostUsd"),), before)


def test_as_much_as_the_bound_is_paid_and_nothing_more() -> None:
    money = budget()
    money.expect(5 * MINUTE)
    for _ in range(5):
        money.reserve(MINUTE)
    with pytest.raises(CostLimitExceeded, match=r"This audio costs \$0\.03 or more\. The bound is"):
        money.reserve(1)
    assert money.paid == pytest.approx(0.03)


def test_what_will_cost_more_is_refused_with_the_estimate_and_the_field() -> None:
    with pytest.raises(CostLimitExceeded) as refused:
        budget().expect(60 * MINUTE)
    assert refused.value.message == (
        f"This audio may cost $0.36: 1:00:00 of it, at $0.006 a minute. {ADVICE}"
    )
    assert refused.value.param == "maxCostUsd"


def test_many_threads_together_do_not_pay_more() -> None:
    money = budget()
    refused = threading.Semaphore(0)

    def ask() -> None:
        try:
            money.reserve(MINUTE // 2)
        except CostLimitExceeded:
            refused.release()

    with ThreadPoolExecutor(8) as pool:
        for _ in range(40):
            pool.submit(ask)
    assert money.paid == pytest.approx(0.03)
    assert sum(refused.acquire(blocking=False) for _ in range(40)) == 30


def test_a_second_call_leaves_what_the_rest_of_the_audio_needs() -> None:
    money = budget()
    money.expect(4 * MINUTE)
    money.reserve(2 * MINUTE)
    money.reserve_again(MINUTE)
    with pytest.raises(CostLimitExceeded):
        money.reserve_again(MINUTE)
    money.reserve(2 * MINUTE)


def test_a_call_that_failed_costs_nothing_and_a_dearer_model_what_it_costs() -> None:
    money = budget()
    failed = money.reserve(MINUTE)
    money.settle(MINUTE, failed, 0.0, again=False)
    assert money.paid == 0
    money.settle(MINUTE, money.reserve(MINUTE), 0.015, again=False)
    assert money.paid == pytest.approx(0.015)
    with pytest.raises(CostLimitExceeded):
        money.reserve(MINUTE + 1)


def test_what_earlier_runs_have_paid_is_neither_paid_nor_refused_again() -> None:
    money = budget(0.012, before=0.018)
    money.expect(5 * MINUTE)
    money.reserve(2 * MINUTE)
    with pytest.raises(CostLimitExceeded, match=r"costs \$0\.036 or more"):
        money.reserve(MINUTE)


def test_without_a_price_or_a_bound_everything_may_be_paid() -> None:
    free = Budget(0.0, (Bound(0.0, ADVICE),))
    for money in (free, Budget(0.006)):
        money.begin()
        money.expect(10**9)
        money.reserve(10**9)
        money.reserve_again(10**9)
        assert math.isfinite(money.paid)


def test_nothing_begins_where_nothing_is_left() -> None:
    budget().begin()
    with pytest.raises(CostLimitExceeded):
        budget(0.0).begin()
