"""A deadline is a moment: it comes nearer, is never less than 0 away, and is only ever sooner."""

import time

import pytest

from audio_translation.deadline import Deadline


def test_what_is_left_becomes_less_and_never_less_than_nothing() -> None:
    deadline = Deadline.after(0.05)
    assert 0 < deadline.left() <= 0.05
    time.sleep(0.06)
    assert deadline.left() == 0


def test_the_sooner_of_two_moments_counts() -> None:
    deadline = Deadline.after(60)
    assert deadline.sooner(5).left() == pytest.approx(5, abs=0.5)
    assert deadline.sooner(600) == deadline
    assert deadline.sooner(-1).left() == 0
