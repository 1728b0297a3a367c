"""Scripts without spaces between words: in them a letter takes the place of a word."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

_EAST = r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_SOUTH = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"

LETTER = f"[{_EAST}{_SOUTH}]"
"""A letter of Thai, Lao, Burmese, Khmer, Japanese or Chinese, as a regular expression."""

_WORD = re.compile(rf"(?:{LETTER}[^\w\s]*|(?:(?!{LETTER})\S)+)\s*")
_UNSPACED = re.compile(LETTER)
_EASTERN = re.compile(f"[{_EAST}]")
_FULL_WIDTH_MARK = re.compile(
    r"[\u3001-\u3003\u3008-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)


def words_of(text: str) -> list[str]:
    """Return the words of a text, each with the white space after it.

    A letter of a script without spaces is one, with its marks and what punctuation follows.
    """
    return _WORD.findall(text.strip())


def is_letter(word: str) -> bool:
    """Return whether a word begins with a letter of a script without spaces."""
    return _UNSPACED.match(word) is not None


def joined(texts: Iterable[str]) -> str:
    """Return texts as one line, with a blank between two of them where their scripts have one.

    The lines of a text are joined in the same way.
    """
    parts: list[str] = []
    before = ""
    for line in chain.from_iterable(map(str.splitlines, texts)):
        words = " ".join(line.split())
        if not words:
            continue
        if parts and blank_between(before, words):
            parts.append(" ")
        parts.append(words)
        before = words if _last_letter(words) else _last_letter(before) + words
    return "".join(parts)


def blank_between(before: str, after: str) -> bool:
    """Return whether a blank belongs between two texts, of which neither is blank.

    None does where both are written without spaces; marks and digits go with the letters beside
    them. Only Thai, Lao, Khmer and Burmese have one after the mark that ends a sentence. Where one
    text is in such a script and the other is not, there is a blank, as Chinese editors set it
    beside Latin letters, but not beside a full-width mark, whose own room is enough (W3C,
    Requirements for Chinese Text Layout, Requirements for Japanese Text Layout).
    """
    if before.isascii() and after.isascii():
        return True
    last, first = before.rstrip()[-1:], after.lstrip()[:1]
    left, right = _last_letter(before), _first_letter(after)
    left_unspaced, right_unspaced = map(_UNSPACED.match, (left or right, right or left))
    if left_unspaced and right_unspaced:
        return unicodedata.category(last)[0] == "P" and not _EASTERN.match(left or right)
    if left_unspaced or right_unspaced or not (left or right):
        return not (_FULL_WIDTH_MARK.match(last) or _FULL_WIDTH_MARK.match(first))
    return True


def _last_letter(text: str) -> str:
    return next((char for char in reversed(text) if char.isalpha()), "")


def _first_letter(text: str) -> str:
    return next(filter(str.isalpha, text), "")
