"""What a caller calls those who speak: the two sides of a recording."""

import re
from typing import Annotated
from unicodedata import east_asian_width

from pydantic import AfterValidator, Field

from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import LISTED

_LONGEST = 30
"""Columns; a name and a word share a line of subtitles."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ue000]")
"""Controls, line breaks, half of a pair of directions, and what stands for names in layout."""


def _name(name: str) -> str:
    """Return a name; refuses characters that a line of subtitles cannot have in it."""
    if _UNSEEN.search(name):
        raise refusal("a name must not have line breaks or control characters in it")
    if sum(1 + (east_asian_width(char) in "WF") for char in name) > _LONGEST:
        raise refusal(f"a name may have at most {_LONGEST} characters, wide ones counted twice")
    return name


Name = Annotated[str, Field(min_length=1, max_length=_LONGEST), AfterValidator(_name)]

ChannelNames = Annotated[tuple[Name, ...], LISTED, Field(min_length=2, max_length=2)]
"""Two names, that of the left side first."""
