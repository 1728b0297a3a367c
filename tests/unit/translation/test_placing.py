"""Segments get the times of the speech, whatever an engine says of them."""

import pytest

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment
from audio_translation.translation.placing import placed, speech_to_place

PHRASES = Chunk(0, 20_000, (Span(1_000, 3_000), Span(8_280, 10_500), Span(16_960, 19_000)))
TEXTS = ("One is said.", "Two is said.", "Three is said.")


def told(*segments: tuple[int, int, str], chunk: Chunk = PHRASES) -> list[tuple[int, int, str]]:
    found, _ = placed([Segment(*segment) for segment in segments], chunk)
    return [(segment.start, segment.end, segment.text) for segment in found]


RIGHT = [(span.start, span.end, text) for span, text in zip(PHRASES.speech, TEXTS, strict=True)]


@pytest.mark.parametrize(
    "times",
    [
        [(700, 5_600), (5_600, 14_200), (14_200, 19_500)],  # each begins where the last one ended
        [(0, 2_000), (4_000, 6_500), (12_500, 15_000)],  # all early, two of them in pauses
        [(0, 0), (0, 0), (0, 0)],
        [(30_000, 31_000), (31_000, 32_000), (32_000, 33_000)],  # beyond the file
    ],
)
def test_segments_stand_where_somebody_speaks(times: list[tuple[int, int]]) -> None:
    segments = [(start, end, text) for (start, end), text in zip(times, TEXTS, strict=True)]
    assert [(start, text) for start, _, text in told(*segments)] == [
        (start, text) for start, _, text in RIGHT
    ]


def test_one_segment_for_everything_is_parted_at_the_pauses() -> None:
    assert told((0, 20_000, " ".join(TEXTS))) == RIGHT


def test_as_many_sentences_as_utterances_are_one_each_however_long_they_are() -> None:
    spans = tuple(Span(n * 3_000, n * 3_000 + 2_000) for n in range(6))
    chunk = Chunk(0, 18_000, spans)
    texts = ["Yes.", "That is what she has said to me.", "No.", "Why?", "He will not come.", "Oh."]
    assert told((0, 18_000, " ".join(texts)), chunk=chunk) == [
        (span.start, span.end, text) for span, text in zip(spans, texts, strict=True)
    ]


def test_words_over_silence_are_left_out_and_given_back() -> None:
    chunk = Chunk(0, 30_000, (Span(1_000, 6_000), Span(7_000, 12_000)))
    real = [Segment(900, 6_100, "This is what was said."), Segment(6_900, 12_000, "And this too.")]
    found, rest = placed([*real, Segment(25_000, 29_000, "Thank you!")], chunk)
    assert [segment.text for segment in found] == [segment.text for segment in real]
    assert [segment.text for segment in rest] == ["Thank you!"]


def test_speech_goes_on_to_the_chunks_ends_only_where_it_is_cut() -> None:
    cut = Chunk(0, 33_000, (Span(3_000, 30_000),), overlap=6_000, goes_on=True)
    assert speech_to_place(cut) == [Span(0, 33_000)]
    assert speech_to_place(PHRASES) == list(PHRASES.speech)
    assert speech_to_place(Chunk(0, 1, ())) == []


def test_what_is_placed_as_a_whole_keeps_its_marks() -> None:
    late = Chunk(0, 24_000, (Span(20_500, 23_400),))
    hello = Segment(0, 3_000, "Hello.", source="Bonjour.", spoken="fr")
    left = Segment(4_000, 9_000, "Guten Morgen zusammen.", spoken="de", untranslated=True)
    for segments in ([hello, left], [left, hello]):
        (whole,), rest = placed(segments, late)
        assert (whole.start, whole.end, rest) == (20_500, 23_400, [])
        assert whole.untranslated
        assert whole.spoken is None
        assert whole.source == " ".join(s.source or s.text for s in segments)


def test_a_long_answer_for_many_utterances_keeps_all_its_words() -> None:
    many = Chunk(0, 150_000, tuple(Span(n * 1_070, n * 1_070 + 500) for n in range(140)))
    text = "I say so. " * 800
    found, rest = placed([Segment(0, 150_000, text)], many)
    assert " ".join(segment.text for segment in found).split() == text.split()
    assert rest == []
    letters = [Segment(n, n + 1, "a") for n in range(600, 1_000)] * 10
    found, rest = placed(sorted(letters, key=lambda s: s.start), many)
    assert sum(len(s.text.split()) for s in [*found, *rest]) == len(letters)
