"""The field ``cache``: whether a translation that is kept may answer, and whether one is kept."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import flag, stripped

NO_STORE: Literal["no-store"] = "no-store"
Cache = bool | Literal["no-store"]
"""True: what is kept answers. False: it is made anew, and kept in its place. ``no-store``: it is
made anew, and nothing of it is kept, nor what was kept before."""


def _cache(value: object) -> object:
    """Return the value of a text or a number, too; raises PydanticCustomError for another one."""
    text = stripped(value)
    if isinstance(text, str) and text.lower() == NO_STORE:
        return NO_STORE
    try:
        return flag(value)
    except ValueError:
        raise refusal("it must be true, false or no-store") from None


CacheField = Annotated[Cache, BeforeValidator(_cache, json_schema_input_type=Cache)]
