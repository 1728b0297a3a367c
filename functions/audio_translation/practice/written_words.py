"""A text as words to show and tokens to compare, in any script.

A word is what stands between blanks, without the punctuation around it; in scripts without spaces
it is a word of ICU's dictionaries. A token is what is compared: a word, a part of one with hyphens,
or a single letter of a script without spaces, because where its words begin depends on the letters
around. Two tokens are the same word if their keys are equal: case, apostrophes, width, vowel marks
of Arabic and Hebrew, hiragana and katakana make no difference.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from audio_translation.languages import code_of
from audio_translation.scripts import LETTER
from audio_translation.transcript import encodable

APOSTROPHES = "'’‘ʼ`´＇"  # noqa: RUF001
_TOKEN = re.compile("d(?:[dpa]*d)?[wm]*|Lm*|[wm](?:[wmda]*[wmd])?")
"""Over the kinds of characters: a number, which may have an ending; a letter; a word."""
_UNSPACED = re.compile(LETTER)
_GROUPED = re.compile(r"(\d{1,3})((?:[.,'’٬]\d{3})+)(?!\d)(.*)")  # noqa: RUF001
_DECIMAL = re.compile(r"[,٫]")  # noqa: RUF001
_SAME_LETTERS = str.maketrans(
    {
        "ё": "е",  # noqa: RUF001  Russian leaves the dots out
        "أ": "ا",  # noqa: RUF001
        "إ": "ا",  # noqa: RUF001
        "آ": "ا",  # noqa: RUF001
        "ٱ": "ا",  # noqa: RUF001
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
        "\u0901": "\u0902",  # Hindi writes either dot for a nasal vowel
        **{chr(kana): chr(kana - 0x60) for kana in range(0x30A1, 0x30F7)},
        **dict.fromkeys(APOSTROPHES),
    }
)
"""Letters that are written for one another, after NFKC and case folding."""
_VOWEL_MARKS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed]")
_WITHOUT_MARKS = {"en"}
"""Languages whose few words with accents are written without them as well."""
_WITHOUT_A_DOT = {"tr", "az"}
"""Languages in which I is no capital i."""


@dataclass(frozen=True)
class Token:
    """What is compared: ``text[start:end]``, a part of the word of this number."""

    key: str
    start: int
    end: int
    word: int


@dataclass(frozen=True)
class WrittenWords:
    """A text with its words, as intervals of characters, and its tokens."""

    text: str
    words: tuple[tuple[int, int], ...]
    tokens: tuple[Token, ...]

    @property
    def keys(self) -> list[str]:
        """The keys of the tokens."""
        return [token.key for token in self.tokens]

    def shown(self, word: int) -> str:
        """Return a word as it is written."""
        start, end = self.words[word]
        return self.text[start:end]


def written_words(text: str, language: str) -> WrittenWords:
    """Split a text in the language of a BCP 47 tag; lone surrogates are replaced."""
    text = encodable(text)
    kinds = "".join(map(_kind, text))
    words: list[tuple[int, int]] = []
    tokens: list[Token] = []
    for start, end in _words(text, kinds):
        found = [match.span() for match in _TOKEN.finditer(kinds, start, end)]
        keyed = [(key_of(text[a:b], language), a, b) for a, b in found]
        keyed = [one for one in keyed if one[0]]
        if keyed:
            tokens += (Token(key, a, b, len(words)) for key, a, b in keyed)
            words.append((keyed[0][1], keyed[-1][2]))
    return WrittenWords(text, tuple(words), tuple(tokens))


def key_of(token: str, language: str) -> str:
    """Return what a token is compared by."""
    if code_of(language) in _WITHOUT_A_DOT:
        token = token.replace("I", "ı").replace("İ", "i")  # noqa: RUF001
    text = unicodedata.normalize("NFKC", token).casefold()
    text = unicodedata.normalize("NFC", text).translate(_SAME_LETTERS)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _VOWEL_MARKS.sub("", text)
    if code_of(language) in _WITHOUT_MARKS:
        text = without_marks(text)
    return _plain_number(text) if text[:1].isdecimal() else text


def without_marks(key: str) -> str:
    """Return a key without accents and other marks."""
    letters = unicodedata.normalize("NFD", key)
    return "".join(char for char in letters if unicodedata.category(char) != "Mn")


def _plain_number(text: str) -> str:
    """Return a number with ASCII digits, a point before its decimals, and no other marks."""
    text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    if grouped := _GROUPED.fullmatch(text):
        whole, groups, rest = grouped.groups()
        text = whole + "".join(filter(str.isdecimal, groups)) + rest
    return _DECIMAL.sub(".", text)


def _words(text: str, kinds: str) -> Iterator[tuple[int, int]]:
    """Yield the intervals of what may be words."""
    unspaced = "L" in kinds
    ends = _dictionary_ends(text) if unspaced else []
    at = 0
    for run in re.finditer(r"\S+", text):
        start, end = run.span()
        if unspaced and "L" in kinds[start:end]:
            while at < len(ends) and ends[at] <= end:
                if ends[at] > start:
                    yield start, ends[at]
                    start = ends[at]
                at += 1
        if start < end:
            yield start, end


def _dictionary_ends(text: str) -> list[int]:
    """Return where ICU ends each piece of a text."""
    from icu4py.breakers import WordBreaker  # noqa: PLC0415  only texts without spaces need it

    # Its `segments()` count an emoji as two; its pieces are measured here.
    return list(accumulate(map(len, WordBreaker(text, "en"))))


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """Return what a character is.

    ``L`` is a letter of a script without spaces, ``d`` a digit, ``w`` any other part of a word,
    ``m`` a mark or joiner, which goes with what is before it, ``a`` an apostrophe, ``p`` a mark
    within numbers, and a blank all else.
    """
    category = unicodedata.category(char)
    if char in APOSTROPHES:
        return "a"
    if category[0] == "M" or category == "Cf" or char in "\uff9e\uff9f":
        return "m"
    if char in ".,٫٬":  # noqa: RUF001
        return "p"
    if char.isdecimal():
        return "d"
    if char.isalnum():
        return "L" if _UNSPACED.match(char) else "w"
    return " "
