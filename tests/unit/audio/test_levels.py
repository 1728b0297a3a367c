"""Levels: one for each window, whatever the pieces in which sound arrives."""

import itertools
import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.levels import RATE, LevelMeter
from audio_translation.audio.speech import SILENCE, WINDOW

PER_WINDOW = RATE * WINDOW // 1000


def tone(windows: float, *, peak: float = 0.5, pitch: float = 440, offset: float = 0) -> bytes:
    count = round(windows * PER_WINDOW)
    return array(
        "f", (offset + peak * math.sin(2 * math.pi * pitch * n / RATE) for n in range(count))
    ).tobytes()


@pytest.mark.parametrize("peak", [1.0, 0.1, 1e-3, 1e-5])
@pytest.mark.parametrize("pitch", [50, 440, 2_000, 4_000])
def test_the_level_of_a_tone_is_that_of_its_peak_less_three(peak: float, pitch: float) -> None:
    (level,) = LevelMeter().add(tone(1, peak=peak, pitch=pitch))
    assert level == pytest.approx(20 * math.log10(peak) - 3, abs=1.5)


def test_an_offset_is_no_sound() -> None:
    assert list(LevelMeter().add(tone(1, peak=0, offset=0.3))) == [SILENCE]


def test_samples_that_are_no_numbers_are_no_sound() -> None:
    assert list(LevelMeter().add(array("f", [math.nan] * PER_WINDOW).tobytes())) == [SILENCE]


@given(pieces=st.lists(st.integers(1, 3 * PER_WINDOW), min_size=1, max_size=9))
def test_levels_do_not_depend_on_the_pieces(pieces: list[int]) -> None:
    sound = tone(4.5)
    whole = LevelMeter()
    expected = [*whole.add(sound), *whole.end()]
    meter, at = LevelMeter(), 0
    found: list[int] = []
    for size in itertools.cycle(pieces):
        if at >= len(sound):
            break
        found += meter.add(sound[at : at + 4 * size])
        at += 4 * size
    assert [*found, *meter.end()] == expected


@given(before=st.integers(0, 2 * PER_WINDOW), silence=st.integers(0, 5 * PER_WINDOW))
def test_silence_is_measured_without_its_samples(before: int, silence: int) -> None:
    sound = tone(2)[: 4 * before]
    plain, short = LevelMeter(), LevelMeter()
    expected = [*plain.add(sound), *plain.add(bytes(4 * silence)), *plain.end()]
    assert [*short.add(sound), *short.silence(silence), *short.end()] == expected
