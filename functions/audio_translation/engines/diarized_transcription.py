"""Transcriptions that tell who speaks: ``diarized_json`` of OpenAI or a compatible server.

The labels of an answer mean something within it alone. Prompts are refused by such models, and the
server finds the pauses (``chunking_strategy``), without which it takes half a minute at most.
Source: openai-python 3.54, ``types/audio/transcription_diarized.py``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

import openai
from pydantic import BaseModel, BeforeValidator, Field

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.errors import Unreadable, checked
from audio_translation.errors import InvalidRequest
from audio_translation.languages import code_of, name_of
from audio_translation.scripts import joined
from audio_translation.transcript import Segment, Translation, milliseconds
from audio_translation.translation.engine import Task

_LONGEST_TEXT = 1_000_000
_MOST_SEGMENTS = 5_000
_LONGEST_LABEL = 100
_REFUSED = ("response_format", "diarized_json", "chunking_strategy")
"""What servers name that tell no speakers."""
_LONGEST_PAUSE = 700
"""Milliseconds between two segments of one sentence, which servers part at its pauses."""
_LONGEST_TURN = 15_000
_SENTENCE_ENDS = (".", "?", "!", "\u2026", "\u3002", "\uff1f", "\uff01", "\u061f", "\u0964")


def _label(value: object) -> object:
    """Return a label as text; some servers number their speakers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value or None


class _AnswerSegment(BaseModel):
    start: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
    end: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
    text: str
    speaker: Annotated[str | None, Field(max_length=_LONGEST_LABEL), BeforeValidator(_label)] = None


class _Answer(BaseModel):
    text: str = Field(default="", max_length=_LONGEST_TEXT)
    segments: list[_AnswerSegment] | None = None


class DiarizedTranscription:
    """Asks one provider; safe to call from several threads."""

    def __init__(self, calls: ProviderCalls) -> None:
        self._calls = calls

    def heard(self, audio: Audio, task: Task, *, length: int, deadline: Deadline) -> Translation:
        """Return what is said in a file of ``length`` milliseconds, and who says it.

        Segments have labels if the task is about speakers. Raises InvalidRequest if the model tells
        no speakers, and what ``ProviderCalls.run`` raises.
        """
        source = code_of(task.source) if task.source else None

        def call(timeout: openai.Timeout) -> Translation:
            with audio.path.open("rb") as file:
                try:
                    response = self._calls.client.audio.transcriptions.with_raw_response.create(
                        file=(audio.upload_name, file, audio.type.mime),
                        model=task.model,
                        response_format="diarized_json",
                        chunking_strategy="auto",
                        language=source or openai.omit,
                        temperature=task.temperature or openai.omit,
                        timeout=timeout,
                    )
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if any(f"{error.param} {error.message}".count(name) for name in _REFUSED):
                        raise _cannot(task) from error
                    raise
            return _parsed(response.content, task, length)

        return self._calls.run(call, model=task.model, deadline=deadline)


def _cannot(task: Task) -> InvalidRequest:
    told = f"The provider's model {task.model!r} does not tell speakers apart"
    if task.speakers is None:
        return InvalidRequest(f"model: {told}, although it is known for it.", param="model")
    return InvalidRequest(
        f"speakers: {told}. Leave the field out, or name a model that does.", param="speakers"
    )


def _parsed(body: bytes, task: Task, length: int) -> Translation:
    """Return the segments of an answer; raises Unreadable and InvalidRequest."""
    answer = checked(_Answer, body)
    given = answer.segments or []
    if not any(one.speaker for one in given) and (given or answer.text.strip()):
        raise _cannot(task)
    if len(given) > _MOST_SEGMENTS or sum(len(one.text) for one in given) > _LONGEST_TEXT:
        raise Unreadable("more text than anybody can say", changes=False)
    segments = (_segment(one, task, length) for one in given if one.text.strip())
    whole = tuple(_turns(sorted(segments, key=lambda segment: segment.start)))
    return Translation(whole, name_of(task.target), length, task.model)


def _segment(one: _AnswerSegment, task: Task, length: int) -> Segment:
    start = min(milliseconds(one.start), length)
    return Segment(
        start,
        max(start, min(milliseconds(one.end), length)),
        one.text.strip(),
        spoken=code_of(task.source) if task.source else None,
        speaker=None if task.speakers is None else one.speaker,
    )


def _turns(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Yield the segments, with the parts of a sentence as one: so it is translated as one."""
    before: Segment | None = None
    for one in segments:
        if before and _goes_on(before, one):
            text = joined([before.text, one.text])
            before = replace(before, end=max(before.end, one.end), text=text)
            continue
        if before:
            yield before
        before = one
    if before:
        yield before


def _goes_on(before: Segment, one: Segment) -> bool:
    return (
        before.speaker == one.speaker
        and not before.text.endswith(_SENTENCE_ENDS)
        and one.start - before.end < _LONGEST_PAUSE
        and one.end - before.start <= _LONGEST_TURN
    )
