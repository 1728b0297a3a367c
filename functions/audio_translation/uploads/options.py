"""Options for uploaded recordings: metadata of the object, and `translation.json` in folders."""

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
from audio_translation.translation.request import (
    TranslationOptions,
    TranslationRequest,
    invalid_request,
)

_FORMAT = "responseFormat"
_OPTIONS = {to_camel(name) for name in TranslationOptions.model_fields}


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


def options_in_file(content: bytes) -> dict[str, Any]:
    """Return the options in a folder's `translation.json`; raises InvalidRequest."""
    try:
        options = json.loads(content)
    except ValueError:
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
    given = {name: value for name, value in options.items() if value not in (None, "")}
    formats = _formats(given.pop(_FORMAT, None)) or default_formats
    fields = {**given, "audioFileUrl": url, _FORMAT: formats[0]}
    try:
        return TranslationRequest.model_validate(fields, strict=False), formats
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
    formats = [any_case(name.strip() if isinstance(name, str) else name) for name in listed]
    wrong = [one for one in formats if not isinstance(one, ResponseFormat)]
    if wrong:
        raise InvalidRequest(
            f"{_FORMAT} takes {', '.join(ResponseFormat)}, one or several.", param=_FORMAT
        )
    return tuple(dict.fromkeys(one for one in formats if isinstance(one, ResponseFormat)))


def _hyphened(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name)
