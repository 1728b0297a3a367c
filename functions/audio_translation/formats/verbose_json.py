"""``verbose_json``: OpenAI's object with segments and their times."""

import math
from typing import Any

from audio_translation.formats.words import as_json, words
from audio_translation.languages import name_of
from audio_translation.transcript import Segment, Translation, encodable, seconds


def verbose_json(translation: Translation) -> dict[str, Any]:
    """Return OpenAI's object, with its names and order of fields.

    ``languages`` (spoken, with their share of the spoken time), ``warnings``, what served
    (``model``, ``provider``), ``cached``, and a segment's ``source``, ``spoken``, ``untranslated``,
    ``channel`` and ``speaker``, are not OpenAI's. They are left out if they are empty.
    Source: openai-python, ``TranslationVerbose``, ``TranscriptionVerbose``.
    """
    own: dict[str, Any] = {}
    if translation.languages:
        own["languages"] = [
            {"language": code, "share": share} for code, share in translation.languages
        ]
    if translation.warnings:
        own["warnings"] = list(translation.warnings)
    if translation.provider:
        own |= {"model": translation.model, "provider": translation.provider}
    if translation.cached:
        own["cached"] = True
    timed: dict[str, Any] = {}
    if "word" in translation.granularities:
        timed["words"] = as_json(words(translation))
    if "segment" in translation.granularities:
        timed["segments"] = [
            _segment(number, segment) for number, segment in enumerate(translation.segments)
        ]
    return {
        "task": translation.task,
        "language": translation.language,
        "duration": seconds(translation.duration),
        "text": translation.text,
        **timed,
        **own,
    }


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    own: dict[str, Any] = {}
    if segment.source is not None:
        own["source"] = segment.source
    if segment.spoken is not None:
        own["spoken"] = name_of(segment.spoken)
    if segment.untranslated:
        own["untranslated"] = True
    if segment.channel is not None:
        own["channel"] = segment.channel
    if segment.speaker is not None:
        own["speaker"] = encodable(segment.speaker)
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


def _finite(number: float) -> float:
    """Return the number, or 0 for NaN and infinity, which JSON cannot hold."""
    return number if math.isfinite(number) else 0.0
