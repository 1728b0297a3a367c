"""Calls side by side."""

import threading
import time

import pytest

from audio_translation.deadline import Deadline
from audio_translation.engines.in_parallel import in_parallel
from audio_translation.errors import ProviderTimedOut


def test_results_come_in_the_order_of_the_items() -> None:
    def later(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    items = [0.05, 0.0, 0.03]
    assert in_parallel(later, items, at_once=3, deadline=Deadline.after(5)) == items


def test_nothing_is_done_for_no_items() -> None:
    assert in_parallel(str, [], at_once=3, deadline=Deadline.after(0)) == []


def test_after_a_failure_no_further_call_is_begun_and_those_under_way_may_end() -> None:
    begun, ended, failing = [], [], threading.Event()

    def call(number: int) -> None:
        begun.append(number)
        if number == 1:
            failing.wait(5)
            raise LookupError(number)
        failing.set()
        time.sleep(0.1)
        ended.append(number)

    with pytest.raises(LookupError):
        in_parallel(call, range(9), at_once=2, deadline=Deadline.after(5))
    assert sorted(begun) == [0, 1]
    assert ended == [0]


def test_what_hangs_is_left_at_the_deadline() -> None:
    free = threading.Event()
    started = time.monotonic()
    with pytest.raises(ProviderTimedOut):
        in_parallel(lambda _: free.wait(5), [1, 2, 3], at_once=2, deadline=Deadline.after(0.1))
    assert time.monotonic() - started < 4
    free.set()
