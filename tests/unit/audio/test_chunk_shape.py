"""How long chunks are meant to be: short where somebody waits for them, long elsewhere."""

from hypothesis import example, given
from hypothesis import strategies as st

from audio_translation.audio.chunk_shape import ChunkShape, EvenShape

MINUTE = 60_000


def test_short_audio_is_one_chunk() -> None:
    assert ChunkShape(150_000, MINUTE).target(0) == 90_000


def test_some_minutes_are_cut_into_minutes() -> None:
    shape = ChunkShape(150_000, 4 * MINUTE)
    assert {shape.target(at) for at in range(0, 4 * MINUTE, 1000)} == {MINUTE}


def test_an_hour_begins_and_ends_with_short_ones() -> None:
    shape = ChunkShape(150_000, 60 * MINUTE)
    assert shape.target(0) == shape.target(60 * MINUTE) == 20_000
    assert shape.target(30 * MINUTE) == 150_000
    growing = [shape.target(at) for at in range(0, 5 * MINUTE, 1000)]
    assert growing == sorted(growing)


def test_of_audio_that_states_nothing_chunks_grow_with_what_is_known() -> None:
    shape = ChunkShape(150_000, None)
    assert (shape.target(0), shape.target(60 * MINUTE)) == (MINUTE, 150_000)


@given(longest=st.integers(1, 400_000), stated=st.integers(0, 10**8), start=st.integers(0, 10**8))
def test_no_target_is_longer_than_the_longest(longest: int, stated: int, start: int) -> None:
    for known in (stated, None):
        assert 1 <= ChunkShape(longest, known).target(start) <= longest
    assert EvenShape(longest).target(start) == longest


def count(stated: int | None, duration: int) -> int:
    """Return how many chunks speech without a pause comes to."""
    shape, at, chunks = ChunkShape(150_000, stated), 0, 0
    while at < duration:
        at += shape.target(at)
        chunks += 1
    return chunks


@given(
    stated=st.none() | st.integers(-(10**9), 10**9) | st.integers(0, 12 * 60 * MINUTE),
    duration=st.integers(1, 12 * 60 * MINUTE),
)
@example(stated=5 * MINUTE, duration=12 * 60 * MINUTE)
@example(stated=10**9, duration=90_000)
def test_a_wrong_statement_makes_at_most_twice_the_chunks(
    stated: int | None, duration: int
) -> None:
    """One more where the right one makes a single chunk."""
    right = count(duration, duration)
    assert count(stated, duration) <= (2 * right if right > 1 else 3)
