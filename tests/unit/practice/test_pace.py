import pytest

from audio_translation.audio.speech import Span
from audio_translation.practice.pace import pauses, words_per_minute


def test_pauses_lie_between_spans_of_speech_and_take_a_third_of_a_second() -> None:
    speech = [Span(500, 1_000), Span(1_300, 2_000), Span(2_100, 3_000), Span(3_000, 4_000)]
    assert pauses(speech) == [Span(1_000, 1_300)]
    assert pauses([]) == pauses(speech[:1]) == []


def test_the_pace_is_from_the_first_word_to_the_last_with_pauses() -> None:
    assert words_per_minute(10, [Span(1_000, 2_000), Span(4_000, 7_000)]) == 100
    assert words_per_minute(1, [Span(0, 350)]) == pytest.approx(171.4)


def test_where_nothing_is_said_there_is_no_pace() -> None:
    assert words_per_minute(0, [Span(0, 1_000)]) is None
    assert words_per_minute(3, []) is None
