import threading
import time

import pytest

from audio_translate import Stopped, TimedOut
from audio_translate.limits import Limits


def test_a_pause_ends_with_the_time_or_when_it_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        Limits.within(0.05).pause(60)
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(Stopped):
        Limits.within(None, stop).pause(60)
    assert time.monotonic() - began < 30


def test_without_limits_a_pause_is_as_long_as_asked() -> None:
    Limits().pause(0)
    Limits.within(60).check()
    assert Limits.within(60).left() > 50
