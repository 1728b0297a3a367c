"""Which texts of a segment are shown, and the spaces between those of two segments."""

from audio_translation.formats.cues import lay_out
from audio_translation.formats.line_breaking import text_of
from audio_translation.formats.writing.shown_texts import shown
from audio_translation.transcript import Segment


def test_a_source_is_shown_above_a_translation_that_differs() -> None:
    segments = [
        Segment(3000, 4000, "Good.", source="Bueno.", spoken="es"),
        Segment(-500, 1000, " OK. ", source="OK."),
        Segment(2000, 2500, " \u200b ", source="Eh."),
    ]
    found = shown(segments)
    assert [(s.start, s.end, [text_of(text) for text in s.texts]) for s in found] == [
        (0, 1000, ["OK."]),
        (3000, 4000, ["Bueno.", "Good."]),
    ]


def test_texts_that_are_joined_in_a_cue_have_a_space_only_where_their_scripts_have_one() -> None:
    def together(*texts: str) -> list[tuple[str, ...]]:
        segments = [Segment(400 * n, 400 * n + 400, text) for n, text in enumerate(texts)]
        return [cue.lines for cue in lay_out(segments)]

    assert together("です。", "これは") == [("です。これは",)]
    assert together("好", "NASA") == [("好 NASA",)]
    assert together("好。", "NASA") == [("好。NASA",)]
    assert together("ครับ", "ค่ะ") == [("ครับค่ะ",)]
    assert together("Yes.", "No.") == [("Yes. No.",)]


def test_both_rows_of_bilingual_cues_are_joined_by_their_own_scripts() -> None:
    segments = [
        Segment(0, 400, "Yes.", source="はい。", spoken="ja"),
        Segment(400, 800, "No.", source="いいえ。", spoken="ja"),
    ]
    assert [cue.lines for cue in lay_out(segments)] == [("はい。いいえ。", "Yes. No.")]


def test_the_language_of_each_text_is_its_own() -> None:
    said = Segment(0, 4000, "NASA Johnson ו", source="NASA Johnson ו", spoken="he")  # noqa: RUF001
    assert not shown([said])[0].texts[0][0].from_right
    assert shown([said], "hebrew")[0].texts[0][0].from_right
    (two,) = shown([Segment(0, 4000, "NASA.", source="NASA Johnson ו", spoken="he")], "english")  # noqa: RUF001
    assert [text[0].from_right for text in two.texts] == [True, False]
