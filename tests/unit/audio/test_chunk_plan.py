"""The plan: all speech once, no chunk too long, cuts in pauses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import (
    LEAST_LIMIT,
    LONG_SILENCE,
    MARGIN,
    OVERLAP,
    Chunk,
    ChunkPlanner,
    plan,
)
from audio_translation.audio.chunk_shape import ChunkShape, EvenShape
from audio_translation.audio.speech import Span

SECOND = 1000


@st.composite
def audio(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Spans with pauses between them, some of them long, and the audio's duration."""
    at = draw(st.integers(0, 20 * SECOND))
    spans = []
    lengths = st.one_of(st.integers(1, 12 * SECOND), st.integers(1, 200 * SECOND))
    pauses = st.one_of(st.integers(1, 3 * SECOND), st.integers(1, 60 * SECOND))
    for length, pause in draw(st.lists(st.tuples(lengths, pauses), max_size=40)):
        spans.append(Span(at, at + length))
        at += length + pause
    last = spans[-1].end if spans else 0
    return spans, last + draw(st.integers(0, 30 * SECOND))


TARGETS = st.integers(1, 300 * SECOND)
LIMITS = st.integers(LEAST_LIMIT, 400 * SECOND)


@given(audio=audio(), target=TARGETS, limit=LIMITS)
def test_every_plan_keeps_its_promises(
    audio: tuple[list[Span], int], target: int, limit: int
) -> None:
    spans, duration = audio
    chunks = plan(spans, duration=duration, shape=EvenShape(target), limit=limit)
    assert joined(chunks) == spans
    for chunk in chunks:
        assert 0 <= chunk.start <= chunk.speech[0].start
        assert chunk.speech[-1].end <= chunk.end <= duration
        assert chunk.length <= limit
        assert all(b.start - a.end < LONG_SILENCE for a, b in itertools.pairwise(chunk.speech))
        assert chunk.speech[0].start - chunk.start <= max(MARGIN, OVERLAP // 2)
        assert chunk.end - chunk.speech[-1].end <= max(MARGIN, OVERLAP // 2)
    for before, after in itertools.pairwise(chunks):
        check_cut(before, after)
    overlap = min(OVERLAP, limit // 5)
    if all(span.length <= limit - max(2 * MARGIN, overlap) for span in spans):
        assert not any(chunk.overlap for chunk in chunks)


def joined(chunks: list[Chunk]) -> list[Span]:
    """The speech of all chunks, with the pieces of a span that was cut put together."""
    spans: list[Span] = []
    for chunk in chunks:
        for number, span in enumerate(chunk.speech):
            if spans and spans[-1].end == span.start and (number or chunk.overlap):
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans.append(span)
    return spans


def check_cut(before: Chunk, after: Chunk) -> None:
    pause = after.speech[0].start - before.speech[-1].end
    if after.overlap:
        assert pause == 0
        assert before.end - after.start == after.overlap
        middle = after.start + after.overlap // 2
        assert abs(middle - after.speech[0].start) <= 1
    else:
        assert pause > 0
        assert before.end <= after.start
        if pause <= 2 * MARGIN:
            assert before.end == after.start
            assert abs(2 * before.end - before.speech[-1].end - after.speech[0].start) <= 1


@given(audio=audio(), target=st.integers(20 * SECOND, 120 * SECOND))
def test_chunks_are_near_the_target_where_pauses_allow(
    audio: tuple[list[Span], int], target: int
) -> None:
    spans, duration = audio
    chunks = plan(spans, duration=duration, shape=EvenShape(target), limit=10 * target)
    assert all(c.length <= 2 * target or len(c.speech) == 1 or c.overlap for c in chunks)
    if all(span.length < target // 2 for span in spans):
        near = [
            a.length + b.length
            for a, b in itertools.pairwise(chunks)
            if b.speech[0].start - a.speech[-1].end < LONG_SILENCE
        ]
        # Two neighbours that fit one chunk of the target's length would have been one.
        assert all(length > target * 0.7 for length in near)


def test_the_longest_pause_near_the_target_is_cut() -> None:
    spans = [Span(n * 5_000, n * 5_000 + 4_600) for n in range(24)]
    spans[11] = Span(spans[11].start, spans[11].end - 1_500)  # before it ends a minute
    first, second = plan(spans, duration=120_000, shape=EvenShape(60_000), limit=120_000)
    assert second.speech[0] == spans[12]
    assert (first.end, second.start) == (spans[11].end + MARGIN, spans[12].start - MARGIN)


def test_speech_without_a_pause_is_cut_by_the_clock_and_heard_twice_there() -> None:
    chunks = plan([Span(0, 300_000)], duration=300_000, shape=EvenShape(60_000), limit=120_000)
    assert [c.overlap for c in chunks] == [0, OVERLAP, OVERLAP]
    assert [c.speech[0] for c in chunks] == [
        Span(0, 100_000),
        Span(100_000, 200_000),
        Span(200_000, 300_000),
    ]
    assert all(c.length <= 120_000 for c in chunks)


def test_silence_has_no_chunk() -> None:
    assert plan([], duration=36_000_000, shape=EvenShape(60_000), limit=120_000) == []
    spans = [Span(100_000, 104_000), Span(200_000, 203_000)]
    assert [
        (c.start, c.end)
        for c in plan(spans, duration=300_000, shape=EvenShape(60_000), limit=120_000)
    ] == [
        (99_500, 104_500),
        (199_500, 203_500),
    ]


def test_ten_hours_are_planned_at_once() -> None:
    spans = [Span(n * 2_000, n * 2_000 + 1_600) for n in range(18_000)]
    chunks = plan(spans, duration=36_000_000, shape=EvenShape(120_000), limit=300_000)
    assert 270 <= len(chunks) <= 330


@pytest.mark.parametrize(("target", "limit"), [(0, 60_000), (60_000, LEAST_LIMIT - 1)])
def test_chunks_that_nobody_can_plan_are_refused(target: int, limit: int) -> None:
    with pytest.raises(ValueError, match="cannot be planned"):
        plan([], duration=0, shape=EvenShape(target), limit=limit)


@given(audio=audio(), sizes=st.lists(st.integers(1, 5), min_size=1), stated=st.booleans())
def test_the_chunks_do_not_depend_on_how_many_spans_come_at_once(
    audio: tuple[list[Span], int], sizes: list[int], stated: bool
) -> None:
    spans, duration = audio
    shape = ChunkShape(150 * SECOND, duration if stated else None)
    planner = ChunkPlanner(shape, limit=300 * SECOND)
    chunks: list[Chunk] = []
    left, turn = spans, itertools.cycle(sizes)
    while left:
        size = next(turn)
        now, left = left[:size], left[size:]
        chunks += planner.add(now, left[0].start if left else duration)
    chunks += planner.end(duration)
    assert chunks == plan(spans, duration=duration, shape=shape, limit=300 * SECOND)
    assert joined(chunks) == spans


@given(audio=audio())
def test_a_chunk_can_be_made_of_what_is_kept_from_where_the_plan_begins(
    audio: tuple[list[Span], int],
) -> None:
    spans, duration = audio
    planner = ChunkPlanner(EvenShape(60 * SECOND), limit=120 * SECOND)
    kept = 0
    for span in spans:
        for chunk in planner.add([span], span.end):
            assert chunk.start >= kept
        kept = span.end if planner.begins is None else planner.begins
    assert all(chunk.start >= kept for chunk in planner.end(duration))


def test_a_long_recording_has_short_chunks_at_both_ends() -> None:
    hour = 3_600 * SECOND
    spans = [Span(at, at + 2_500) for at in range(0, hour - 3_000, 3_000)]
    chunks = plan(spans, duration=hour, shape=ChunkShape(150 * SECOND, hour), limit=300 * SECOND)
    lengths = [chunk.length / SECOND for chunk in chunks]
    assert lengths[0] < 30
    assert lengths[-1] < 30
    assert max(lengths) > 120
    assert all(after < 2.5 * before + 5 for before, after in itertools.pairwise(lengths))


def test_a_header_that_states_too_little_does_not_make_short_chunks_to_the_end() -> None:
    duration = 12 * 3_600 * SECOND
    spans = [Span(at, at + 2_500) for at in range(0, duration - 3_000, 3_000)]
    right, wrong = (
        len(plan(spans, duration=duration, shape=ChunkShape(150 * SECOND, s), limit=300 * SECOND))
        for s in (duration, 300 * SECOND)
    )
    assert wrong < 1.1 * right


def test_a_word_now_and_then_is_a_chunk_each_however_many_there_are() -> None:
    spans = [Span(at, at + 800) for at in range(0, 36_000 * SECOND, 11 * SECOND)]
    chunks = plan(
        spans, duration=36_000 * SECOND, shape=EvenShape(150 * SECOND), limit=300 * SECOND
    )
    assert len(chunks) == len(spans)


def test_speech_is_told_from_the_chunks_start_too() -> None:
    chunk = Chunk(1000, 9000, (Span(1500, 2000), Span(4000, 8500)))
    assert chunk.speech_from_start == [Span(500, 1000), Span(3000, 7500)]
