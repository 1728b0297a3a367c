"""Lines that run from right to left: Hebrew, Arabic, Persian, Urdu, and all that Unicode knows.

Players take a line that begins with a Latin word for one that runs from left to right, and some,
libass among them, take every line for one. Its full stop is then at the wrong end, and its words
are out of order. So such a line says itself how it runs.
"""

import re
import unicodedata
from collections.abc import Sequence

_EMBEDDING, _END = "\u202b", "\u202c"  # RIGHT-TO-LEFT EMBEDDING, POP DIRECTIONAL FORMATTING
_FROM_LEFT = "\u202a"  # LEFT-TO-RIGHT EMBEDDING

_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Where all letters that run from right to left are, and little else. Source: Unicode 16."""

_LANGUAGES = frozenset({"arabic", "hebrew", "pashto", "persian", "sindhi", "urdu", "yiddish"})
"""Those in ``languages.NAMES`` that are always written from right to left."""


def from_right(texts: Sequence[str], languages: Sequence[str | None]) -> list[bool]:
    """Return for each text whether its lines run from right to left.

    ``languages`` are the texts' own as OpenAI names them, None where it is not known. A text with
    letters of both directions runs as its language does, or as most letters of all texts do, or as
    its own do. One without letters (numbers, marks) runs as most letters do.
    """
    if not any(map(_FROM_RIGHT.search, texts)):
        return [False] * len(texts)
    letters = [_letters(text) for text in texts]
    mostly = sum(right for right, _ in letters) > sum(left for _, left in letters)
    return [
        right > left or ((right > 0 or left == 0) and (mostly or language in _LANGUAGES))
        for (right, left), language in zip(letters, languages, strict=True)
    ]


def embedded(line: str) -> str:
    """Return a line that runs from right to left as players without its language show it right."""
    return f"{_EMBEDDING}{line}{_END}"


def unembedded(line: str) -> str:
    """Return what ``embedded`` was called with; a line that runs from left to right as it is."""
    return line[1:-1] if line.startswith(_EMBEDDING) else line


def from_left(line: str) -> str:
    """Return a line that runs from left to right although it begins with letters that do not."""
    return f"{_FROM_LEFT}{line}{_END}"


def has_from_right(text: str) -> bool:
    """Return whether there are letters in a text that run from right to left."""
    return _FROM_RIGHT.search(text) is not None


def runs_from_right(line: str) -> bool:
    """Return whether a line says that it runs from right to left."""
    return line.startswith(_EMBEDDING)


def _letters(text: str) -> tuple[int, int]:
    """Return how many letters run from right to left, and how many from left to right."""
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("R") + kinds.count("AL"), kinds.count("L")
