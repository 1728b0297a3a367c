"""A translation in any response format: the format is looked up, the text made encodable."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from audio_translation.formats import json_and_text
from audio_translation.formats.documents.ass import ass
from audio_translation.formats.documents.csv_table import csv_table
from audio_translation.formats.documents.html import html
from audio_translation.formats.documents.ttml import ttml
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.formats.srt import srt
from audio_translation.formats.verbose_json import verbose_json
from audio_translation.formats.vtt import vtt
from audio_translation.formats.words import with_words as words_in
from audio_translation.transcript import Segment, Translation, encodable

_RENDERERS: Mapping[ResponseFormat, Callable[[Translation], dict[str, Any] | str]] = {
    ResponseFormat.JSON: json_and_text.json,
    ResponseFormat.TEXT: json_and_text.text,
    ResponseFormat.VERBOSE_JSON: verbose_json,
    ResponseFormat.CSV: csv_table,
    ResponseFormat.HTML: html,
}
_SUBTITLES: Mapping[ResponseFormat, Callable[[Translation, Rules], str]] = {
    ResponseFormat.SRT: srt,
    ResponseFormat.VTT: vtt,
    ResponseFormat.TTML: ttml,
    ResponseFormat.ASS: ass,
}
"""Formats that are laid out by rules."""


@dataclass(frozen=True)
class Rendered:
    """A response: an object for the JSON formats, text for the others.

    It can always be encoded as UTF-8: lone surrogates in an engine's answer are replaced.
    """

    body: dict[str, Any] | str
    content_type: str

    @property
    def text(self) -> str:
        """Return the body as it is sent over HTTP."""
        if isinstance(self.body, str):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False)


def render(
    translation: Translation,
    response_format: ResponseFormat,
    *,
    with_source: bool = False,
    with_words: bool = False,
    rules: Rules = DEFAULT,
) -> Rendered:
    """Return the translation in a response format; ``rules`` are those of subtitles.

    ``with_source`` adds the source text, where it is known: in ``verbose_json`` and ``csv`` as
    ``source`` and ``spoken``, in subtitles as a line above the translation, in ``html`` as a column
    before it.
    ``with_words`` adds the words and their times to ``json`` and ``verbose_json``.
    """
    translation = replace(
        translation,
        language=encodable(translation.language),
        segments=tuple(_shown(segment, with_source) for segment in translation.segments),
    )
    subtitles = _SUBTITLES.get(response_format)
    body = subtitles(translation, rules) if subtitles else _RENDERERS[response_format](translation)
    if with_words and isinstance(body, dict):
        body = words_in(body, translation)
    return Rendered(body, response_format.content_type)


def _shown(segment: Segment, with_source: bool) -> Segment:  # noqa: FBT001
    """Return the segment with text that can be encoded, and without its source if not wanted."""
    source = spoken = None
    if with_source:
        source = None if segment.source is None else encodable(segment.source)
        spoken = None if segment.spoken is None else encodable(segment.spoken)
    return replace(segment, text=encodable(segment.text), source=source, spoken=spoken)
