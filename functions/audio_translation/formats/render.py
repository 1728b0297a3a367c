"""A translation in any response format: the format is looked up, the text made encodable."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from audio_translation.formats import json_and_text
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.srt import srt
from audio_translation.formats.verbose_json import verbose_json
from audio_translation.formats.vtt import vtt
from audio_translation.transcript import Segment, Translation

_RENDERERS: Mapping[ResponseFormat, Callable[[Translation], dict[str, Any] | str]] = {
    ResponseFormat.JSON: json_and_text.json,
    ResponseFormat.TEXT: json_and_text.text,
    ResponseFormat.SRT: srt,
    ResponseFormat.VERBOSE_JSON: verbose_json,
    ResponseFormat.VTT: vtt,
}


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
    translation: Translation, response_format: ResponseFormat, *, with_source: bool = False
) -> Rendered:
    """Return the translation in a response format.

    ``with_source`` adds the source text, where it is known: in ``verbose_json`` as ``source`` and
    ``spoken``, in subtitles as a line above the translation.
    """
    translation = replace(
        translation,
        language=_encodable(translation.language),
        segments=tuple(_shown(segment, with_source) for segment in translation.segments),
    )
    return Rendered(_RENDERERS[response_format](translation), response_format.content_type)


def _shown(segment: Segment, with_source: bool) -> Segment:  # noqa: FBT001
    """Return the segment with text that can be encoded, and without its source if not wanted."""
    source = spoken = None
    if with_source:
        source = None if segment.source is None else _encodable(segment.source)
        spoken = None if segment.spoken is None else _encodable(segment.spoken)
    return replace(segment, text=_encodable(segment.text), source=source, spoken=spoken)


def _encodable(text: str) -> str:
    """Return the text with surrogate pairs combined and lone surrogates replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
