"""Chunks' translations become one: nothing lost, nothing doubled, times in order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation, Word
from audio_translation.translation.stitching import Part, filled, stitch
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
        parts.append(Part(chunk(at + pause, at + pause + length), translation(*segments)))
        at += pause + length
    whole = stitch(parts, duration=at, model="whisper-1")
    assert in_turn(whole.segments)
    assert whole.duration == at
    left = list(whole.segments)
    for part in parts:
        words = " ".join(s.text for s in part.translation.segments).split()
        mine: list[str] = []
        while len(mine) < len(words):
            segment = left.pop(0)
            assert part.chunk.start <= segment.start <= segment.end <= part.chunk.end
            mine += segment.text.split()
        assert sorted(mine) == sorted(words)
    assert not left


def test_what_several_models_have_translated_names_them_all() -> None:
    parts = [
        Part(
            Chunk(n * 1000, n * 1000 + 1000, (Span(n * 1000, n * 1000 + 1000),)),
            Translation((Segment(0, 1000, "Yes."),), "english", 1000, model),
        )
        for n, model in enumerate(["whisper-1", "gpt-transcribe", "whisper-1"])
    ]
    assert stitch(parts, duration=3000, model="asked").model == "whisper-1, gpt-transcribe"


def test_a_second_answer_brings_its_model_and_its_warnings() -> None:
    def answer(at: int, text: str, model: str, *warnings: str) -> Translation:
        return Translation((Segment(at, at + 1000, text),), "english", 4000, model, warnings)

    first = answer(0, "One.", "whisper-1", "Odd.")
    part = filled(first, Span(2000, 4000), answer(0, "Two.", "gpt-transcribe", "Odd.", "Late."))
    assert [(s.start, s.text) for s in part.segments] == [(0, "One."), (2000, "Two.")]
    assert (part.model, part.warnings) == ("whisper-1, gpt-transcribe", ("Odd.", "Late."))
    speech = (Span(0, 1000), Span(2000, 3000))
    parts = [
        Part(Chunk(0, 4000, speech), part),
        Part(
            Chunk(5000, 9000, (Span(5000, 6000),)),
            answer(0, "Three.", "gpt-transcribe"),
        ),
    ]
    whole = stitch(parts, duration=9000, model="asked")
    assert (whole.model, whole.warnings) == ("whisper-1, gpt-transcribe", ("Odd.", "Late."))


def test_silence_gives_an_empty_translation() -> None:
    assert stitch([], duration=36_000_000, model="m") == Translation((), "english", 36_000_000, "m")


def test_the_seek_of_a_segment_counts_from_the_files_start() -> None:
    part = Part(chunk(60_000, 90_000), translation(Segment(0, 1_000, "a", seek=200)))
    (segment,) = stitch([part], duration=90_000, model="m").segments
    assert segment.seek == 6_200


PAUSES = Chunk(10_000, 30_000, (Span(10_500, 14_000), Span(17_000, 22_000), Span(25_000, 29_500)))


def placed(start: int, end: int) -> tuple[int, int]:
    part = Part(PAUSES, translation(Segment(start - 10_000, end - 10_000, "a")))
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
        ((14_500, 14_900), (10_500, 14_000)),  # lies in the pause as a whole
        ((10_000, 10_000), (10_500, 14_000)),
        ((28_000, 30_000), (28_000, 29_500)),
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
    in_a_pause = not any(span.start < end and span.end > start for span in PAUSES.speech)
    if in_a_pause or start == end:
        assert any(span.start <= begins <= ends <= span.end for span in PAUSES.speech)
    else:
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
    (segment,) = stitch([Part(speech, said)], duration=20_000, model="whisper-1").segments
    assert (segment.start, segment.end) == (begins, 9_000)
    after = translation(Segment(6_000, 9_700, "One sentence"), Segment(9_700, 12_000, "b"))
    first, _ = stitch([Part(speech, after)], duration=20_000, model="whisper-1").segments
    assert first.end == 9_700  # a short pause: the words go on


# Pauses in segments ------------------------------------------------------------------------------

PAUSED = Chunk(0, 20_000, (Span(1_000, 4_000), Span(6_000, 9_000), Span(9_400, 12_000)))


def parted(text: str, start: int = 500, end: int = 12_000) -> list[tuple[int, int, str]]:
    said = translation(Segment(start, end, f" {text}", tokens=(1, 2)))
    whole = stitch([Part(PAUSED, said)], duration=20_000, model="whisper-1")
    return [(s.start, s.end, s.text.strip()) for s in whole.segments]


def test_a_segment_whose_source_is_known_stays_whole_so_that_its_source_is_there_once() -> None:
    text = "by pressing the button. This is not a number of valid conferences."
    said = translation(Segment(1_000, 12_000, text, source="Pulsando el botón. No es un número."))
    (segment,) = stitch([Part(PAUSED, said)], duration=20_000, model="whisper-1").segments
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
        "One",
    ],
)
def test_a_sentence_is_not_torn_and_none_is_put_where_it_does_not_fit(text: str) -> None:
    assert parted(text) == [(1_000, 12_000, text)]


def test_a_segment_that_became_two_has_nobodys_tokens() -> None:
    said = translation(Segment(0, 12_000, "It is so. Then it is so as well.", tokens=(1, 2)))
    whole = stitch([Part(PAUSED, said)], duration=20_000, model="whisper-1")
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
    whole = stitch([Part(Chunk(0, at, tuple(spans)), said)], duration=at, model="whisper-1")
    assert whole.text.split() == words
    assert in_turn(whole.segments)
    starts = {span.start for span in spans}
    assert {segment.start for segment in whole.segments} <= starts


def sided(channel: int, start: int, *segments: Segment) -> Part:
    made = replace(chunk(start, start + 10_000), channel=channel)
    return Part(made, translation(*segments), paid=10_000)


SIDES = [
    sided(0, 0, Segment(0, 4_000, "How can I help?"), Segment(5_000, 9_000, "I see.")),
    sided(0, 20_000, Segment(0, 3_000, "Goodbye.")),
    sided(1, 0, Segment(3_000, 6_000, "It is broken.")),
    sided(1, 18_000, Segment(0, 4_000, "Thank you.")),
]


def test_segments_of_two_channels_are_in_the_order_of_their_starts_and_may_overlap() -> None:
    whole = stitch(SIDES, duration=30_000, model="m")
    assert [(s.start, s.end, s.channel, s.text) for s in whole.segments] == [
        (0, 4_000, 0, "How can I help?"),
        (3_000, 6_000, 1, "It is broken."),
        (5_000, 9_000, 0, "I see."),
        (18_000, 22_000, 1, "Thank you."),
        (20_000, 23_000, 0, "Goodbye."),
    ]
    assert whole.text == "How can I help? It is broken. I see. Thank you. Goodbye."


def test_the_order_of_the_channels_parts_does_not_matter() -> None:
    whole = stitch(SIDES, duration=30_000, model="m")
    assert stitch([*SIDES[2:], *SIDES[:2]], duration=30_000, model="m").segments == whole.segments


def test_each_channel_is_what_it_is_by_itself() -> None:
    whole = stitch(SIDES, duration=30_000, model="m")
    for channel, parts in enumerate((SIDES[:2], SIDES[2:])):
        alone = [replace(part, chunk=replace(part.chunk, channel=None)) for part in parts]
        own = [replace(s, channel=None) for s in whole.segments if s.channel == channel]
        assert own == list(stitch(alone, duration=30_000, model="m").segments)


def test_the_only_stream_of_a_recording_has_no_channel() -> None:
    whole = stitch(SIDES[:2], duration=30_000, model="m", apart=False)
    assert {segment.channel for segment in whole.segments} == {None}


def test_words_know_their_channel() -> None:
    heard = replace(SIDES[2].translation, words=(Word(3_000, 3_500, "It"),))
    whole = stitch([replace(SIDES[2], translation=heard)], duration=30_000, model="m")
    assert whole.words == (Word(3_000, 3_500, "It", channel=1),)
