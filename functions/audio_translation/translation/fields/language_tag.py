"""Languages as people and tools write them: tags in any spelling, ISO codes, names."""

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from audio_translation.languages import NAMES, code_of
from audio_translation.translation.fields import language_table as table
from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import stripped

_LONGEST_TAG = 35
_LONGEST_NAME = 100
_MOST_SUGGESTIONS = 3
_SUBTAG = re.compile(r"[a-z0-9]{1,8}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_BESIDE_A_NAME = re.compile(r"\s*[(),/:]\s*|\s+[-–]\s+")  # noqa: RUF001
"""What stands between a name and its region or script: "Portuguese (Brazil)"."""
_FIRST_TRACKS = re.compile(r"[1-9][0-9]?")


def read_language(text: str) -> str | None:
    """Return the BCP 47 tag of a language that is known here, None if ``text`` names none.

    A tag may be written in any case, with underscores, with a code of three letters or one that is
    no longer in use. The name is the English one or the language's own.
    """
    return _by_name().get(_plain(text)) or _of_tag(text) or _of_name_and_place(text)


def suggestions(text: str) -> list[str]:
    """Return the tags of up to three languages that ``text`` may mean, the likeliest first."""
    first = re.split(r"[-_]", text.strip().lower())[0]
    meant = [table_of(table.MEMBERS).get(first), table_of(table.SPOKEN_IN).get(first)]
    known = [tag for tag in meant if tag]
    close = difflib.get_close_matches(_plain(text), _by_name(), n=_MOST_SUGGESTIONS, cutoff=0.7)
    return list(dict.fromkeys(known + [_by_name()[name] for name in close]))[:_MOST_SUGGESTIONS]


def _language(value: object) -> object:
    """Return the tag; raises PydanticCustomError with suggestions if the language is not known."""
    value = stripped(value)
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        return value
    tag = read_language(value)
    if tag is None:
        raise refusal(_not_known(value))
    return tag


def _not_known(value: str) -> str:
    meant = [f"{tag} ({_english_name(tag)})" for tag in suggestions(value)]
    hint = (
        f"Did you mean {' or '.join(meant)}?"
        if meant
        else "Send its code or its English name, such as de or German"
    )
    return f"this is not a language that is known here. {hint}"


def _track(value: object) -> object:
    """Return the number, or the tag of a language, of an audio track as text.

    Any well-formed tag will do: a file may have tracks in languages that are not known here.
    """
    value = stripped(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise refusal(_TRACK)
    tag = read_language(value)
    number = value.removesuffix(".0")
    if tag is None and not _FIRST_TRACKS.fullmatch(number):
        tag = _well_formed(value)
        if tag is None:
            raise refusal(_TRACK)
    return tag or number


_TRACK = "it must be the number of a track, from 1 to 99, or its language, such as es"

LanguageTag = Annotated[
    str, Field(max_length=_LONGEST_NAME), BeforeValidator(_language, json_schema_input_type=str)
]
"""A language of ``languages.NAMES``; the value is its BCP 47 tag in the usual spelling."""

AudioTrack = Annotated[str, BeforeValidator(_track, json_schema_input_type=str | int)]
"""An audio track's number, or the BCP 47 tag of its language."""


def _of_tag(text: str) -> str | None:
    """Return a tag in its usual form, or None if its language is not known here."""
    tag = _well_formed(text)
    aliases = table_of(table.ALIASES)
    if tag is None:
        return None
    whole = aliases.get(tag.lower())
    first, _, rest = (whole or tag).partition("-")
    extended, _, further = rest.partition("-")
    if re.fullmatch(r"[A-Za-z]{3}", extended) and code_of(_alias(extended)) in NAMES:
        first, rest = extended, further  # zh-yue is yue
    language, _, own = _alias(first).partition("-")
    if code_of(language) not in NAMES:
        return None
    return "-".join(part for part in (language, own if not rest else "", rest) if part)


def _alias(code: str) -> str:
    return table_of(table.ALIASES).get(code.lower(), code.lower())


def _well_formed(text: str) -> str | None:
    """Return a text of subtags as BCP 47 writes it, None if it has not the form of a tag.

    What operating systems add is left out: ``de_DE.UTF-8@euro`` is ``de-DE``.
    """
    parts = re.split(r"[-_]", re.split(r"[.@]", text.strip())[0].lower())
    if not _LANGUAGE.fullmatch(parts[0]) and parts[0] != "i":
        return None
    if not all(map(_SUBTAG.fullmatch, parts)):
        return None
    own = next((i for i, part in enumerate(parts) if i and len(part) == 1), len(parts))
    tag = "-".join([parts[0], *map(_usual_case, parts[1:own]), *parts[own:]])
    return tag if len(tag) <= _LONGEST_TAG else None


def _usual_case(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    if len(subtag) == 2 and subtag.isalpha():
        return _by_place().get(subtag, subtag.upper())  # en-UK is en-GB
    return subtag


def _of_name_and_place(text: str) -> str | None:
    """Return the tag of a name with a region or a script: "Chinese (Simplified)"."""
    name, *places = _BESIDE_A_NAME.split(text.strip()) if text.strip() else [""]
    places = [place for place in places if place]
    tag = _by_name().get(_plain(name))
    found = [_by_place().get(_plain(place)) for place in places]
    if tag is None or not found or None in found:
        return None
    return _of_tag("-".join([tag, *sorted(filter(None, found), key=len, reverse=True)]))


def _english_name(tag: str) -> str:
    return table_of(table.NAMES)[tag].split("=")[0]


def _plain(name: str) -> str:
    """Return a name's letters without case, accents, blanks and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


@functools.cache
def _by_name() -> dict[str, str]:
    return dict(_named(table_of(table.NAMES)))


@functools.cache
def _by_place() -> dict[str, str]:
    """Return regions and scripts by their names, and regions by their codes."""
    places = table_of(table.REGIONS) | table_of(table.SCRIPTS)
    return {code.lower(): code for code in places} | dict(_named(places))


def _named(entries: dict[str, str]) -> Iterator[tuple[str, str]]:
    for code, names in entries.items():
        for name in names.split("="):
            yield _plain(name), code


@functools.cache
def table_of(text: str) -> dict[str, str]:
    """Return a text of ``language_table`` as keys and values."""
    entries = (entry.strip().partition("=") for entry in text.replace("\n", " ").split(";"))
    return {key: value for key, _, value in entries}
