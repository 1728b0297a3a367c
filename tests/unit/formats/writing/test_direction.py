"""Which lines run from right to left, and what they say to players that do not know it."""

import pytest

from audio_translation.formats.cues import lay_out
from audio_translation.formats.writing.direction import embedded, from_right
from audio_translation.transcript import Segment


def alone(text: str, language: str | None = None) -> bool:
    return from_right([text], [language]) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "שלום.",
        "مرحبا.",
        "سلام دنیا.",
        "یہ اردو ہے۔",  # noqa: RUF001
        "ܫܠܡܐ.",
        "ދިވެހި.",
        "ߒߞߏ.",
        "𞤀𞤣𞤤𞤢𞤥.",
        "ࡌࡀࡍࡃࡀ.",
        "ࠔࠌࠓࠉࠌ.",
        "𐴌𐴟.",
        "NASA שיגרה לוויין.",
        "1995 הייתה שנה טובה.",
    ],
)
def test_every_script_from_right_to_left_is_known(text: str) -> None:
    assert alone(text)


@pytest.mark.parametrize(
    "text", ["", "Hello.", "1995.", "你好。", "שלום means hello in Hebrew.", "…"]
)
def test_all_other_text_is_left_alone(text: str) -> None:
    assert not alone(text)


def test_the_language_counts_where_a_text_has_letters_of_both_directions() -> None:
    said = "Johnson Space Center הודיע."
    assert not alone(said)
    assert alone(said, "hebrew")
    assert not alone("Johnson Space Center.", "hebrew")


def test_texts_of_numbers_and_short_ones_run_as_most_of_the_texts_do() -> None:
    texts = ["שלום לכולם, ברוכים הבאים.", "1995!", "Johnson Space Center הודיע.", "OK.", "♪"]
    assert from_right(texts, [None] * 5) == [True, True, True, False, True]
    texts = ["Hello everybody, and welcome.", "1995!", "שלום"]
    assert from_right(texts, [None] * 3) == [False, False, True]


def test_every_line_of_a_text_is_embedded_also_one_without_a_letter_of_its_own() -> None:
    said = "הלוויינים החדשים נמצאים כבר בחלל והם של NASA Johnson Space Center."
    (cue,) = lay_out([Segment(0, 5000, said)])
    assert len(cue.lines) == 2
    assert all(line == embedded(line[1:-1]) for line in cue.lines)
    assert " ".join(line[1:-1] for line in cue.lines) == said


def test_an_embedding_that_the_text_brings_is_not_doubled_or_left_open() -> None:
    (cue,) = lay_out([Segment(0, 5000, "\u202bשלום\u202c \u2067לכולם\u2069 \u202e!")])  # noqa: RUF001
    assert cue.lines == (embedded("שלום לכולם !"),)


def test_a_cue_of_two_segments_embeds_each_line_by_its_own_direction() -> None:
    cues = lay_out(
        [Segment(0, 500, "שלום."), Segment(500, 900, "1995."), Segment(900, 1500, "OK.")]
    )
    assert [cue.lines for cue in cues] == [(embedded("שלום. 1995."),), ("OK.",)]
