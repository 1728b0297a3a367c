"""Where a line may be broken in scripts without spaces between words, and what that costs.

- Chinese and Japanese: between characters, but a line must not begin with a closing mark or small
  kana, nor end with an opening bracket. It costs less in Japanese from hiragana to another script,
  where a phrase often ends.
- Thai, Lao, Khmer and Burmese: between words, by the dictionaries of ICU, and so in all others that
  Unicode calls "complex context" or "aksara" (UAX 14): Tibetan after a tsheg, Javanese and Balinese
  between syllables. No other library has the four; one for each would be larger together, and
  differ from ICU. It is imported for texts that need it: 5 ms and 6 MB of memory.
- A word that is longer than a line is cut at its punctuation, or else evenly; never in a sign.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate

from audio_translation.formats.writing.columns import columns, signs

SENTENCE = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "။", "។")  # noqa: RUF001
CLAUSE = (",", ";", ":", "—", "–", "，", "、", "；", "：", "،", "؛", "၊")  # noqa: RUF001
CLOSING = "\"'”’»)]}」』"  # noqa: RUF001
_PUNCTUATION = re.escape("".join((*SENTENCE, *CLAUSE, "/", "-")))
_WIDE_MARKS = "。，、！？；：」』）】》〉"  # noqa: RUF001
_NEVER_FIRST = (
    _WIDE_MARKS
    + "".join((*SENTENCE, *CLAUSE, CLOSING))
    + "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々〻・ゝゞヽヾ％ﾞﾟ"  # noqa: RUF001
    + "ะาำๅๆฯະາຳຯໆៗ"
)
_NEVER_LAST = "「『（【《〈“‘([{«¿¡$＄￥" + "เแโใไເແໂໃໄ"  # noqa: RUF001
_JOINING = "\u1039\u17d2\u200d\u2060"
"""Virama, coeng and joiners: the characters before and after belong together."""
_MOST_HELD = 16
"""Signs that are kept together at most: what is longer is no word."""
_ASAT = "\u103a"  # Burmese: its consonant ends the syllable before

_SOUTH = (
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1bff"
    "\ua980-\ua9ff\uaa00-\uaadf\U00011f00-\U00011f5f]"
)
_FROM_DICTIONARY = re.compile(_SOUTH)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCRIPTS = (
    (re.compile(_SOUTH), "S"),
    (re.compile("[\u3041-\u309f]"), "h"),
    (re.compile("[\u30a1-\u30ff\uff66-\uff9f]"), "K"),
    (
        re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
        "H",
    ),
)
_EASTERN = re.compile(
    rf"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    rf"\U00020000-\U0003ffff{_WIDE_MARKS}]"
)
_SCRIPT_CHANGE_COST = {"hH": 2, "hK": 2, "h ": 2, "HH": 4, "hh": 5, "KK": 6, "Hh": 6, " h": 6}
"""Cost of a break between characters of two scripts; 3 for all other pairs."""
_WORD_COST = 2.2
"""Cost of a break between two words of the dictionary: a space is a better place."""


@cache
def script(char: str) -> str:
    """Return a letter that stands for a script without spaces, a space for any other script."""
    return next((name for chars, name in _SCRIPTS if chars.match(char)), " ")


def dictionary_breaks(texts: Sequence[str]) -> list[list[int]]:
    """Return for each text, which is one line, where ICU would break it, if it needs a dictionary.

    All texts are looked at together, because a look costs more than a hundred characters.
    """
    found: list[list[int]] = [[]] * len(texts)
    numbers = [number for number, text in enumerate(texts) if _FROM_DICTIONARY.search(text)]
    if not numbers:
        return found
    from icu4py.breakers import LineBreaker  # noqa: PLC0415

    lines = [_SURROGATE.sub("\ufffd", texts[number]) for number in numbers]
    # Its `segments()` count an emoji as two; its pieces are measured here.
    breaks = list(accumulate(map(len, LineBreaker("\n".join(lines), "en"))))
    ends = accumulate(len(line) + 1 for line in lines)
    at = 0
    for number, end in zip(numbers, ends, strict=True):
        start, first = end - len(texts[number]) - 1, at
        while at < len(breaks) and breaks[at] < end - 1:
            at += 1
        found[number] = [place - start for place in breaks[first:at]]
        at += 1  # the one at the end of the line
    return found


def parts(word: str, breaks: Sequence[int], start: int, line: int) -> Iterator[tuple[str, float]]:
    """Yield the parts of a word between which a line may be broken, and the cost of the break.

    The word stands at ``start`` in the text that ``breaks`` belong to; no part is wider than a
    ``line``, except for a single sign. A cost of 0 means that of a break between words.
    """
    if word.isascii() and len(word) <= line:
        yield word, 0
        return
    begin = 0
    for at, cost in _places(word, breaks, start):
        piece = word[begin:at]
        if 2 * len(piece) > line:
            *rest, piece = _pieces(piece, line)
            yield from ((part, 0) for part in rest)
        yield piece, cost
        begin = at
    yield from ((piece, 0) for piece in _pieces(word[begin:], line))


def _places(word: str, breaks: Sequence[int], start: int) -> Iterator[tuple[int, float]]:
    """Yield where a word may be broken, and the cost."""
    inside = breaks[bisect_right(breaks, start) : bisect_left(breaks, start + len(word))]
    in_dictionary = [place - start for place in inside]
    for at in range(1, len(word)) if _EASTERN.search(word) else in_dictionary:
        cost = _cost(word[at - 1], word[at])
        if cost is not None and (cost != _WORD_COST or at in in_dictionary):
            yield at, cost


@lru_cache(maxsize=4096)
def _cost(before: str, after: str) -> float | None:
    """Return the cost of a break between two characters of a word, None where none may be.

    ``_WORD_COST`` means that a break may be there if the dictionary says so.
    """
    if not _may_break(before, after):
        return None
    pair = script(before) + script(after)
    if "S" in pair:
        return _WORD_COST
    marked = before in _WIDE_MARKS
    if not (pair.strip() or marked):
        return None
    return 0 if marked else _SCRIPT_CHANGE_COST.get(pair, 3)


def _may_break(before: str, after: str) -> bool:
    """Return whether a line may be broken between two characters."""
    return not (
        after in _NEVER_FIRST
        or before in _NEVER_LAST
        or before in _JOINING
        or after in _JOINING
        or unicodedata.category(after)[0] == "M"
    )


def _pieces(word: str, line: int) -> list[str]:
    """Return the word; one longer than a line is cut at punctuation, then into equal parts."""
    if 2 * len(word) <= line or columns(word) <= line:
        return [word]
    clauses = re.findall(f"[^{_PUNCTUATION}]+[{_PUNCTUATION}]*|[{_PUNCTUATION}]+", word)
    return [piece for clause in clauses for piece in _equal_parts(clause, line)]


def _equal_parts(clause: str, line: int) -> Iterator[str]:
    """Yield the fewest parts that fit a line, of about the same width."""
    whole = columns(clause)
    room = max(2, -(-whole // -(-whole // line)))
    piece, used = "", 0
    for sign in _inseparable(clause, line):
        wide = columns(sign)
        if piece and used + wide > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + sign, used + wide
    yield piece


def _inseparable(clause: str, line: int) -> Iterator[str]:
    """Yield what must not be cut: signs, with those that must not begin or end a line."""
    held, count = "", 0
    for sign in signs(clause):
        together = 0 < count < _MOST_HELD and (not _may_break(held[-1], sign[0]) or _ASAT in sign)
        if held and not (together and columns(held + sign) <= line // 4):
            yield held
            held, count = "", 0
        held, count = held + sign, count + 1
    yield held
