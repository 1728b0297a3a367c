import threading
import time
from contextlib import closing

import pytest

from audio_translate import SourceNotReadable
from audio_translate.batch import at_once


def test_each_has_an_outcome_and_no_more_run_than_may() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(item: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        if item == 3:
            raise SourceNotReadable("3")
        return item * 2

    outcomes = list(at_once(3, work, range(10), threading.Event()))
    assert sorted(o.result for o in outcomes if o.result is not None) == [
        0, 2, 4, 8, 10, 12, 14, 16, 18,
    ]  # fmt: skip
    assert [o.source for o in outcomes if o.error] == [3]
    assert most <= 3


def test_whoever_leaves_stops_those_under_way_and_the_rest() -> None:
    stop, begun = threading.Event(), []

    def work(item: int) -> int:
        begun.append(item)
        if item:
            stop.wait(30)
        return item

    with closing(at_once(2, work, range(100), stop)) as outcomes:
        assert next(outcomes).source == 0
    assert stop.is_set()
    assert len(begun) <= 3


def test_a_bug_is_not_taken_for_an_outcome() -> None:
    with pytest.raises(ZeroDivisionError):
        list(at_once(2, lambda item: 1 // item, [0], threading.Event()))
