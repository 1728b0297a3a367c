"""Parsing of ``verbose_json`` answers from OpenAI and compatible servers.

Source: openai-python 3.54, ``types/audio/translation_verbose.py``.
"""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from audio_translation.engines.provider_errors import checked
from audio_translation.errors import ProviderUnavailable
from audio_translation.transcript import Segment, Translation, milliseconds

_LONGEST_TEXT = 1_000_000
"""Characters; more is not the speech of one call's audio."""


class WithoutTimes(Exception):
    """The provider does not support ``verbose_json``, or returns it with text only."""


def _or_default(value: Any) -> Any:
    """Return 0 for null and NaN: some servers send them, and these numbers are only passed on."""
    return 0.0 if value is None or (isinstance(value, float) and math.isnan(value)) else value


_Seconds = Annotated[float, Field(le=1e6), BeforeValidator(_or_default)]
_Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_or_default)]


class _AnswerSegment(BaseModel):
    start: _Seconds
    end: _Seconds
    text: str
    seek: Annotated[int, BeforeValidator(_or_default)] = 0
    tokens: tuple[int, ...] | None = None
    temperature: _Number = 0.0
    avg_logprob: _Number = 0.0
    compression_ratio: _Number = 0.0
    no_speech_prob: _Number = 0.0


class _Answer(BaseModel):
    text: str = Field(max_length=_LONGEST_TEXT)
    duration: Annotated[float, Field(ge=0, le=1e6)] | None = None
    language: str | None = None
    segments: list[_AnswerSegment] | None = None


def parsed(body: bytes, model: str) -> Translation:
    """Return the translation in an answer; missing numbers, duration and language get defaults.

    Text without segments becomes one segment over the whole duration. Raises Unreadable,
    WithoutTimes or ProviderUnavailable.
    """
    answer = checked(_Answer, body)
    segments = [_segment(segment) for segment in answer.segments or []]
    if sum(len(segment.text) for segment in segments) > _LONGEST_TEXT:
        raise ProviderUnavailable("The provider's answer is too long to be a translation.")
    if answer.duration is None and not segments and answer.text.strip():
        raise WithoutTimes
    duration = max([milliseconds(answer.duration or 0), *(s.end for s in segments)])
    if not segments and answer.text.strip():
        segments = [Segment(start=0, end=duration, text=answer.text)]
    return Translation(
        segments=tuple(segments),
        language=answer.language or "english",
        duration=duration if answer.duration is None else milliseconds(answer.duration),
        model=model,
    )


def _segment(answer: _AnswerSegment) -> Segment:
    return Segment(
        **answer.model_dump(exclude={"start", "end", "tokens"}),
        start=max(0, milliseconds(answer.start)),
        end=max(0, milliseconds(answer.end)),
        tokens=answer.tokens or (),
    )


def text_of(body: bytes) -> str:
    """Return the text of a ``json`` answer; raises Unreadable or ProviderUnavailable."""
    return checked(_Answer, body).text
