"""Chunks' translations become one: nothing lost, nothing doubled, times in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import UNHEARD, filled, missed, stitch
from tests.unit.translation.said import chunk, in_turn, translation

WILD = st.builds(
    Segment,
    start=st.integers(-5_000, 90_000),
    end=st.integers(-5_000, 90_000),
    text=st.sampled_from(["a", "b c", "d.", "", "  "]),
)
CHUNKS = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(500, 60_000), st.lists(WILD, max_size=8)),
    max_size=6,
)


@given(drawn=CHUNKS)
def test_whatever_engines_say_is_kept_in_its_chunk_in_order(
    drawn: list[tuple[int, int, list[Segment]]],
) -> None:
    at, parts = 0, []
    for pause, length, segments in drawn:
        parts.append((chunk(at + pause, at + pause + length), translation(*segments)))
        at += pause + length
    whole = stitch(parts, duration=at, model="whisper-1")
    assert in_turn(whole.segments)
    assert whole.duration == at
    left = list(whole.segments)
    for part, said in parts:
        texts = [s.text for s in said.segments if s.text.strip()]
        mine, left = left[: len(texts)], left[len(texts) :]
        assert sorted(s.text for s in mine) == sorted(texts)
        assert all(part.start <= s.start <= s.end <= part.end for s in mine)
    assert not left


def test_what_several_models_have_translated_names_them_all() -> None:
    parts = [
        (
            Chunk(n * 1000, n * 1000 + 1000, (Span(n * 1000, n * 1000 + 1000),)),
            Translation((Segment(0, 1000, "Yes."),), "english", 1000, model),
        )
        for n, model in enumerate(["whisper-1", "gpt-transcribe", "whisper-1"])
    ]
    assert stitch(parts, duration=3000, model="asked").model == "whisper-1, gpt-transcribe"


def test_silence_gives_an_empty_translation() -> None:
    assert stitch([], duration=36_000_000, model="m") == Translation((), "english", 36_000_000, "m")


def test_the_seek_of_a_segment_counts_from_the_files_start() -> None:
    part = (chunk(60_000, 90_000), translation(Segment(0, 1_000, "a", seek=200)))
    (segment,) = stitch([part], duration=90_000, model="m").segments
    assert segment.seek == 6_200


PAUSES = Chunk(10_000, 30_000, (Span(10_500, 14_000), Span(17_000, 22_000), Span(25_000, 29_500)))


def placed(start: int, end: int) -> tuple[int, int]:
    part = (PAUSES, translation(Segment(start - 10_000, end - 10_000, "a")))
    (segment,) = stitch([part], duration=30_000, model="m").segments
    return segment.start, segment.end


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ((14_500, 22_000), (17_000, 22_000)),  # begins in the pause
        ((13_900, 22_000), (17_000, 22_000)),  # begins with the last sound of the speech before
        ((13_000, 22_000), (13_000, 22_000)),  # begins with words of it
        ((17_000, 24_000), (17_000, 22_000)),  # ends in the pause
        ((17_000, 25_200), (17_000, 22_000)),  # ends with the first sound of what follows
        ((14_000, 25_000), (17_000, 22_000)),
        ((11_000, 28_000), (11_000, 28_000)),
        ((14_500, 16_000), (14_500, 16_000)),  # where nobody speaks, who knows
        ((10_000, 10_000), (10_000, 10_000)),
        ((28_000, 30_000), (28_000, 30_000)),
    ],
)
def test_a_segment_begins_and_ends_with_its_speech(
    said: tuple[int, int], meant: tuple[int, int]
) -> None:
    assert placed(*said) == meant


@given(start=st.integers(10_000, 30_000), length=st.integers(0, 20_000))
def test_a_segment_is_never_longer_than_the_engine_said(start: int, length: int) -> None:
    end = min(30_000, start + length)
    begins, ends = placed(start, end)
    assert start <= begins <= ends <= end


@pytest.mark.parametrize(
    ("start", "begins"),
    [(3_701, 6_000), (3_300, 6_000), (2_900, 2_900), (1_000, 1_000)],
)
def test_the_longer_the_pause_the_more_of_the_speech_before_it_is_taken_off(
    start: int, begins: int
) -> None:
    speech = Chunk(0, 20_000, (Span(500, 4_000), Span(6_000, 9_000), Span(9_400, 12_000)))
    said = translation(Segment(start, 9_000, "One sentence"))
    (segment,) = stitch([(speech, said)], duration=20_000, model="whisper-1").segments
    assert (segment.start, segment.end) == (begins, 9_000)
    after = translation(Segment(6_000, 9_700, "One sentence"), Segment(9_700, 12_000, "b"))
    first, _ = stitch([(speech, after)], duration=20_000, model="whisper-1").segments
    assert first.end == 9_700  # a short pause: the words go on


# Pauses in segments ------------------------------------------------------------------------------

PAUSED = Chunk(0, 20_000, (Span(1_000, 4_000), Span(6_000, 9_000), Span(9_400, 12_000)))


def parted(text: str, start: int = 500, end: int = 12_000) -> list[tuple[int, int, str]]:
    said = translation(Segment(start, end, f" {text}", tokens=(1, 2)))
    whole = stitch([(PAUSED, said)], duration=20_000, model="whisper-1")
    return [(s.start, s.end, s.text.strip()) for s in whole.segments]


def test_a_segment_whose_source_is_known_stays_whole_so_that_its_source_is_there_once() -> None:
    text = "by pressing the button. This is not a number of valid conferences."
    said = translation(Segment(1_000, 12_000, text, source="Pulsando el botón. No es un número."))
    (segment,) = stitch([(PAUSED, said)], duration=20_000, model="whisper-1").segments
    assert (segment.text, segment.source) == (text, said.segments[0].source)


def test_two_sentences_with_a_pause_between_them_are_two_segments() -> None:
    assert parted("by pressing the button. This is not a number of valid conferences.") == [
        (1_000, 4_000, "by pressing the button."),
        (6_000, 12_000, "This is not a number of valid conferences."),
    ]
    assert parted("“Where is she now?” “I do not know.”", end=9_000) == [
        (1_000, 4_000, "“Where is she now?”"),
        (6_000, 9_000, "“I do not know.”"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "by pressing the button this is not a number of valid conferences.",
        "by pressing the button, this is not a number of valid conferences.",
        "No. By pressing the button this is not a number of valid conferences.",
        "By pressing the button this is not a number of valid conferences. No.",
        "One",
    ],
)
def test_a_sentence_is_not_torn_and_none_is_put_where_it_does_not_fit(text: str) -> None:
    assert parted(text) == [(1_000, 12_000, text)]


def test_a_segment_that_became_two_has_nobodys_tokens() -> None:
    said = translation(Segment(0, 12_000, "It is so. Then it is so as well.", tokens=(1, 2)))
    whole = stitch([(PAUSED, said)], duration=20_000, model="whisper-1")
    assert [s.tokens for s in whole.segments] == [(), ()]


@given(
    lengths=st.lists(st.integers(200, 9_000), min_size=1, max_size=6),
    pauses=st.lists(st.integers(300, 4_000), min_size=6, max_size=6),
    words=st.lists(st.sampled_from(["a", "word", "then.", "why?", "so,"]), min_size=1, max_size=30),
)
def test_no_word_is_lost_where_segments_are_parted(
    lengths: list[int], pauses: list[int], words: list[str]
) -> None:
    spans, at = [], 500
    for length, pause in zip(lengths, pauses, strict=False):
        spans.append(Span(at, at + length))
        at += length + pause
    said = translation(Segment(0, at, " ".join(words)))
    whole = stitch([(Chunk(0, at, tuple(spans)), said)], duration=at, model="whisper-1")
    assert whole.text.split() == words
    assert in_turn(whole.segments)
    starts = {span.start for span in spans}
    assert {segment.start for segment in whole.segments} <= starts


# What was missed --------------------------------------------------------------------------------

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
    stitched = stitch([(SPEECH, whole)], duration=70_000, model="m")
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
