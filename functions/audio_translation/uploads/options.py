"""Options for uploaded recordings: metadata of the object, and `translation.json` in folders."""

import difflib
import json
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from audio_translation.aws.bucket_keys import OPTIONS_FILE
from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.translation.fields.text_values import is_blank, stripped
from audio_translation.translation.request import (
    TranslationOptions,
    TranslationRequest,
    invalid_request,
)

_FORMAT = "responseFormat"
_OPTIONS = {to_camel(name) for name in TranslationOptions.model_fields}
_ALIKE = 0.84
"""How much of two names, from 0 to 1, is the same when one is probably the other, misspelt."""
_SHORTEST_BEGINNING = 8
"""Letters of an option's name that are taken for it: `target-lang`."""
_OF_OTHERS = {"mode"}
"""What programs that mount buckets, such as s3fs, store with every object."""
_LONGEST_NAME = 100


def options_files(key: str) -> list[str]:
    """Return the keys at which a recording's folders may have options, the nearest first."""
    folders = key.split("/")[:-1]
    return ["/".join([*folders[:depth], OPTIONS_FILE]) for depth in range(len(folders), 0, -1)]


def options_in_metadata(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the options among an object's metadata: `x-amz-meta-response-format` and so on.

    Names are the request's fields with hyphens; other metadata is ignored. S3 returns text beyond
    ASCII encoded as in RFC 2047.
    """
    known = {_hyphened(name): name for name in _OPTIONS}
    return {
        known[name.lower()]: _decoded(value)
        for name, value in metadata.items()
        if name.lower() in known
    }


def misspelt_in_metadata(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Return sentences about metadata that is not read, but is nearly the name of an option."""
    known = {option.lower(): option for option in sorted(_OPTIONS)}
    found = []
    for name in sorted(map(str.lower, metadata)):
        plain = "".join(letter for letter in name if letter.isalnum())
        option = known.get(plain) or _nearest(plain, known)
        if option and name != _hyphened(option) and name not in _OF_OTHERS:
            found.append(
                f"The metadata {name[:_LONGEST_NAME]!r} was not read, because no option has this"
                f" name. The nearest is {_hyphened(option)!r}."
            )
    return tuple(found)


def _nearest(plain: str, known: Mapping[str, str]) -> str | None:
    """Return the option that a name without hyphens nearly is."""
    close = difflib.get_close_matches(plain, known, n=1, cutoff=_ALIKE)
    begun = [name for name in known if len(plain) >= _SHORTEST_BEGINNING and name.startswith(plain)]
    return known[(close or begun)[0]] if close or begun else None


def options_in_file(content: bytes) -> dict[str, Any]:
    """Return the options in a folder's `translation.json`; raises InvalidRequest."""
    try:
        options = json.loads(content)  # in UTF-8 or UTF-16, with or without a mark
    except (ValueError, RecursionError):
        options = None
    if not isinstance(options, dict):
        raise InvalidRequest(f"{OPTIONS_FILE} of the folder is not a JSON object.")
    return options


def requested(
    url: str, options: Mapping[str, Any], default_formats: tuple[ResponseFormat, ...]
) -> tuple[TranslationRequest, tuple[ResponseFormat, ...]]:
    """Return the request for an object and the formats of its results; raises InvalidRequest.

    ``options`` has the request's fields, each as itself or as text; `responseFormat` may name
    several formats, comma separated or as a list.
    """
    given = {name: value for name, value in options.items() if not is_blank(value)}
    formats = _formats(given.pop(_FORMAT, None)) or default_formats
    fields = {**given, "audioFileUrl": url, _FORMAT: formats[0]}
    try:
        return TranslationRequest.model_validate(fields), formats
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):  # it only looks encoded
        return value


def _formats(value: object) -> tuple[ResponseFormat, ...]:
    named = value.split(",") if isinstance(value, str) else value
    if named is None:
        return ()
    listed = named if isinstance(named, list) else [named]
    formats = [any_case(stripped(name)) for name in listed]
    wrong = [one for one in formats if not isinstance(one, ResponseFormat)]
    if wrong:
        raise InvalidRequest(
            f"{_FORMAT} takes {', '.join(ResponseFormat)}, one or several.", param=_FORMAT
        )
    return tuple(dict.fromkeys(one for one in formats if isinstance(one, ResponseFormat)))


def _hyphened(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name)
