"""Parsing of ``verbose_json`` answers from OpenAI and compatible servers.

Source: openai-python 3.54, ``types/audio/translation_verbose.py``.
"""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from audio_translation.engines.provider.errors import Unreadable, checked
from audio_translation.languages import code_named
from audio_translation.transcript import Segment, Translation, Word, milliseconds

_LONGEST_TEXT = 1_000_000
"""Characters; more is not the speech of one call's audio."""
_MOST_SEGMENTS = 5_000
_MOST_WORDS = 50_000


class WithoutTimes(Exception):
    """The provider does not support ``verbose_json``, or returns it with text only."""


def _or_default(value: Any) -> Any:
    """Return 0 for null, NaN and infinity: some servers send them, and nothing depends on them."""
    return (
        0.0 if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
    )


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


class _AnswerWord(BaseModel):
    start: _Seconds
    end: _Seconds
    word: str


class _Answer(BaseModel):
    text: str = Field(max_length=_LONGEST_TEXT)
    duration: Annotated[float, Field(ge=0, le=1e6)] | None = None
    language: str | None = None
    segments: list[_AnswerSegment] | None = None
    words: list[_AnswerWord] | None = None


def parsed(body: bytes, model: str, *, transcribed: bool = False) -> Translation:
    """Return the translation in an answer; missing numbers, duration and language get defaults.

    ``transcribed``: whether it is a transcription, whose language is the one spoken.

    Text without segments becomes one segment over the whole duration. Raises Unreadable
    or WithoutTimes.
    """
    answer = checked(_Answer, body)
    words = answer.words or []
    if len(answer.segments or []) > _MOST_SEGMENTS or len(words) > _MOST_WORDS:
        raise Unreadable("more text than anybody can say", changes=False)
    language = code_named(answer.language or "")
    # Some servers name the language spoken, not that of the translation, which is English.
    spoken = None if language == "en" and not transcribed else language
    segments = [_segment(segment, spoken) for segment in answer.segments or []]
    if sum(len(segment.text) for segment in segments) > _LONGEST_TEXT:
        raise Unreadable("more text than anybody can say", changes=False)
    if answer.duration is None and not segments and answer.text.strip():
        raise WithoutTimes
    duration = max([milliseconds(answer.duration or 0), *(s.end for s in segments)])
    if not segments and answer.text.strip():
        segments = [Segment(start=0, end=duration, text=answer.text, spoken=spoken)]
    return Translation(
        segments=tuple(segments),
        language="english",
        duration=duration if answer.duration is None else milliseconds(answer.duration),
        model=model,
        words=tuple(map(_word, words)),
    )


def _word(answer: _AnswerWord) -> Word:
    start = max(0, milliseconds(answer.start))
    return Word(start, max(start, milliseconds(answer.end)), answer.word.strip())


def _segment(answer: _AnswerSegment, spoken: str | None) -> Segment:
    return Segment(
        spoken=spoken,
        **answer.model_dump(exclude={"start", "end", "tokens"}),
        start=max(0, milliseconds(answer.start)),
        end=max(0, milliseconds(answer.end)),
        tokens=answer.tokens or (),
    )


def text_of(body: bytes) -> str:
    """Return the text of a ``json`` answer; raises Unreadable."""
    return checked(_Answer, body).text
