"""What is wrong with a field, in words for callers who know neither Python nor pydantic."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

_TOLD = {
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "dict_type": "it must be an object",
    "enum": "it must be {expected}",
    "finite_number": "it must be a number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "int_from_float": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it is too large a number",
    "int_type": "it must be a whole number",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
    "list_type": "it must be a list",
    "literal_error": "it must be {expected}",
    "model_attributes_type": "it must be an object",
    "model_type": "it must be an object",
    "string_too_long": "it may have at most {max_length} characters",
    "string_too_short": "it must not be empty",
    "string_type": "it must be text",
    "string_unicode": "it has characters that are no valid Unicode",
    "too_long": "it may have at most {max_length} entries",
    "too_short": "it must have at least {min_length} entries",
    "tuple_type": "it must be a list",
}
"""By pydantic's types of errors.

Source: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

_REFUSED = "refused"


def refusal(message: str) -> PydanticCustomError:
    """Return the error for a validator to raise, whose message is in such words already."""
    return PydanticCustomError(_REFUSED, "{message}", {"message": message})


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence, after a space, with the known name that is most like an unknown one."""
    names = {field.lower(): field for field in known}
    plain = name.replace("_", "").replace("-", "").lower()
    close = difflib.get_close_matches(plain, names, n=1, cutoff=0)
    return f" The nearest that is known is {names[close[0]]!r}." if close else ""


def told(error: Mapping[str, Any]) -> str:
    """Return one of pydantic's errors as the end of a sentence that begins with the field."""
    kind = error["type"]
    if kind == _REFUSED:
        return _ended(str(error["msg"]))
    template = _TOLD.get(kind)
    try:
        limits = {name: _short(value) for name, value in (error.get("ctx") or {}).items()}
        words = template.format(**limits) if template else None
    except KeyError:
        words = None
    return _ended(words or "its value cannot be used here")


def _ended(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{words}."


def _short(limit: object) -> object:
    """Return 1 for 1.0."""
    return f"{limit:g}" if isinstance(limit, float) else limit
