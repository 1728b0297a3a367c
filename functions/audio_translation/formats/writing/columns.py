"""How wide a text is on screen, and the signs that it is made of.

A sign is a grapheme cluster: a letter with its marks, an emoji with its joiners. A mark above or
below a letter takes no column, a wide sign (Chinese, Japanese, Korean, emoji) two. Reading speed
counts columns, too. Source of the widths: the package wcwidth, which is imported for texts that
need it: it takes 40 ms and has 3.6 MB.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_ONE_EACH = re.compile(
    "[ -\u02ff\u0370-\u0482\u048a-\u0558\u05be\u05d0-\u05f4\u061b-\u064a\u0660-\u066f\u0671-\u06d5"
    "\u06ee-\u070d\u2010-\u2027\u2030-\u205e]*"
)
"""Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic letters without marks of their own."""


def columns(text: str) -> int:
    """Return the columns of a text without control characters."""
    return len(text) if text.isascii() else _measured(text)


@lru_cache(maxsize=4096)
def _measured(text: str) -> int:
    if _ONE_EACH.fullmatch(text):
        return len(text)
    from wcwidth import width  # noqa: PLC0415

    return width(text, control_codes="ignore")


def signs(text: str) -> Iterator[str]:
    """Yield the signs of a text, between which a word that is too long may be cut."""
    if text.isascii():
        yield from text
        return
    from wcwidth import iter_graphemes  # noqa: PLC0415

    yield from iter_graphemes(text)
