"""What the counts of a recording's two channels tell: the same sound, or somebody on each side."""

from collections import Counter
from collections.abc import Sequence

import pytest

from audio_translation.audio.media.two_sides import TwoSides, Window, counted

NOISE = 1e-7  # -70 dBFS
SPEECH = 1e-3  # -30 dBFS
QUIET_SPEECH = 1e-5


def apart(left: float, right: float) -> Window:
    """Return a window in which the sides have nothing to do with each other."""
    return Window(left, right, 0.0)


def same(power: float, share: float = 1.0) -> Window:
    """Return a window in which the right side is the left one, louder or quieter."""
    return Window(power, share * power, share**0.5 * power)


def sides(*windows: Sequence[Window]) -> TwoSides:
    return TwoSides(counted([one for some in windows for one in some]))


def turns(left: float = SPEECH, right: float = SPEECH, noise: float = NOISE) -> list[Window]:
    """Return a call of a minute in which both sides speak in turn, with pauses."""
    return [apart(left, noise), apart(noise, noise), apart(noise, right), apart(noise, noise)] * 60


@pytest.mark.parametrize("right", [SPEECH, QUIET_SPEECH])
@pytest.mark.parametrize("noise", [NOISE, 0.0])
def test_sides_that_speak_in_turn_differ(right: float, noise: float) -> None:
    found = sides(turns(right=right, noise=noise))
    assert found.differ
    assert not found.are_alike


@pytest.mark.parametrize("share", [1.0, 0.1, 2.0])
def test_the_same_sound_is_alike_however_loud(share: float) -> None:
    found = sides([same(SPEECH, share), same(NOISE, share)] * 60)
    assert found.are_alike
    assert not found.differ


def test_an_inverted_side_is_alike() -> None:
    assert sides([Window(SPEECH, SPEECH, -SPEECH)] * 60).are_alike


def test_noise_that_differs_in_pauses_is_no_difference() -> None:
    found = sides([same(SPEECH), apart(NOISE, NOISE)] * 60)
    assert found.are_alike
    assert not found.differ


def test_a_word_on_one_side_alone_is_a_difference() -> None:
    found = sides([same(SPEECH)] * 60, [apart(SPEECH, NOISE)] * 2)
    assert not found.are_alike
    assert not found.differ


def test_a_side_of_steady_noise_does_not_speak_in_the_pauses_of_the_other() -> None:
    assert not sides([apart(SPEECH, 1e-6), apart(0.0, 1e-6)] * 60).differ


def test_a_side_that_is_silent_is_neither_alike_nor_different() -> None:
    found = sides([apart(SPEECH, 0.0), apart(0.0, 0.0)] * 60)
    assert (found.are_alike, found.differ) == (False, False)


def test_two_microphones_in_one_room_do_not_differ() -> None:
    near, far = SPEECH, SPEECH / 4
    assert not sides([apart(near, far), apart(NOISE, NOISE), apart(far, near)] * 60).differ


def test_clicks_are_no_speech_and_hide_none() -> None:
    clicks = [apart(1.0, 0.0), apart(0.0, 1.0)]
    assert not sides([same(SPEECH), same(NOISE)] * 60, clicks).differ
    assert sides(turns(QUIET_SPEECH, QUIET_SPEECH), clicks).differ


def test_a_recording_without_sound_is_nothing_of_that() -> None:
    for found in (sides(), sides([apart(0.0, 0.0)] * 9)):
        assert (found.are_alike, found.differ) == (False, False)


def test_the_counts_of_parts_add_up() -> None:
    windows = turns()
    parts = Counter(counted(windows[:100])) + counted(windows[100:])
    assert parts == counted(windows)
    assert TwoSides(dict(parts)).differ
