"""What an engine left in the spoken language is found, and replaced by what is better."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.checks.untranslated import (
    mark_untranslated,
    replace_if_better,
    untranslated_runs,
)

SPEECH = Chunk(10_000, 70_000, (Span(10_500, 30_000), Span(31_000, 50_000), Span(52_000, 69_500)))
ECHO = "Lo siento es una extensión inválida."


def is_foreign(text: str) -> bool:
    return "lo siento" in text.lower()


def translation(*segments: tuple[int, int, str]) -> Translation:
    return Translation(tuple(Segment(*s) for s in segments), "english", 60_000, "whisper-1")


def test_echoes_in_a_row_are_one_question_about_their_speech_on_the_chunks_clock() -> None:
    said = translation(
        (0, 12_000, "Hello."),
        (18_000, 30_000, ECHO),
        (30_000, 41_000, ECHO),
        (41_000, 43_000, "Good bye."),
        (43_000, 60_000, ECHO),
    )
    first, second = untranslated_runs(SPEECH, said, is_foreign)
    assert first.span == Span(18_000, 40_000)
    assert first.text == f"{ECHO} {ECHO}"
    assert second.span == Span(43_000, 59_500)


def test_english_and_what_is_too_short_to_tell_is_not_asked_again() -> None:
    said = translation((18_000, 19_000, "Lo siento"), (19_000, 20_000, "Hello."))
    assert untranslated_runs(SPEECH, said, is_foreign) == []
    assert untranslated_runs(SPEECH, translation(), is_foreign) == []


def test_an_echo_beyond_the_chunk_and_outside_of_its_speech_stays_in_the_chunk() -> None:
    (echo,) = untranslated_runs(SPEECH, translation((-500, 90_000, ECHO)), is_foreign)
    assert echo.span == Span(500, 59_500)
    (echo,) = untranslated_runs(SPEECH, translation((40_200, 41_800, ECHO)), is_foreign)
    assert echo.span == Span(40_200, 41_800)


def test_a_second_answer_in_english_takes_the_place_of_the_echo() -> None:
    said = translation((0, 12_000, "Hello."), (18_000, 30_000, ECHO), (30_000, 50_000, "Good bye."))
    (echo,) = untranslated_runs(SPEECH, said, is_foreign)
    answer = translation((0, 4_000, "I am sorry,"), (4_000, 99_000, "that extension is invalid."))
    better = replace_if_better(said, echo, answer, is_foreign)
    assert [(s.start, s.end, s.text) for s in better.segments] == [
        (0, 12_000, "Hello."),
        (18_000, 22_000, "I am sorry,"),
        (22_000, 30_000, "that extension is invalid."),
        (30_000, 50_000, "Good bye."),
    ]


@pytest.mark.parametrize("again", ["", "Sorry.", ECHO, f"I am sorry. {ECHO}"])
def test_a_second_answer_that_is_no_better_changes_nothing(again: str) -> None:
    said = translation((0, 12_000, "Hello."), (18_000, 30_000, ECHO))
    (echo,) = untranslated_runs(SPEECH, said, is_foreign)
    assert replace_if_better(said, echo, translation((0, 9_000, again)), is_foreign) == said


def test_what_an_engine_marked_itself_is_asked_again_however_short() -> None:
    said = Translation((Segment(18_000, 19_000, "Vale.", untranslated=True),), "en", 60_000, "m")
    (echo,) = untranslated_runs(SPEECH, said, is_foreign)
    assert echo.span == Span(18_000, 19_000)
    again = Translation((Segment(0, 900, "Vale.", untranslated=True),), "en", 1_000, "m")
    assert replace_if_better(said, echo, again, is_foreign) == said
    better = replace_if_better(said, echo, translation((0, 900, "All right.")), is_foreign)
    assert [(s.text, s.untranslated) for s in better.segments] == [("All right.", False)]


def test_a_second_answer_without_spaces_is_not_taken_for_a_short_one() -> None:
    said = translation((18_000, 30_000, ECHO))
    (echo,) = untranslated_runs(SPEECH, said, is_foreign)
    answers = ["申し訳ありませんが、その内線番号は無効です。", "ขออภัย หมายเลขต่อไม่ถูกต้อง"]
    for text in answers:
        better = replace_if_better(said, echo, translation((0, 9_000, text)), is_foreign)
        assert [s.text for s in better.segments] == [text]
    for text in ("は。", "ไม่"):
        assert replace_if_better(said, echo, translation((0, 9_000, text)), is_foreign) == said


def test_what_is_left_is_marked_and_counted_in_a_warning() -> None:
    said = translation((0, 12_000, "Lo siento"), (12_000, 13_000, "Hello."), (20_000, 20_000, ECHO))
    left = mark_untranslated(SPEECH, said, is_foreign)
    assert [s.untranslated for s in left.segments] == [False, False, True]
    both = mark_untranslated(
        SPEECH, translation((0, 9_000, ECHO), (9_000, 19_000, ECHO)), is_foreign
    )
    assert both.untranslated_segments == 2
    clean = translation((0, 12_000, "Hello."))
    assert mark_untranslated(SPEECH, clean, is_foreign) == clean


@given(
    drawn=st.lists(
        st.tuples(
            st.integers(-1_000, 70_000),
            st.integers(0, 20_000),
            st.sampled_from(["Hello.", ECHO, "", "Lo siento"]),
        ),
        max_size=10,
    )
)
def test_questions_are_apart_within_the_chunk_and_nothing_in_english_is_lost(
    drawn: list[tuple[int, int, str]],
) -> None:
    said = translation(*((start, start + length, text) for start, length, text in drawn))
    found = untranslated_runs(SPEECH, said, is_foreign)
    for echo in found:
        assert 0 <= echo.span.start <= echo.span.end <= SPEECH.length
    for one, other in itertools.combinations(found, 2):
        assert not set(map(id, one.segments)) & set(map(id, other.segments))
    whole = said
    for echo in found:
        answer = translation((0, 60_000, "word " * 99))
        whole = replace_if_better(whole, echo, answer, is_foreign) if echo.span.length else whole
    kept = [s.text for s in whole.segments if s.text == "Hello."]
    assert kept == [text for _, _, text in drawn if text == "Hello."]
