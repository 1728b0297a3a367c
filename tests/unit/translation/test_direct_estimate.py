"""Whether a run fits the time of its request, from what is measured of it."""

import time

import pytest

from audio_translation.deadline import Deadline
from audio_translation.errors import ProviderRejected, ProviderTimedOut
from audio_translation.translation.direct_estimate import (
    DirectEstimate,
    DoesNotFit,
    seconds_needed,
)
from audio_translation.translation.pipeline import Progress

MINUTE = 60_000


def after(seconds: float, **known: object) -> Progress:
    """A run that began so many seconds ago."""
    progress = Progress(started=time.monotonic() - seconds)
    for name, value in known.items():
        setattr(progress, name, value)
    return progress


def estimate(seconds: float, *, gives_up: bool = True) -> DirectEstimate:
    return DirectEstimate(
        Deadline.after(seconds), max_duration=60 * MINUTE, at_once=10, gives_up=gives_up
    )


def test_nothing_is_given_up_before_anything_is_measured() -> None:
    estimate(20).look(after(0.1, decoded=1000, stated=30 * MINUTE))
    assert seconds_needed(after(0.5, decoded=10, stated=30 * MINUTE), 10) == 0


def test_decoding_alone_may_be_too_slow() -> None:
    slow = after(2, decoded=MINUTE, stated=30 * MINUTE)
    assert seconds_needed(slow, 10) == pytest.approx(58, rel=0.1)
    with pytest.raises(DoesNotFit):
        estimate(25).look(slow)
    estimate(60).look(slow)


def test_calls_are_counted_in_rounds_of_what_may_run_at_once() -> None:
    known = {"decoded": 10 * MINUTE, "stated": 30 * MINUTE, "chunks": 10, "under_way": 10}
    progress = after(4, **known, call_seconds=6.0)
    # 20 chunks are to come and 10 are under way: three rounds of 6 s.
    assert seconds_needed(progress, 10) == pytest.approx(18, rel=0.1)
    with pytest.raises(DoesNotFit):
        estimate(12).look(progress)
    estimate(20).look(progress)


def test_when_all_is_decoded_what_is_under_way_counts() -> None:
    progress = after(9, decoded=MINUTE, stated=MINUTE, chunks=3, under_way=2, call_seconds=4.0)
    progress.ended = True
    assert seconds_needed(progress, 10) == pytest.approx(0.8)


def test_audio_over_the_longest_is_given_up_at_once() -> None:
    for known in ({"stated": 61 * MINUTE}, {"decoded": 61 * MINUTE}):
        with pytest.raises(DoesNotFit, match="more than one request"):
            estimate(1000).look(after(0, **known))


def test_of_two_sides_the_length_of_the_recording_counts_and_the_work_of_both() -> None:
    estimate(1000).look(after(0, streams=2, stated=100 * MINUTE))
    with pytest.raises(DoesNotFit, match="more than one request"):
        estimate(1000).look(after(0, streams=2, stated=122 * MINUTE))
    half = after(2, streams=2, decoded=MINUTE, stated=2 * MINUTE)
    assert seconds_needed(half, 10) == pytest.approx(2, rel=0.1)


def test_without_jobs_a_run_goes_on_to_its_deadline() -> None:
    alone = estimate(1, gives_up=False)
    alone.look(after(2, decoded=1, stated=100 * MINUTE))
    assert not alone.is_about_time(ProviderTimedOut("?"))


def test_only_who_gives_up_waits_for_what_is_under_way() -> None:
    watch = estimate(30)
    assert watch.grace_seconds(DoesNotFit("?")) == 8
    assert watch.grace_seconds(ProviderRejected("?")) == 0
    assert estimate(5).grace_seconds(DoesNotFit("?")) == pytest.approx(1, abs=0.2)
    assert watch.is_about_time(DoesNotFit("?"))
    assert watch.is_about_time(ProviderTimedOut("?"))
    assert not watch.is_about_time(ProviderRejected("?"))
