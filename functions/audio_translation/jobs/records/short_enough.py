"""A record as bytes, so short that KMS signs them as they are.

Of more than 4,096 bytes KMS would take a hash only. So a record has one form, and what does not fit
is left to the transcript, whose SHA-256 the record has.
"""

import itertools
from typing import Any

import rfc8785

from audio_translation.aws.record_key import LARGEST
from audio_translation.transcript import encodable

_LISTS = ("warnings", "languages")
"""What the transcript has as well, in the order in which it is left out."""
_TEXTS = ("model", "models", "name", "reference", "url")
"""Fields whose text comes from callers, who may make it thousands of characters long."""
_LENGTHS = (500, 200, 80, 32, 16)
CUT = "\N{HORIZONTAL ELLIPSIS}"
"""What stands for the beginning of a text that was cut."""


def canonical(said: dict[str, Any]) -> bytes:
    """Return a record as canonical JSON (RFC 8785) of at most 4,096 bytes.

    Left out, until it is short enough: the last entries of long lists, which ``more`` counts, then
    the beginnings of long texts.
    """
    whole = _encodable(said)
    for length in (None, *_LENGTHS):
        short = whole if length is None else _cut(whole, length)
        for name in _LISTS:
            if len(rfc8785.dumps(short)) > LARGEST and short[name]:
                short = _with_less_of(short, name)
        content = rfc8785.dumps(short)
        if len(content) <= LARGEST:
            break
    return content


def _with_less_of(said: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a record with as many entries of a list as fit, and how many more there are."""
    entries, more = said[name], said.get("more", {})
    without = said | {name: [], "more": more | {name: len(entries)}}
    room = LARGEST - len(rfc8785.dumps(without))
    sizes = itertools.accumulate(len(rfc8785.dumps(entry)) + len(",") for entry in entries)
    kept = sum(size <= room for size in sizes)
    return without | {name: entries[:kept], "more": more | {name: len(entries) - kept}}


def _cut(value: Any, length: int, name: str = "") -> Any:
    """Return the value with only the end of long texts: of names and URLs it tells most."""
    if isinstance(value, dict):
        return {key: _cut(part, length, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_cut(part, length, name) for part in value]
    if isinstance(value, str) and name in _TEXTS and len(value) > length:
        return CUT + value[-length:]
    return value


def _encodable(value: Any) -> Any:
    """Return the value with text that can be encoded: JSON may bring lone surrogates."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {name: _encodable(part) for name, part in value.items()}
    return [_encodable(part) for part in value] if isinstance(value, list) else value
