"""Other spellings of a word: numbers in words, and English contractions in full.

Providers write "23" and "don't" where a text has "twenty-three" and "do not", and the reverse.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from audio_translation.languages import code_of
from audio_translation.practice.written_words import APOSTROPHES, written_words

if TYPE_CHECKING:
    from icu4py.messageformat import MessageFormat

_MOST_DIGITS = 12
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_RULES = (
    "cardinal",
    "numbering",
    "numbering-year",
    "cardinal-verbose",
    "cardinal-masculine",
    "cardinal-feminine",
    "cardinal-neuter",
    "ordinal",
    "ordinal-masculine",
    "ordinal-feminine",
    "ordinal-verbose",
)
"""ICU's sets of rules; a language without one of them has its default for it."""
_SEPARATOR = "|"

_OF_ONE = {
    "en": ("^one(?=hundred|thousand|million)", "a"),
    "de": ("^ein(?=hundert|tausend)", ""),
}
"""How people begin a number that ICU begins with one."""

_ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am"}
_EITHER = {"'s": ("is", "has"), "'d": ("would", "had")}
_WHOLE = {
    "can't": ("cannot", "can not"),
    "won't": ("will not",),
    "shan't": ("shall not",),
    "let's": ("let us",),
    "o'clock": ("of the clock",),
}


def spellings(token: str, key: str, language: str) -> frozenset[str]:
    """Return the other spellings of a token as it is written: their words' keys without blanks.

    Of numbers with digits in the languages that ICU can spell, and of English contractions.
    """
    if key[:1].isdecimal():
        return _of_number(key, code_of(language))
    if token.isalnum() or code_of(language) != "en":
        return frozenset()
    contracted = token.casefold().translate(_ONE_APOSTROPHE)
    return frozenset(text.replace(" ", "") for text in _in_full(contracted))


def _in_full(contracted: str) -> tuple[str, ...]:
    if contracted in _WHOLE:
        return _WHOLE[contracted]
    for ending, word in _ENDINGS.items():
        if contracted.endswith(ending):
            return (contracted.removesuffix(ending) + word,)
    for ending, words in _EITHER.items():
        if contracted.endswith(ending):
            return tuple(contracted.removesuffix(ending) + word for word in words)
    return ()


@cache
def _of_number(key: str, language: str) -> frozenset[str]:
    """Return how a number is spoken: as one, as an ordinal, as a year, and digit by digit."""
    from decimal import Decimal  # noqa: PLC0415  with ICU, which few texts need

    digits = key[: len(key) - len(key.lstrip("0123456789."))].rstrip(".")
    if not digits or sum(map(str.isdecimal, digits)) > _MOST_DIGITS or digits.count(".") > 1:
        return frozenset()
    spoken = {key.replace(".", "")} if "." in key else set()
    if not (digits.startswith("0") and digits.isdecimal() and len(digits) > 1):
        number = int(digits) if digits.isdecimal() else Decimal(digits)
        spoken.update(_format(language).format({"n": number}).split(_SEPARATOR))
    if digits.isdecimal():
        each = [_format(language).format({"n": int(d)}).split(_SEPARATOR)[0] for d in digits]
        spoken.add(" ".join(each))
    found = {"".join(written_words(text, language).keys) for text in spoken}
    before, after = _OF_ONE.get(language, ("", ""))
    if before:
        found |= {re.sub(before, after, text, count=1) for text in found}
    return frozenset(found)


@cache
def _format(language: str) -> "MessageFormat":
    """Return what spells numbers; making one takes up to a tenth of a second."""
    from icu4py.messageformat import MessageFormat  # noqa: PLC0415

    rules = (f"{{n,spellout,%spellout-{rule}}}" for rule in _RULES)
    return MessageFormat(_SEPARATOR.join(rules), language)
