"""Sound is kept as long as a chunk may be made of it, and no longer."""

from array import array

from audio_translation.audio.hearing import Hearing
from audio_translation.audio.levels import RATE


def sound(seconds: float, value: float) -> bytes:
    values = (value if number % 2 else -value for number in range(round(seconds * RATE)))
    return array("f", values).tobytes()


def test_the_samples_of_any_time_are_those_that_came() -> None:
    hearing = Hearing(-90)
    hearing.add(sound(1, 0.5))
    hearing.add(2 * RATE)
    hearing.add(sound(1, 0.25))
    assert hearing.until == 4_000
    data = b"".join(hearing.samples(500, 3_500))
    assert data == sound(0.5, 0.5) + bytes(4 * 2 * RATE) + sound(0.5, 0.25)
    assert b"".join(hearing.samples(3_900, 9_000)) == sound(0.1, 0.25)


def test_hours_of_silence_take_no_memory() -> None:
    hearing = Hearing(-90)
    for _ in range(10):
        hearing.add(3600 * RATE)
        hearing.forget(None)
    assert hearing.until == 36_000_000
    assert hearing.end(36_000_000) == []


def test_what_no_chunk_needs_is_forgotten_but_for_a_short_beginning() -> None:
    hearing = Hearing(-90)
    for _ in range(200):
        hearing.add(sound(1, 0.0))
        hearing.forget(None)
    kept = b"".join(hearing.samples(0, 200_000))
    assert len(kept) < 4 * RATE * 90
    short = Hearing(-90)
    short.add(sound(2, 0.5))
    short.forget(1_500)
    assert b"".join(short.samples(0, 2_000)) == sound(2, 0.5)


def test_faint_sound_is_raised_and_other_sound_is_not() -> None:
    faint, loud = Hearing(-120), Hearing(-90)
    faint.add(sound(1, 0.001))
    loud.add(sound(1, 0.1))
    assert faint.gain(0, 1_000) > 30
    assert loud.gain(0, 1_000) == 1
