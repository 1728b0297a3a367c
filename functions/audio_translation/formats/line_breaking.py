"""The words of subtitles: how wide each is, and what a line break after it costs.

A line has 42 columns, see ``writing/columns.py``, unless ``rules/`` say otherwise: 21 of the wide
characters of Chinese, Japanese and Korean. In scripts without spaces between words a "word" here
ends wherever a line may be broken, see ``writing/word_breaks.py``.
"""

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from audio_translation.formats.rules.small_words import small_words
from audio_translation.formats.writing.columns import columns
from audio_translation.formats.writing.direction import embedded
from audio_translation.formats.writing.word_breaks import (
    CLAUSE,
    CLOSING,
    SENTENCE,
    dictionary_breaks,
    parts,
    script,
)
from audio_translation.scripts import joined

LINE = 42
"""Longest line, in columns, where nothing else is asked for."""


class Word(NamedTuple):
    """A word, or a part of one that is longer than a line."""

    text: str
    width: int
    """Columns, one at least."""

    space: bool
    """Whether there is a space before it."""

    cost: float
    """The cost of a cue that ends after it, 0 to 6; of a line that does, half as much."""

    from_right: bool = False
    """Whether the lines of its text run from right to left."""


Words = tuple[Word, ...]


def words_of(text: str) -> Words:
    """Split a text at white space and where lines may be broken; controls are removed."""
    return words_of_all([text], [False])[0]


def words_of_all(
    texts: Sequence[str],
    from_right: Sequence[bool],
    languages: Sequence[str | None] | None = None,
    line: int = LINE,
) -> list[Words]:
    """Return the words of each text, whose lines run from right to left or do not.

    ``languages`` are the texts' own as OpenAI names them; ``line`` is the longest line's columns.
    """
    plain = [_one_line(text) for text in texts]
    breaks = dictionary_breaks(plain)
    small = [small_words(language) for language in languages or [None] * len(texts)]
    return [
        _words(text, places, right, line, bound) if text else ()
        for text, places, right, bound in zip(plain, breaks, from_right, small, strict=True)
    ]


def text_of(words: Sequence[Word]) -> str:
    """Return the words as one line of text."""
    return "".join([f" {word.text}" if word.space else word.text for word in words]).lstrip(" ")


def line_of(words: Sequence[Word]) -> str:
    """Return the words as one line on screen, which says so if it runs from right to left."""
    line = text_of(words)
    return embedded(line) if words and words[0].from_right else line


def offsets(words: Sequence[Word]) -> tuple[list[int], list[int]]:
    """Return the starts and the ends of the words on one line, in columns."""
    starts: list[int] = []
    ends: list[int] = []
    at = -words[0].space if words else 0
    for word in words:
        at += word.space
        starts.append(at)
        at += word.width
        ends.append(at)
    return starts, ends


def width(words: Sequence[Word]) -> int:
    """Return the columns of the words on one line."""
    return sum([word.width + word.space for word in words]) - words[0].space if words else 0


def amount(text: str) -> int:
    """Return about how many words a text has, also in scripts without spaces."""
    scripts = [script(char) for char in text]
    spaced = "".join(
        char if script == " " else " " for char, script in zip(text, scripts, strict=True)
    )
    east, south = sum(map(scripts.count, "HhK")), scripts.count("S")
    return len(spaced.split()) + -(-east // 2) + -(-south // 5)


_CONTROLS = {
    code: " " if chr(code).isspace() else None for code in (*range(0x20), *range(0x7F, 0xA0))
} | dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Those of Unicode's for pairs of directions, too: half of a pair would turn the rest of a line."""
_UNSEEN = re.compile("[ \u00ad\u200b-\u200f\u2060-\u2064\ufeff]*")


def _one_line(text: str) -> str:
    """Return a text without controls, with single spaces; nothing if nothing of it is seen."""
    if "\n" in text:
        text = joined([text])
    line = " ".join(text.translate(_CONTROLS).split())
    return line if line.isprintable() or not _UNSEEN.fullmatch(line) else ""


def _words(
    text: str,
    breaks: Sequence[int],
    from_right: bool,  # noqa: FBT001
    line: int,
    small: Set[str],
) -> Words:
    """Return the words of a text without controls, with single spaces."""
    found: list[tuple[str, bool, float]] = []
    at = 0
    for word in text.split(" "):
        space = True
        for piece, cost in parts(word, breaks, at, line):
            found.append((piece, space, cost))
            space = False
        at += len(word) + 1
    following = [piece for piece, _, _ in found[1:]]
    return tuple(
        Word(
            piece,
            min(columns(piece) or 1, line),  # one sign may be wider: twenty vowels of one letter
            space,
            cost or _break_cost(piece, after, small),
            from_right,
        )
        for (piece, space, cost), after in zip(found, [*following, ""], strict=True)
    )


# Words with spaces between them -----------------------------------------------------------------


def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CONJUNCTIONS = _vocabulary("""
and but or nor so yet because although though while when where who which that whether if unless
until since than &""")
_PREPOSITIONS = _vocabulary("""
of to in on at by for from with without into onto over under about after before between through
during against among like as""")
_ATTRIBUTES = _vocabulary("""
a an the my your his her its our their this these those some any no every each very more most i you
he she it we they is are was were am be been has have had do does did will would can could should
may might must not i'm it's we're they're you're don't mr. mrs. ms. dr. prof. st. vs. e.g. i.e.""")
_WITH_NEXT_WORD = _CONJUNCTIONS | _PREPOSITIONS | _ATTRIBUTES
"""English words that belong on the same line as the next word."""


_MARKS = frozenset("".join((*SENTENCE, *CLAUSE)) + CLOSING + "»›%-")  # noqa: RUF001
_OPENING = frozenset("«‹„“‘([{¿¡")  # noqa: RUF001
_DASHES = frozenset("-–—")  # noqa: RUF001


def _break_cost(word: str, following: str, small: Set[str]) -> float:
    """Return the cost of a break between two words, by English rules and punctuation.

    Marks that stand alone, as they do in French, stay with what they belong to.
    """
    if following and not following[0].isalnum() and (cost := _cost_before_mark(following)):
        return cost
    if small and word.lower() in small:
        return 3
    cost_after = _cost_after(word)
    if cost_after is None:
        return _cost_before(following) if following else 0.8
    return cost_after


@lru_cache(maxsize=1024)
def _cost_before_mark(word: str) -> float:
    """Return the cost of a break before a word that is a closing mark, 0 for any other word."""
    if not _MARKS.issuperset(word):
        return 0
    return 4 if _DASHES.issuperset(word) else 6


@lru_cache(maxsize=4096)
def _cost_after(word: str) -> float | None:
    """Return the cost of a break after a word, None if the word after it counts.

    A space in Thai, Lao, Khmer or Burmese stands where other scripts have a comma or a full stop.
    """
    if word.lower() in _WITH_NEXT_WORD or re.fullmatch("[A-HJ-Z][.]", word):
        return 3
    if _OPENING.issuperset(word):
        return 6
    bare = word.rstrip(CLOSING)
    if bare.endswith(SENTENCE):
        return 0
    return 0.8 if bare.endswith(CLAUSE) or script(bare[-1:]) == "S" else None


@lru_cache(maxsize=4096)
def _cost_before(word: str) -> float:
    if word.lower() in _CONJUNCTIONS:
        return 1.2
    return 1.6 if word.lower() in _PREPOSITIONS else 2
