"""Answers of a text model: parsing, and checks of the translations.

Source of shapes: openai-python 3.54, ``types/responses/response.py``.
"""

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from audio_translation.engines.provider.errors import Unreadable
from audio_translation.scripts import joined

Texts = dict[int, str]
"""Translations by the number (``Line.id``) of their segment."""

EMPTY = "it was empty"
UNCHANGED = "it was not translated"
TOO_LONG = "it was far too long"
TOO_SHORT = "it was far too short"
SAME = "it was the same text for segments that say different things"
TERM_MISSING = "it does not have all of must_contain"

_SHORT = 15  # characters; translations of texts up to this may be equal, or equal to the text
_ALIKE = 0.6  # ``difflib`` ratio; two texts over it are two spellings of the same words
_LENGTH_RATIO = 2.5  # a text and its translation differ less in length, in all languages
_CONTENT_CODES = {
    "content_filter",
    "content_policy_violation",
    "context_length_exceeded",
    "invalid_prompt",
    "string_above_max_length",
}
_TRANSIENT_CODES = {"server_error", "rate_limit_exceeded"}


@dataclass(frozen=True)
class Line:
    """The text of a segment that is to be translated.

    - ``id``: the number of the segment.
    - ``foreign``: whether the text is known to be in another language than the target.
    - ``problem``: what was wrong with its first translation; empty before that.
    """

    id: int
    text: str
    foreign: bool = True
    problem: str = ""

    def terms(self, keywords: Sequence[str]) -> list[str]:
        """Return the keywords that the text contains."""
        return [keyword for keyword in keywords if _contains(self.text, keyword)]


def is_about_the_content(code: str | None) -> bool:
    """Return whether an error code means that the text is refused, or too long."""
    return code in _CONTENT_CODES


def read(body: bytes, lines: Sequence[Line]) -> Texts | None:
    """Return the translations of exactly these lines, or None if the answer does not fit them.

    An answer must have the ids of all lines, each once, in order, and must not repeat one text for
    different lines. ``problems`` checks the single texts. Raises Unreadable if the body is not a
    response of ``/responses``.
    """
    output = _output_text(body)
    entries = _entries(output) if output else None
    if entries is None or [entry.id for entry in entries] != [line.id for line in lines]:
        return None
    texts = {entry.id: _on_one_line(entry.text or "") for entry in entries}
    return None if len(lines) > 1 and _repeated(lines, texts) else texts


def _on_one_line(text: str) -> str:
    """Return the text with single spaces and without lone surrogates, which UTF-8 has not."""
    return joined([text.encode(errors="ignore").decode()])


def problems(lines: Sequence[Line], texts: Texts, keywords: Sequence[str]) -> Mapping[int, str]:
    """Return what is wrong with translations, by id; missing translations are not checked."""
    found = dict.fromkeys(_repeated(lines, texts), SAME)
    for line in lines:
        if line.id in texts and (problem := _problem(line, texts[line.id], keywords)):
            found[line.id] = problem
    return found


def _problem(line: Line, text: str, keywords: Sequence[str]) -> str:
    if not any(map(str.isalnum, text)) and any(map(str.isalnum, line.text)):
        return EMPTY
    if line.foreign and len(line.text) > _SHORT and _plain(text) == _plain(line.text):
        return UNCHANGED
    if _size(text) > 4 * _size(line.text) + 120:
        return TOO_LONG
    if 4 * _size(text) < _size(line.text) - 20:
        return TOO_SHORT
    return TERM_MISSING if any(not _contains(text, term) for term in line.terms(keywords)) else ""


def _repeated(lines: Sequence[Line], texts: Texts) -> set[int]:
    """Return the ids of lines that differ and have the same translation.

    Two different texts may have the same translation ("yes"). So there must be three different
    texts, or two, one of which differs from the translation in length.
    """
    groups = defaultdict(list)
    for line in lines:
        if len(line.text) > _SHORT and texts.get(line.id):
            groups[_plain(texts[line.id])].append(line)
    found: set[int] = set()
    for text, group in groups.items():
        different = _different(group)
        if len(different) > 2 or (
            len(different) > 1 and any(_differs_in_length(text, line) for line in different)
        ):
            found.update(line.id for line in group)
    return found


def _different(group: Sequence[Line]) -> list[Line]:
    """Return up to three lines that are not alike."""
    different: list[Line] = []
    for line in group:
        if len(different) < 3 and not any(_are_alike(line, other) for other in different):
            different.append(line)
    return different


def _are_alike(one: Line, other: Line) -> bool:
    matcher = difflib.SequenceMatcher(None, _plain(one.text), _plain(other.text), autojunk=False)
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def _differs_in_length(text: str, line: Line) -> bool:
    one, other = _size(text), _size(line.text)
    return one > _LENGTH_RATIO * other or _LENGTH_RATIO * one < other


def _size(text: str) -> int:
    """Return the number of characters; Chinese, Japanese and Korean ones count three times."""
    return len(text) + 2 * sum(character >= "\u2e80" for character in text)


def _plain(text: str) -> str:
    """Return the words in lower case, without punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _contains(text: str, term: str) -> bool:
    """Return whether a text contains a term; ASCII terms as whole words: not Art in start."""
    if not term.isascii():
        return term.casefold() in text.casefold()
    return bool(re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text, re.IGNORECASE))


# The response's JSON ----------------------------------------------------------------------------


class _Part(BaseModel):
    type: str = ""
    text: str | None = None


class _Item(BaseModel):
    type: str = ""
    content: list[_Part] | None = None


class _Failure(BaseModel):
    code: str | None = None


class _Response(BaseModel):
    output: list[_Item]
    status: str | None = None
    error: _Failure | None = None


class _Entry(BaseModel):
    id: int
    text: str | None


class _Entries(BaseModel):
    segments: list[_Entry]


def _output_text(body: bytes) -> str | None:
    """Return the text of a response, None for a refusal or an incomplete response."""
    try:
        response = _Response.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:  # pydantic's ValidationError is a ValueError
        raise Unreadable("no response of a text model") from error
    if response.error and response.error.code in _TRANSIENT_CODES:
        raise Unreadable("its own failure", paid=False)
    parts = [part for item in response.output for part in item.content or []]
    if response.status not in {None, "completed"} or any(p.type == "refusal" for p in parts):
        return None
    return "".join(part.text or "" for part in parts if part.type == "output_text")


def _entries(output: str) -> list[_Entry] | None:
    """Return the segments of the JSON object, around which some servers put prose."""
    data: Any = None
    for text in (output, output[output.find("{") : output.rfind("}") + 1]):
        try:
            data = json.loads(text)
            break
        except (ValueError, RecursionError):
            continue
    try:
        return _Entries.model_validate(data).segments
    except ValidationError:
        return None
