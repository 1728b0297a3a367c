"""Words as lines hold them: none lost, none wider than a line, and breaks where they cost least."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.line_breaking import (
    LINE,
    amount,
    offsets,
    text_of,
    width,
    words_of,
)
from audio_translation.formats.writing.columns import columns

UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

texts = (
    st.text(max_size=200)
    | st.text(UNSEEN + DIRECTIONS + " a\t")
    | st.text("天気がコンเแกะá a.,-/", max_size=200)
)


@given(texts)
def test_the_words_are_the_text_without_controls_and_none_is_wider_than_a_line(text: str) -> None:
    words = words_of(text)
    kept = "".join(
        c for c in text if c.isspace() or not (c < " " or "\x7f" <= c < "\xa0" or c in DIRECTIONS)
    )
    line = "" if set(kept) <= {*UNSEEN, " ", "\t"} else " ".join(kept.split())
    assert text_of(words) == line
    assert all(word.width == (columns(word.text) or 1) <= LINE for word in words)
    assert all(0 <= word.cost <= 6 for word in words)


@given(texts)
def test_offsets_are_those_of_the_line_of_all_words(text: str) -> None:
    words = words_of(text)
    starts, ends = offsets(words)
    assert [end - start for start, end in zip(starts, ends, strict=True)] == [
        word.width for word in words
    ]
    assert width(words) >= columns(text_of(words))
    if all(columns(word.text) for word in words) and not set(text) & set(UNSEEN):
        assert width(words) == columns(text_of(words))


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("abc", 3), ("señor", 5), ("天気", 4), ("天a気", 5), ("한국어", 6)]
)
def test_a_wide_character_takes_two_columns(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("a b c", 3), ("天気", 1), ("天気天気天", 3), ("a 天気 b", 3)]
)
def test_about_two_characters_of_the_east_are_a_word(text: str, words: int) -> None:
    assert amount(text) == words


def test_a_break_costs_least_after_a_sentence_then_a_clause_and_most_after_an_article() -> None:
    costs = {word.text: word.cost for word in words_of("Yes. Well, bring the old dog")}
    assert costs["Yes."] == 0
    assert costs["Yes."] < costs["Well,"] < costs["bring"] < costs["the"]
    (before_a_conjunction, *_) = words_of("dogs and cats")
    (before_a_preposition, *_) = words_of("dogs of cats")
    assert before_a_conjunction.cost < before_a_preposition.cost < costs["bring"]


def test_japanese_is_parted_but_never_before_what_must_not_begin_a_line() -> None:
    pieces = [word.text for word in words_of("「今日は、」コーヒーっ。")]
    assert len(pieces) > 3
    assert not any(piece[0] in "、」ーっ。" for piece in pieces)
    assert not any(piece[-1] == "「" for piece in pieces)


def test_a_word_that_is_longer_than_a_line_is_cut_at_its_punctuation_or_evenly() -> None:
    address = "https://example.com/" + "a-path/" * 8
    assert all(word.text[-1] in ":/-.h" or word.text == "com/" for word in words_of(address))
    assert [word.width for word in words_of("x" * 50)] == [25, 25]
