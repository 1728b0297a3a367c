"""What a text model answered, and what is wrong with it.

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

from audio_translation.engines.provider_calls import Unreadable

Texts = dict[int, str]
"""Translations by the number of their segment."""

EMPTY = "it was empty"
UNCHANGED = "it was not translated"
TOO_LONG = "it was far too long"
TOO_SHORT = "it was far too short"
SAME = "it was the same text for segments that say different things"
UNTOLD = "it does not have all of must_contain"

_SHORT = 15  # characters; what so little says may be the same as what many others say
_ALIKE = 0.6  # as ``difflib`` measures: two ways to write down the same words
_OVER = 2.5  # times as long or as short; more than languages differ
_CONTENT_CODES = {
    "content_filter",
    "content_policy_violation",
    "context_length_exceeded",
    "invalid_prompt",
    "string_above_max_length",
}
_PASSING_CODES = {"server_error", "rate_limit_exceeded"}


@dataclass(frozen=True)
class Line:
    """A segment's text to be translated.

    ``foreign`` is whether it is known to be in another language; ``problem`` is what was wrong
    with its first translation.
    """

    id: int
    text: str
    foreign: bool = True
    problem: str = ""

    def terms(self, keywords: Sequence[str]) -> list[str]:
        """Those keywords that are spoken here."""
        return [keyword for keyword in keywords if _holds(self.text, keyword)]


def is_about_the_content(code: str | None) -> bool:
    """Whether a provider refuses what the text says, or how much of it there is, by this code."""
    return code in _CONTENT_CODES


def read(body: bytes, lines: Sequence[Line]) -> Texts | None:
    """The translations of exactly these lines, or None if the model gave something else.

    An answer must have their numbers, each once, in order. Texts may be doubtful still, but not
    be one and the same for many lines. Raises Unreadable for what is no response of a model.
    """
    said = _what_it_wrote(body)
    entries = _entries(said) if said else None
    if entries is None or [entry.id for entry in entries] != [line.id for line in lines]:
        return None
    texts = {entry.id: _on_one_line(entry.text or "") for entry in entries}
    return None if len(lines) > 1 and _same(lines, texts) else texts


def _on_one_line(text: str) -> str:
    """Without halves of characters, too, which JSON can hold and UTF-8 cannot."""
    return " ".join(text.encode(errors="ignore").decode().split())


def problems(lines: Sequence[Line], texts: Texts, keywords: Sequence[str]) -> Mapping[int, str]:
    """What is wrong with translations, by number; of those that are not there nothing."""
    found = dict.fromkeys(_same(lines, texts), SAME)
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
    return UNTOLD if any(not _holds(text, term) for term in line.terms(keywords)) else ""


def _same(lines: Sequence[Line], texts: Texts) -> set[int]:
    """The numbers of lines that say different things and have one and the same translation.

    Two people may say yes in two ways, so it takes three, or two of another length.
    """
    groups = defaultdict(list)
    for line in lines:
        if len(line.text) > _SHORT and texts.get(line.id):
            groups[_plain(texts[line.id])].append(line)
    found: set[int] = set()
    for text, group in groups.items():
        apart = _apart(group)
        if len(apart) > 2 or (len(apart) > 1 and any(_is_off(text, line) for line in apart)):
            found.update(line.id for line in group)
    return found


def _apart(group: Sequence[Line]) -> list[Line]:
    """Three lines at most, no two of which are alike."""
    apart: list[Line] = []
    for line in group:
        if len(apart) < 3 and not any(_are_alike(line, other) for other in apart):
            apart.append(line)
    return apart


def _are_alike(one: Line, other: Line) -> bool:
    matcher = difflib.SequenceMatcher(None, _plain(one.text), _plain(other.text), autojunk=False)
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def _is_off(text: str, line: Line) -> bool:
    return _size(text) > _OVER * _size(line.text) or _OVER * _size(text) < _size(line.text)


def _size(text: str) -> int:
    """Letters, where one of Chinese, Japanese or Korean counts as much as three of others."""
    return len(text) + 2 * sum(character >= "\u2e80" for character in text)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _holds(text: str, term: str) -> bool:
    """Whether a text has a term; of ASCII only as whole words: ``Art`` is not in ``start``."""
    if not term.isascii():
        return term.casefold() in text.casefold()
    return bool(re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text, re.IGNORECASE))


# What a model wrote -----------------------------------------------------------------------------


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


def _what_it_wrote(body: bytes) -> str | None:
    """The text of a response; None for a refusal or half an answer."""
    try:
        response = _Response.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:  # pydantic's ValidationError is a ValueError
        raise Unreadable from error
    if response.error and response.error.code in _PASSING_CODES:
        raise Unreadable
    parts = [part for item in response.output for part in item.content or []]
    if response.status not in {None, "completed"} or any(p.type == "refusal" for p in parts):
        return None
    return "".join(part.text or "" for part in parts if part.type == "output_text")


def _entries(said: str) -> list[_Entry] | None:
    """What is in the JSON object; servers without structured output put prose around it."""
    data: Any = None
    for text in (said, said[said.find("{") : said.rfind("}") + 1]):
        try:
            data = json.loads(text)
            break
        except (ValueError, RecursionError):
            continue
    try:
        return _Entries.model_validate(data).segments
    except ValidationError:
        return None
