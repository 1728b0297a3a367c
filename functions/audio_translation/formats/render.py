"""A translation in each of the five response formats."""

import json
import math
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from audio_translation.formats.cues import lay_out
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.languages import name_of
from audio_translation.transcript import Segment, Translation, seconds


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
    match response_format:
        case ResponseFormat.JSON:
            return Rendered({"text": translation.text}, "application/json")
        case ResponseFormat.VERBOSE_JSON:
            return Rendered(_verbose(translation), "application/json")
        case ResponseFormat.TEXT:  # ends with a newline, as OpenAI's does
            return Rendered(translation.text + "\n", "text/plain; charset=utf-8")
        case ResponseFormat.SRT:
            return Rendered(_srt(translation), "application/x-subrip; charset=utf-8")
        case ResponseFormat.VTT:
            return Rendered(_vtt(translation), "text/vtt; charset=utf-8")


def _shown(segment: Segment, with_source: bool) -> Segment:  # noqa: FBT001
    """Return the segment with text that can be encoded, and without its source if not wanted."""
    source = spoken = None
    if with_source:
        source = None if segment.source is None else _encodable(segment.source)
        spoken = None if segment.spoken is None else _encodable(segment.spoken)
    return replace(segment, text=_encodable(segment.text), source=source, spoken=spoken)


def _verbose(translation: Translation) -> dict[str, Any]:
    """Return OpenAI's object, with its names and order of fields.

    ``warnings``, and a segment's ``source``, ``spoken`` and ``untranslated``, are not OpenAI's.
    They are left out if they are empty. Source: openai-python, ``TranslationVerbose``.
    """
    own = {"warnings": list(translation.warnings)} if translation.warnings else {}
    return {
        "task": "translate",
        "language": translation.language,
        "duration": seconds(translation.duration),
        "text": translation.text,
        "segments": [
            _verbose_segment(number, segment) for number, segment in enumerate(translation.segments)
        ],
        **own,
    }


def _verbose_segment(number: int, segment: Segment) -> dict[str, Any]:
    own: dict[str, Any] = {}
    if segment.source is not None:
        own["source"] = segment.source
    if segment.spoken is not None:
        own["spoken"] = name_of(segment.spoken)
    if segment.untranslated:
        own["untranslated"] = True
    return {
        "id": number,
        "seek": segment.seek,
        "start": seconds(segment.start),
        "end": seconds(segment.end),
        "text": segment.text,
        "tokens": list(segment.tokens),
        "temperature": _finite(segment.temperature),
        "avg_logprob": _finite(segment.avg_logprob),
        "compression_ratio": _finite(segment.compression_ratio),
        "no_speech_prob": _finite(segment.no_speech_prob),
        **own,
    }


def _srt(translation: Translation) -> str:
    """Return SubRip; text is not escaped, except for the arrow of the lines of times."""
    return "\n".join(
        f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n"
        + "".join(line.replace("-->", "→") + "\n" for line in cue.lines)
        for number, cue in enumerate(lay_out(translation.segments), start=1)
    )


def _vtt(translation: Translation) -> str:
    """Return WebVTT, with ``&``, ``<`` and ``>`` escaped. Source: https://www.w3.org/TR/webvtt1/."""
    return "WEBVTT\n\n" + "\n".join(
        f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n"
        + "".join(escape(line, quote=False) + "\n" for line in cue.lines)
        for cue in lay_out(translation.segments)
    )


def _stamp(time: int, point: str) -> str:
    """Return integer milliseconds as ``HH:MM:SS,mmm``; the hours may have more digits."""
    rest, milli = divmod(time, 1000)
    rest, second = divmod(rest, 60)
    hour, minute = divmod(rest, 60)
    return f"{hour:02}:{minute:02}:{second:02}{point}{milli:03}"


def _encodable(text: str) -> str:
    """Return the text with surrogate pairs combined and lone surrogates replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _finite(number: float) -> float:
    """Return the number, or 0 for NaN and infinity, which JSON cannot hold."""
    return number if math.isfinite(number) else 0.0
