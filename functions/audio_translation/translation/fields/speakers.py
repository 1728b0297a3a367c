"""How many people speak, as callers tell it, and what they are called."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from audio_translation.translation.fields.channel_names import Name
from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import LISTED, stripped

MOST = 20
"""Speakers that are told apart."""


def _speakers(value: object) -> object:
    """Return a number from 1 on, or ``auto``; refuses anything else."""
    given = stripped(value)
    if isinstance(given, str):
        text = given.lower()
        given = int(text) if text.isdecimal() and len(text) < 3 else text
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if given == "auto" or (type(given) is int and 1 <= given <= MOST):
        return given
    raise refusal(f"it must be auto, or a number from 1 to {MOST}")


Speakers = Annotated[
    Literal["auto"] | Annotated[int, Field(ge=1, le=MOST)],
    BeforeValidator(
        _speakers, json_schema_input_type=Literal["auto"] | Annotated[int, Field(ge=1, le=MOST)]
    ),
]

SpeakerNames = Annotated[tuple[Name, ...], LISTED, Field(max_length=MOST)]
"""In the order in which they first speak."""
