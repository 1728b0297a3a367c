"""Where speech is, by loudness: windows of 50 ms in dBFS."""

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.speech import (
    MIN_PAUSE,
    WINDOW,
    Span,
    SpeechDetector,
)

LEVELS = st.lists(st.integers(-128, 0), max_size=400)
NOISE = {"digital": -128, "a quiet room": -62, "an office": -48, "a street": -32}


def sound(*parts: tuple[float, int], spread: int = 1, seed: int = 1) -> list[int]:
    """Seconds at a level, which goes up and down by ``spread``."""
    chance = random.Random(seed)
    return [
        max(-128, level + chance.randint(-spread, spread))
        for seconds, level in parts
        for _ in range(round(seconds * 1000 / WINDOW))
    ]


def spoken(seconds: float, level: int, seed: int = 2) -> list[int]:
    """Syllables: up to ``level``, and 18 dB below it between them."""
    chance = random.Random(seed)
    levels: list[int] = []
    while len(levels) * WINDOW < seconds * 1000:
        levels += [level - chance.randint(0, 4)] * chance.randint(2, 5)
        levels += [level - chance.randint(12, 18)] * chance.randint(1, 2)
    return levels[: round(seconds * 1000 / WINDOW)]


def over(noise: int, levels: list[int]) -> list[int]:
    return [max(noise, level) for level in levels]


def speech_spans(levels: Sequence[int], duration: int, faintest: int = -90) -> list[Span]:
    detector = SpeechDetector(faintest)
    return [*detector.add(levels), *detector.end(duration)]


def found(levels: list[int]) -> list[Span]:
    return speech_spans(levels, len(levels) * WINDOW)


def covered(spans: list[Span], start: float, end: float) -> float:
    """The share of the time from start to end, in seconds, that is in the spans."""
    shared = sum(max(0, min(s.end, end * 1000) - max(s.start, start * 1000)) for s in spans)
    return shared / (end - start) / 1000


@given(levels=LEVELS, cut=st.integers(0, WINDOW - 1))
def test_spans_are_in_order_apart_and_within_the_audio(levels: list[int], cut: int) -> None:
    duration = max(0, len(levels) * WINDOW - cut)
    spans = speech_spans(levels, duration)
    assert all(0 <= span.start < span.end <= duration for span in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


@given(
    levels=st.lists(st.integers(-128, 0), max_size=4_000),
    sizes=st.lists(st.integers(1, 1_500), min_size=1),
)
def test_spans_do_not_depend_on_how_the_levels_arrive(levels: list[int], sizes: list[int]) -> None:
    detector = SpeechDetector()
    spans: list[Span] = []
    at = 0
    for size in itertools.cycle(sizes):
        if at >= len(levels):
            break
        before = detector.decided
        now = detector.add(levels[at : at + size])
        assert all(span.start >= before for span in now)
        spans += now
        at += size
    spans += detector.end(len(levels) * WINDOW)
    assert spans == found(levels)


@given(levels=st.lists(st.integers(-128, -91), max_size=400))
def test_what_is_nearly_nothing_is_silence(levels: list[int]) -> None:
    assert found(levels) == []


@pytest.mark.parametrize("level", [-72, -80])
def test_a_file_that_is_faint_as_a_whole_has_speech(level: int) -> None:
    faint = over(-110, sound((2, -110)) + spoken(5, level) + sound((2, -110)))
    spans = speech_spans(faint, len(faint) * WINDOW, faintest=-120)
    assert covered(spans, 2, 7) > 0.9


def test_a_file_of_quiet_noise_has_none() -> None:
    assert found(sound((30, -80), spread=2)) == []


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_a_pause_is_found_in_every_noise(noise: int) -> None:
    levels = over(noise, spoken(10, -15) + sound((1, noise)) + spoken(10, -15, seed=3))
    levels = sound((2, noise)) + levels + sound((3, noise))
    spans = found(levels)
    assert covered(spans, 2, 12) > 0.97
    assert covered(spans, 13, 23) > 0.97
    assert covered(spans, 12.2, 12.8) == 0
    assert abs(spans[0].start - 2000) <= WINDOW
    assert covered(spans, 0, 1.8) == covered(spans, 23.2, 26) == 0


@pytest.mark.parametrize("level", [-20, -35, -50])
def test_a_low_voice_is_speech_as_a_loud_one_is(level: int) -> None:
    quiet = over(-66, spoken(20, level))
    spans = found(over(-66, spoken(20, -12)) + sound((2, -66)) + quiet + sound((2, -66)))
    assert covered(spans, 0, 20) > 0.97
    assert covered(spans, 22, 42) > 0.8 if level == -50 else covered(spans, 22, 42) > 0.97


def test_noise_that_comes_later_does_not_hide_the_pauses_in_it() -> None:
    quiet = sound((5, -70)) + over(-70, spoken(30, -18)) + sound((5, -70))
    street = [over(-38, spoken(25, -18, seed)) + sound((0.6, -38)) for seed in range(4)]
    spans = found([*quiet, *itertools.chain(*street)])
    pauses = {round(b.start / 1000) for a, b in itertools.pairwise(spans) if a.start > 39_000}
    assert {66, 91, 117} <= {near for pause in pauses for near in (pause, pause - 1, pause + 1)}
    assert covered(spans, 40, 142) > 0.97


def test_little_speech_in_hours_of_silence_is_found() -> None:
    spans = found(sound((3600, -66)) + spoken(4, -25) + sound((3600, -66)))
    assert covered(spans, 3600, 3604) > 0.97
    assert len(spans) <= 3


def test_low_steady_noise_is_no_speech_and_loud_noise_may_be() -> None:
    assert found(sound((60, -50))) == []
    assert covered(found(sound((60, -12))), 0, 60) > 0.99


def test_a_click_is_no_word_but_a_short_word_is() -> None:
    levels = sound((5, -60), (0.05, -10), (5, -60), (0.15, -20), (5, -60)) + spoken(5, -20)
    spans = found(levels)
    assert covered(spans, 5, 5.05) == 0
    assert covered(spans, 10.05, 10.2) > 0.99


@given(windows=st.integers(1, 20))
def test_only_a_pause_of_some_length_parts_spans(windows: int) -> None:
    pause = windows * WINDOW
    spans = found(sound((2, -128), (2, -20), (pause / 1000, -128), (2, -20), (2, -128)))
    assert len(spans) == (2 if pause >= MIN_PAUSE else 1)
