"""The words of subtitles: how wide each is, and what a line break after it costs.

A line has 42 columns. A wide character (Chinese, Japanese, Korean) has two columns, so a line has
21 of them; subtitlers' guides ask for 16 to 21.

Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words. In these scripts a
"word" here ends wherever a line may be broken: a line must not begin with a closing mark, small
kana or vowel sign, nor end with an opening bracket or leading vowel. Such breaks have a high cost.
It is lower in Japanese from hiragana to another script, where a phrase often ends.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LINE = 42
"""Longest line, in columns."""


class Word(NamedTuple):
    """A word, or a part of one that is longer than a line."""

    text: str
    width: int
    """Columns."""

    space: bool
    """Whether there is a space before it."""

    cost: float
    """The cost of a cue that ends after it, 0 to 6; of a line that does, half as much."""


Words = tuple[Word, ...]


def words_of(text: str) -> Words:
    """Split a text at white space and where lines may be broken; control characters are removed."""
    parts = [
        (piece, number == 0, inner)
        for word in text.translate(_CONTROLS).split()
        for number, (piece, inner) in enumerate(_parts(word))
    ]
    following = [piece for piece, _, _ in parts[1:]] + [""] * bool(parts)
    return tuple(
        Word(piece, columns(piece), space, inner or _break_cost(piece, after))
        for (piece, space, inner), after in zip(parts, following, strict=True)
    )


def text_of(words: Sequence[Word]) -> str:
    """Return the words as one line of text."""
    return "".join(" " * word.space + word.text for word in words).removeprefix(" ")


def offsets(words: Sequence[Word]) -> tuple[list[int], list[int]]:
    """Return the starts and the ends of the words on one line, in columns."""
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for word in words:
        at += word.space if starts else 0
        starts.append(at)
        at += word.width
        ends.append(at)
    return starts, ends


def width(words: Sequence[Word]) -> int:
    """Return the columns of the words on one line."""
    return offsets(words)[1][-1] if words else 0


def columns(text: str) -> int:
    """Return the columns of a text: two for a wide character, one for any other."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def amount(text: str) -> int:
    """Return about how many words a text has, also in scripts without spaces."""
    scripts = [_script(char) for char in text]
    spaced = "".join(
        char if script == " " else " " for char, script in zip(text, scripts, strict=True)
    )
    east, south = sum(map(scripts.count, "HhK")), scripts.count("S")
    return len(spaced.split()) + -(-east // 2) + -(-south // 5)


# Scripts without spaces -------------------------------------------------------------------------

_CONTROLS = {
    code: " " if chr(code).isspace() else None for code in (*range(0x20), *range(0x7F, 0xA0))
}
_SENTENCE = (".", "!", "?", "…", "。", "！", "？", "؟", "।")  # noqa: RUF001
_CLAUSE = (",", ";", ":", "—", "–", "，", "、", "；", "：", "،")  # noqa: RUF001
_PUNCTUATION = re.escape("".join((*_SENTENCE, *_CLAUSE, "/", "-")))
_CLOSING = "\"'”’»)]}」』"  # noqa: RUF001
_WIDE_MARKS = "。，、！？；：」』）】》〉"  # noqa: RUF001
_NEVER_FIRST = (
    _WIDE_MARKS
    + "".join((*_SENTENCE, *_CLAUSE, _CLOSING))
    + "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々〻・ゝゞヽヾ％"  # noqa: RUF001
    + "ะาำๅๆฯະາຳຯໆ"
)
_NEVER_LAST = "「『（【《〈“‘([{«¿¡$＄￥" + "เแโใไເແໂໃໄ"  # noqa: RUF001
_JOINING = "\u1039\u17d2\u200d"
"""Virama, coeng and joiner: the characters before and after form one sign."""
_SCRIPTS = (
    (0x0E01, 0x0EDF, "S"),  # Thai, Lao
    (0x1000, 0x109F, "S"),  # Burmese
    (0x1780, 0x17FF, "S"),  # Khmer
    (0x3041, 0x309F, "h"),  # hiragana
    (0x30A1, 0x30FF, "K"),  # katakana
    (0x3005, 0x3007, "H"),
    (0x3400, 0x4DBF, "H"),  # Chinese characters
    (0x4E00, 0x9FFF, "H"),
    (0xF900, 0xFAFF, "H"),
    (0xFF66, 0xFF9F, "K"),
    (0x20000, 0x3FFFF, "H"),
)
_SCRIPT_CHANGE_COST = {
    "hH": 2,
    "hK": 2,
    "h ": 2,
    "HH": 4,
    "hh": 5,
    "SS": 5,
    "KK": 6,
    "Hh": 6,
    " h": 6,
}
"""Cost of a break between characters of two scripts; 3 for all other pairs."""


def _script(char: str) -> str:
    """Return a letter that stands for a script without spaces, a space for any other script."""
    code = ord(char)
    if code < _SCRIPTS[0][0]:
        return " "
    return next((script for first, last, script in _SCRIPTS if first <= code <= last), " ")


def _parts(word: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of a word between which a line may be broken, and the cost of the break.

    A cost of 0 means that of ``_break_cost``.
    """
    if word.isascii():
        yield from ((piece, 0) for piece in _pieces(word))
        return
    scripts = [_script(char) for char in word]
    begin = 0
    for at in range(1, len(word)):
        before, after = word[at - 1], word[at]
        pair = scripts[at - 1] + scripts[at]
        marked = before in _WIDE_MARKS
        if not (pair.strip() or marked) or not _may_break(before, after):
            continue
        cost = 0 if marked else _SCRIPT_CHANGE_COST.get(pair, 3)
        *rest, last = _pieces(word[begin:at])
        yield from ((piece, 0) for piece in rest)
        yield last, cost
        begin = at
    yield from ((piece, 0) for piece in _pieces(word[begin:]))


def _may_break(before: str, after: str) -> bool:
    """Return whether a line may be broken between two characters."""
    return not (
        after in _NEVER_FIRST
        or before in _NEVER_LAST
        or before in _JOINING
        or after in _JOINING
        or unicodedata.category(after)[0] == "M"
    )


def _pieces(word: str) -> list[str]:
    """Return the word; one longer than a line is cut at punctuation, then into equal parts."""
    if columns(word) <= LINE:
        return [word]
    clauses = re.findall(f"[^{_PUNCTUATION}]+[{_PUNCTUATION}]*|[{_PUNCTUATION}]+", word)
    return [piece for clause in clauses for piece in _equal_parts(clause)]


def _equal_parts(clause: str) -> Iterator[str]:
    """Yield the fewest parts that fit a line, of about the same width."""
    whole = columns(clause)
    room = max(2, -(-whole // -(-whole // LINE)))
    piece, used = "", 0
    for char in clause:
        wide = columns(char)
        if used + wide > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + char, used + wide
    yield piece


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


def _break_cost(word: str, following: str) -> float:
    """Return the cost of a break between two words, by English rules and punctuation."""
    lower, bare = word.lower(), word.rstrip(_CLOSING)
    if lower in _WITH_NEXT_WORD or re.fullmatch("[A-HJ-Z][.]", word):
        return 3
    if bare.endswith(_SENTENCE):
        return 0
    if bare.endswith(_CLAUSE) or not following:
        return 0.8
    if following.lower() in _CONJUNCTIONS:
        return 1.2
    return 1.6 if following.lower() in _PREPOSITIONS else 2
