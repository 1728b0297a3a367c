"""Values that tools send as text: numbers, true and false, lists, and blanks around what is meant.

Form fields, S3 metadata and the boxes of no-code tools know nothing but text.
"""

import json
import re
from typing import Annotated

from pydantic import BeforeValidator

from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.translation.fields.plain_words import refusal

_BLANKS = " \t\r\n\v\f\u00a0\u200b\u2060\ufeff"
"""White space, and what copying out of a web page adds to it."""
_TRUE = {"true", "1", "yes", "on", "y", "t"}
_FALSE = {"false", "0", "no", "off", "n", "f"}
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def stripped(value: object) -> object:
    """Return text without blanks around it, and any other value unchanged."""
    return value.strip(_BLANKS) if isinstance(value, str) else value


def _stripped_url(value: object) -> object:
    """Return a URL without blanks around it; the key of an ``s3://`` one may end in a blank."""
    if isinstance(value, str) and value.lstrip(_BLANKS)[:5].lower() == "s3://":
        return value.lstrip(_BLANKS)
    return stripped(value)


def is_blank(value: object) -> bool:
    """Return whether ``value`` is None, or text that holds nothing but blanks."""
    return value is None or stripped(value) == ""


def _number(value: object) -> object:
    """Return the number that a text is, with a point or a comma."""
    text = stripped(value)
    if not isinstance(text, str):
        return value
    if len(text) > 30 or not _NUMBER.fullmatch(text):
        raise refusal("it must be a number")
    return float(text.replace(",", "."))


def _whole_number(value: object) -> object:
    """Return the whole number that a text or a float is."""
    number = _number(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def flag(value: object) -> object:
    """Return a boolean; raises PydanticCustomError for what is neither true nor false."""
    if isinstance(value, float | int) and value in (0, 1):
        return bool(value)
    word = str(stripped(value)).lower() if isinstance(value, str) else ""
    if word not in _TRUE | _FALSE:
        raise refusal("it must be true or false")
    return word in _TRUE


def _chosen(value: object) -> object:
    """Return text in small letters, without blanks around it; any other value unchanged."""
    text = stripped(value)
    return text.lower() if isinstance(text, str) else value


def _list(value: object) -> object:
    """Return a tuple of a list, of a JSON list as text, or of text with commas."""
    if isinstance(value, str):
        listed = _list_in_json(value)
        if listed is None:
            listed = [part for part in value.split(",") if not is_blank(part)]
        value = listed
    if not isinstance(value, list | tuple):
        raise refusal("it must be a list, or text with commas")
    return tuple(stripped(part) for part in value)


def _list_in_json(text: str) -> list[object] | None:
    try:
        listed = json.loads(text) if text.strip(_BLANKS).startswith("[") else None
    except (ValueError, RecursionError):
        return None
    return listed if isinstance(listed, list) else None


STRIPPED = BeforeValidator(stripped)
STRIPPED_URL = BeforeValidator(_stripped_url)
"""Of text that has no blanks around it: the name of something, or a URL."""

LISTED = BeforeValidator(_list)

CHOICE = BeforeValidator(_chosen)
"""Of one of several words, in any case."""

NUMBER = BeforeValidator(_number, json_schema_input_type=float)

WHOLE_NUMBER = BeforeValidator(_whole_number, json_schema_input_type=int)

Flag = Annotated[bool, BeforeValidator(flag, json_schema_input_type=bool)]
"""True or false, also as text or as 1 and 0."""


def _format(value: object) -> object:
    """Return a ``ResponseFormat``; raises PydanticCustomError for another name."""
    found = any_case(stripped(value))
    if not isinstance(found, ResponseFormat):
        names = ", ".join(ResponseFormat)
        raise refusal(f"it must be one of {names}")
    return found


AnswerFormat = Annotated[ResponseFormat, BeforeValidator(_format)]
