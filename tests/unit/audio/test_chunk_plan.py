"""The plan: all speech once, no chunk too long, cuts in pauses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import (
    LEAST_LIMIT,
    LONG_SILENCE,
    MARGIN,
    MOST_CHUNKS,
    OVERLAP,
    Chunk,
    plan,
)
from audio_translation.audio.speech import Span
from audio_translation.errors import AudioTooLarge

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
    chunks = plan(spans, duration=duration, target=target, limit=limit)
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
    chunks = plan(spans, duration=duration, target=target, limit=10 * target)
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
    first, second = plan(spans, duration=120_000, target=60_000, limit=120_000)
    assert second.speech[0] == spans[12]
    assert (first.end, second.start) == (spans[11].end + MARGIN, spans[12].start - MARGIN)


def test_speech_without_a_pause_is_cut_by_the_clock_and_heard_twice_there() -> None:
    chunks = plan([Span(0, 300_000)], duration=300_000, target=60_000, limit=120_000)
    assert [c.overlap for c in chunks] == [0, OVERLAP, OVERLAP]
    assert [c.speech[0] for c in chunks] == [
        Span(0, 100_000),
        Span(100_000, 200_000),
        Span(200_000, 300_000),
    ]
    assert all(c.length <= 120_000 for c in chunks)


def test_silence_has_no_chunk() -> None:
    assert plan([], duration=36_000_000, target=60_000, limit=120_000) == []
    spans = [Span(100_000, 104_000), Span(200_000, 203_000)]
    assert [
        (c.start, c.end) for c in plan(spans, duration=300_000, target=60_000, limit=120_000)
    ] == [
        (99_500, 104_500),
        (199_500, 203_500),
    ]


def test_ten_hours_are_planned_at_once() -> None:
    spans = [Span(n * 2_000, n * 2_000 + 1_600) for n in range(18_000)]
    chunks = plan(spans, duration=36_000_000, target=120_000, limit=300_000)
    assert 270 <= len(chunks) <= 330


@pytest.mark.parametrize(("target", "limit"), [(0, 60_000), (60_000, LEAST_LIMIT - 1)])
def test_chunks_that_nobody_can_plan_are_refused(target: int, limit: int) -> None:
    with pytest.raises(ValueError, match="cannot be planned"):
        plan([], duration=0, target=target, limit=limit)


@pytest.mark.parametrize("target", [10 * SECOND, 150 * SECOND])
def test_ten_hours_of_calls_on_a_radio_are_not_more_chunks_than_an_execution_may_have(
    target: int,
) -> None:
    spans = [Span(at, at + 800) for at in range(0, 36_000 * SECOND, 11 * SECOND)]
    limit = 600 * SECOND
    chunks = plan(spans, duration=36_000 * SECOND, target=target, limit=limit)
    assert len(chunks) == MOST_CHUNKS
    assert joined(chunks) == spans
    assert all(chunk.length <= limit for chunk in chunks)


def test_what_cannot_be_cut_into_fewer_is_too_large() -> None:
    day = 86_400 * SECOND
    with pytest.raises(AudioTooLarge, match="calls of the provider") as raised:
        plan([Span(0, day)], duration=day, target=LEAST_LIMIT, limit=LEAST_LIMIT)
    assert raised.value.param == "audioFileUrl"
