"""Speech without text is found, and what a second answer says of it is put in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment
from audio_translation.translation.checks.missed import UNHEARD, missed
from audio_translation.translation.stitching import Part, filled, stitch
from tests.unit.translation.said import in_turn, translation
from tests.unit.translation.test_stitching import WILD

SPEECH = Chunk(10_000, 70_000, (Span(10_500, 30_000), Span(31_000, 50_000), Span(52_000, 69_500)))


def test_speech_that_no_segment_covers_is_found_on_the_chunks_clock() -> None:
    said = translation(Segment(500, 12_000, "a"), Segment(30_000, 59_500, "b"))
    assert missed(SPEECH, said) == [Span(12_000, 30_000)]
    assert missed(SPEECH, translation()) == [Span(500, 59_500)]
    assert missed(SPEECH, translation(Segment(0, 60_000, " "))) == [Span(500, 59_500)]
    assert missed(SPEECH, translation(Segment(0, 60_000, "all"))) == []


@given(gap=st.integers(0, 6_000))
def test_only_speech_of_three_seconds_is_asked_for_again(gap: int) -> None:
    said = translation(Segment(0, 25_000, "a"), Segment(25_000 + gap, 60_000, "b"))
    spans = missed(SPEECH, said)
    assert bool(spans) == (gap >= UNHEARD)
    assert sum(span.length for span in spans) in {0, gap}


@given(
    segments=st.lists(WILD, max_size=8),
    again=st.lists(WILD, max_size=4),
)
def test_second_answers_are_put_where_nothing_was_heard(
    segments: list[Segment], again: list[Segment]
) -> None:
    first = translation(*segments, duration=60_000)
    whole = first
    for span in missed(SPEECH, first):
        assert 0 <= span.start < span.end <= SPEECH.length
        whole = filled(whole, span, translation(*again))
        inside = [s for s in whole.segments if s not in first.segments]
        assert all(span.start <= s.start <= s.end for s in inside if s.start >= span.start)
    texts = sorted(s.text for s in segments if s.text.strip())
    added = sorted(s.text for s in again if s.text.strip()) * len(missed(SPEECH, first))
    assert sorted(s.text for s in whole.segments if s.text.strip()) == sorted(texts + added)
    stitched = stitch([Part(SPEECH, whole)], duration=70_000, model="m")
    assert in_turn(stitched.segments)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_second_answer_stands_in_its_place(order: tuple[int, int]) -> None:
    said = translation(*(Segment(s, e, t) for s, e, t in [(0, 12_000, "a"), (30_000, 60_000, "c")]))
    (span,) = missed(SPEECH, said)
    answers = [Segment(0, 9_000, "b1"), Segment(9_000, 99_000, "b2")]
    whole = filled(said, span, translation(*(answers[n] for n in order)))
    assert [(s.start, s.end, s.text) for s in whole.segments] == [
        (0, 12_000, "a"),
        (12_000, 21_000, "b1"),
        (21_000, 30_000, "b2"),
        (30_000, 60_000, "c"),
    ]
