"""Words as lines of subtitles hold them: how wide they are, and what a break after one costs.

A line has 42 columns. A wide character (Chinese, Japanese, Korean) takes two of them, so that 21 of
those are a line: subtitlers' guides ask for 16 to 21.

Chinese and Japanese put no space between words, nor do Thai, Lao, Khmer and Burmese. There a word
is what may stand at the end of a line: no closing mark, small kana or vowel sign begins one, and no
opening bracket or leading vowel ends one. A break after such a word is dear, less so where Japanese
goes from hiragana to another script, because there a phrase mostly ends.
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
    """Whether a space comes before it."""

    cost: float
    """What it costs to end a cue, or half as much a line, after it: 0 to 6."""


Words = tuple[Word, ...]


def words_of(text: str) -> Words:
    """The words of a text; controls are dropped, any white space parts them."""
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
    """The words as a line."""
    return "".join(" " * word.space + word.text for word in words).removeprefix(" ")


def offsets(words: Sequence[Word]) -> tuple[list[int], list[int]]:
    """Where each word starts and ends in the line of all, in columns."""
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
    """Columns of the line of all words."""
    return offsets(words)[1][-1] if words else 0


def columns(text: str) -> int:
    """How wide a text is: two for a wide character, one for any other."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def amount(text: str) -> int:
    """About how many words a text has, in scripts without spaces, too."""
    scripts = [_script(char) for char in text]
    spaced = "".join(
        char if script == " " else " " for char, script in zip(text, scripts, strict=True)
    )
    east, south = sum(map(scripts.count, "HhK")), scripts.count("S")
    return len(spaced.split()) + -(-east // 2) + -(-south // 5)


# Words that are written together ----------------------------------------------------------------

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
"""Virama, coeng and joiner: what follows is one sign with what is before."""
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
_WITHIN = {"hH": 2, "hK": 2, "h ": 2, "HH": 4, "hh": 5, "SS": 5, "KK": 6, "Hh": 6, " h": 6}
"""What a break between characters of two scripts costs; of all other pairs, 3."""


def _script(char: str) -> str:
    """A letter for a script that is written without spaces, a space for any other."""
    code = ord(char)
    if code < _SCRIPTS[0][0]:
        return " "
    return next((script for first, last, script in _SCRIPTS if first <= code <= last), " ")


def _parts(word: str) -> Iterator[tuple[str, int]]:
    """What may be parted of a word, and what that costs; 0: what it would after any word."""
    if word.isascii():
        yield from ((piece, 0) for piece in _pieces(word))
        return
    scripts = [_script(char) for char in word]
    begin = 0
    for at in range(1, len(word)):
        before, after = word[at - 1], word[at]
        pair = scripts[at - 1] + scripts[at]
        marked = before in _WIDE_MARKS
        if not (pair.strip() or marked) or not _may_part(before, after):
            continue
        cost = 0 if marked else _WITHIN.get(pair, 3)
        *rest, last = _pieces(word[begin:at])
        yield from ((piece, 0) for piece in rest)
        yield last, cost
        begin = at
    yield from ((piece, 0) for piece in _pieces(word[begin:]))


def _may_part(before: str, after: str) -> bool:
    return not (
        after in _NEVER_FIRST
        or before in _NEVER_LAST
        or before in _JOINING
        or after in _JOINING
        or unicodedata.category(after)[0] == "M"
    )


def _pieces(word: str) -> list[str]:
    """A word that fits a line, or pieces of one that does not: by punctuation, then by length."""
    if columns(word) <= LINE:
        return [word]
    clauses = re.findall(f"[^{_PUNCTUATION}]+[{_PUNCTUATION}]*|[{_PUNCTUATION}]+", word)
    return [piece for clause in clauses for piece in _even(clause)]


def _even(clause: str) -> Iterator[str]:
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


# Words with spaces between ----------------------------------------------------------------------


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
_LEANING = _CONJUNCTIONS | _PREPOSITIONS | _ATTRIBUTES
"""English words that want the next one on the same line."""


def _break_cost(word: str, following: str) -> float:
    said, bare = word.lower(), word.rstrip(_CLOSING)
    if said in _LEANING or re.fullmatch("[A-HJ-Z][.]", word):
        return 3
    if bare.endswith(_SENTENCE):
        return 0
    if bare.endswith(_CLAUSE) or not following:
        return 0.8
    if following.lower() in _CONJUNCTIONS:
        return 1.2
    return 1.6 if following.lower() in _PREPOSITIONS else 2
