"""The times of words: those that the provider gave, and shares of the rest."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.words import with_words, words
from audio_translation.transcript import Segment, Translation, Word


def timed(*segments: Segment, heard: tuple[Word, ...] = ()) -> list[tuple[str, int, int]]:
    translation = Translation(segments, "spanish", 60_000, "whisper-1", words=heard)
    return [(word.text, word.start, word.end) for word in words(translation)]


def test_without_the_providers_words_times_follow_from_lengths() -> None:
    assert timed(Segment(1000, 2000, " ¡Hola, mundo! Sí")) == [
        ("Hola", 1000, 1363),
        ("mundo", 1363, 1818),
        ("Sí", 1818, 2000),
    ]


def test_words_have_the_times_that_the_provider_gave() -> None:
    heard = Word(1100, 1300, "hola"), Word(1400, 1900, " Mundo.")
    assert timed(Segment(1000, 2000, "Hola, mundo."), heard=heard) == [
        ("Hola", 1100, 1300),
        ("mundo", 1400, 1900),
    ]


def test_words_between_those_of_the_provider_share_what_is_left() -> None:
    heard = Word(0, 100, "uno"), Word(600, 700, "cuatro")
    assert timed(Segment(0, 1000, "uno dos tres cuatro cinco"), heard=heard) == [
        ("uno", 0, 100),
        ("dos", 100, 314),
        ("tres", 314, 600),
        ("cuatro", 600, 700),
        ("cinco", 700, 1000),
    ]


def test_words_of_another_time_are_not_taken_for_those_of_a_segment() -> None:
    heard = (Word(9000, 9500, "hola"),)
    assert timed(Segment(0, 1000, "hola"), heard=heard) == [("hola", 0, 1000)]


def test_times_outside_of_the_segment_are_moved_to_its_edges() -> None:
    heard = Word(0, 400, "hola"), Word(700, 1700, "mundo")
    assert timed(Segment(300, 1000, "hola mundo"), heard=heard) == [
        ("hola", 300, 400),
        ("mundo", 700, 1000),
    ]


def test_letters_take_the_place_of_words_where_there_are_no_spaces() -> None:
    heard = (Word(200, 400, "你好"),)
    assert timed(Segment(0, 1000, "你好。世界"), heard=heard) == [
        ("你", 200, 300),
        ("好", 300, 400),
        ("世", 400, 700),
        ("界", 700, 1000),
    ]


@pytest.mark.parametrize("text", ["", " ", "… — !", "-->"])
def test_signs_alone_are_no_words(text: str) -> None:
    assert timed(Segment(0, 1000, text)) == []


def test_a_word_whose_times_were_not_heard_is_marked_as_estimated() -> None:
    heard = Word(0, 100, "uno"), Word(600, 700, "cuatro"), Word(700, 900, "cinco-seis siete")
    spoken = Segment(0, 1000, "uno dos cuatro siete")
    translation = Translation((spoken,), "spanish", 1000, "whisper-1", words=heard)
    assert [(word.text, word.estimated) for word in words(translation)] == [
        ("uno", False),
        ("dos", True),
        ("cuatro", False),
        ("siete", True),
    ]


def test_an_object_has_its_words_and_those_of_each_segment() -> None:
    spoken = Segment(0, 1000, "Hola, mundo."), Segment(1000, 1500, "…"), Segment(2000, 3000, "Sí.")
    heard = (Word(2100, 2500, "sí"),)
    translation = Translation(spoken, "spanish", 3000, "whisper-1", words=heard)
    first = [
        {"word": "Hola", "start": 0.0, "end": 0.444, "estimated": True},
        {"word": "mundo", "start": 0.444, "end": 1.0, "estimated": True},
    ]
    last = [{"word": "Sí", "start": 2.1, "end": 2.5}]
    assert with_words({"text": "…"}, translation) == {"text": "…", "words": first + last}
    body = {"text": "…", "segments": [{"id": 0}, {"id": 1}, {"id": 2}]}
    assert with_words(body, translation)["segments"] == [
        {"id": 0, "words": first},
        {"id": 1, "words": []},
        {"id": 2, "words": last},
    ]


_HEARD = st.lists(
    st.builds(
        lambda start, length, text: Word(start, start + length, text),
        st.integers(0, 5000),
        st.integers(0, 900),
        st.sampled_from(["uno", "dos", "Tres,", "你好", "", "uno dos"]),
    )
)


@given(st.lists(st.sampled_from(["uno", "dos.", "¡tres", "你好"]), max_size=12), _HEARD)
def test_every_word_is_there_in_order_within_its_segment(texts: list[str], heard: object) -> None:
    assert isinstance(heard, list)
    segment = Segment(1000, 4000, " ".join(texts))
    in_order = tuple(sorted(heard, key=lambda word: word.start))
    found = timed(segment, heard=in_order)
    assert "".join(text for text, _, _ in found) == "".join(
        sign for text in texts for sign in text if sign.isalnum()
    )
    assert all(1000 <= start <= end <= 4000 for _, start, end in found)
    assert all(one[2] <= two[1] for one, two in pairwise(found))


def test_more_than_can_be_compared_has_times_by_its_lengths() -> None:
    """A provider that says one word for ever costs seconds, not hours."""
    said = "you " * 4_000
    heard = tuple(Word(at, at + 1, "you") for at in range(4_000))
    found = timed(Segment(0, 60_000, said), Segment(60_000, 61_000, "you"), heard=heard)
    assert len(found) == 4_001
    assert found[1] == ("you", 15, 30)


def test_what_can_be_compared_is_compared_behind_what_cannot() -> None:
    heard = (*(Word(at, at + 1, "you") for at in range(4_000)), Word(60_300, 60_400, "then"))
    found = timed(Segment(0, 60_000, "you " * 4_000), Segment(60_000, 61_000, "then"), heard=heard)
    assert found[-1] == ("then", 60_300, 60_400)
