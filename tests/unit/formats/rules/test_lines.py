"""The lines of a cue: as few as can be, balanced, broken where it is read best."""

from audio_translation.formats.line_breaking import offsets, width, words_of
from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.rules.lines import cue_reach, fits, lines_of

NARROW = Rules(line=20, lines=4)
TEXT = "one two three four five six seven eight nine ten eleven twelve"


def test_a_text_has_as_few_lines_as_it_needs() -> None:
    words = words_of(TEXT)
    assert len(lines_of(words, Rules(line=70))) == 1
    assert len(lines_of(words, Rules(line=42))) == 2
    assert len(lines_of(words, NARROW)) == 4
    assert " ".join(lines_of(words, NARROW)) == TEXT
    assert all(len(line) <= 20 for line in lines_of(words, NARROW))


def test_three_lines_are_about_as_long_as_each_other() -> None:
    lines = lines_of(words_of(TEXT), Rules(line=28, lines=3))
    assert len(lines) == 3
    assert max(map(len, lines)) - min(map(len, lines)) <= 6


def test_no_short_word_is_alone_on_a_line() -> None:
    text = "We have been looking for him everywhere, Bob."
    assert lines_of(words_of(text), Rules()) == ("We have been looking", "for him everywhere, Bob.")


def test_a_text_fits_a_cue_only_if_its_words_fit_the_lines() -> None:
    words = words_of("aaaaaaaaaaa bbbbbbbbbbb ccccccccccc")
    assert width(words) == 35
    assert not fits(words, Rules(line=20, lines=2))
    assert fits(words, Rules(line=23, lines=2))
    assert cue_reach(*offsets(words), Rules(line=23, lines=1)) == [2, 3, 3, 3]
