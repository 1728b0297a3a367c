"""Segments' texts to another language, by a text model that is asked for many at once, by number.

What was said, the prompt and the keywords are data: they come as one JSON object in the user's
message, and the instructions are ours alone, word for word the same for everybody. Nothing that a
model answers is believed: ``text_answers`` says what is wrong with it, and here that is asked for
again, in halves, so that one segment that it cannot do costs no other its translation.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import openai

from audio_translation.deadline import Deadline
from audio_translation.engines.in_parallel import in_parallel
from audio_translation.engines.provider_calls import ProviderCalls
from audio_translation.engines.text_answers import (
    UNTOLD,
    Line,
    Texts,
    is_about_the_content,
    problems,
    read,
)
from audio_translation.engines.text_prompt import ANSWER_FORMAT, INSTRUCTIONS
from audio_translation.errors import (
    AudioTooLarge,
    ModelGone,
    ProviderRejected,
    UnsupportedAudio,
)
from audio_translation.languages import code_of, name_of
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task

MOST_LINES = 30
MOST_LETTERS = 6_000
"""Of one call; more than that, and models begin to lose segments."""

_BEFORE, _AFTER = 3, 2  # neighbours that a call shows
_LONGEST_NEIGHBOUR = 500  # characters, as below
_LONGEST_CONTEXT = 4_000
_LONGEST_CALL_SECONDS = 60.0
_ATTEMPTS = 12
"""Giving up costs the transcription, which is paid for."""
_MOST_TOKENS = 16_000  # of an answer, what a model thinks included
_SPARE_CALLS = 12  # enough to find, by halves, the one of 30 segments that a model cannot do
_CALLS_A_BATCH = 3


class TextTranslation:
    """One text model of one provider; ``at_once`` is how many calls a request makes together."""

    def __init__(self, calls: ProviderCalls, *, model: str, at_once: int = 4) -> None:
        self._calls = calls
        self._model = model
        self.at_once = at_once

    def translated(self, said: Translation, task: Task, *, deadline: Deadline) -> Translation:
        """Return the same segments with text in ``task.target``, and what was said as ``source``.

        A segment that is spoken in that language keeps its text; so does one for which no text
        came that can be one, and it is ``untranslated``. Raises RateLimited or one of the Provider
        errors where the model cannot be had at all.
        """
        target = code_of(task.target)
        lines = [
            Line(number, segment.text, foreign=segment.spoken is not None)
            for number, segment in enumerate(said.segments)
            if segment.spoken is None or code_of(segment.spoken) != target
        ]
        texts = _Run(self, said.segments, task, deadline).texts(lines)
        segments = [
            replace(segment, source=segment.text, text=texts.get(number, segment.text))
            for number, segment in enumerate(said.segments)
        ]
        for line in lines:
            if line.id not in texts:
                segments[line.id] = replace(segments[line.id], untranslated=True)
        return replace(said, segments=tuple(segments))

    def asked(self, message: str, lines: Sequence[Line], deadline: Deadline) -> Texts | None:
        """Make one call; None if the model's answer is none to all of these lines."""

        def call(timeout: openai.Timeout) -> Texts | None:
            try:
                response = self._calls.client.responses.with_raw_response.create(
                    model=self._model,
                    instructions=INSTRUCTIONS,
                    input=[{"role": "user", "content": message}],
                    text={
                        "format": {
                            "type": "json_schema",
                            "name": "translation",
                            "schema": ANSWER_FORMAT,
                            "strict": True,
                        }
                    },
                    max_output_tokens=_MOST_TOKENS,
                    store=False,
                    timeout=timeout,
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if is_about_the_content(error.code):
                    return None
                raise
            return read(response.content, lines)

        try:
            return self._calls.run(
                call,
                model=self._model,
                deadline=deadline,
                longest_seconds=_LONGEST_CALL_SECONDS,
                attempts=_ATTEMPTS,
            )
        except ModelGone as error:  # of the audio's model whoever asked would think
            raise ProviderRejected(
                f"{error.message.rstrip('.')}. The operator must choose another text model."
            ) from error
        except (AudioTooLarge, UnsupportedAudio) as error:
            raise ProviderRejected(
                f"The provider of the text model refused the request. {error.message}"
            ) from error


@dataclass
class _Run:
    """The calls for the segments of one audio file."""

    model: TextTranslation
    segments: Sequence[Segment]
    task: Task
    deadline: Deadline
    _left: int = 0

    def __post_init__(self) -> None:
        self._counting = threading.Lock()

    def texts(self, lines: Sequence[Line]) -> Texts:
        """The translations by number; what is not there could not be had.

        What is doubtful is asked for once more. If it stays so, it is not taken, but for a text
        that lacks a keyword only: that may have to be spelled in another way there.
        """
        self._left = _SPARE_CALLS + _CALLS_A_BATCH * len(list(_batches(lines)))
        texts = self._round(lines)
        doubts = problems(lines, texts, self.task.keywords)
        if not doubts:
            return texts
        doubtful = [replace(line, problem=doubts[line.id]) for line in lines if line.id in doubts]
        again = self._round(doubtful)
        now = {**texts, **again}
        still = problems(lines, now, self.task.keywords)
        for line in doubtful:
            if still.get(line.id, UNTOLD) != UNTOLD:
                del now[line.id]
                if line.problem == UNTOLD:
                    now[line.id] = texts[line.id]
        return now

    def _round(self, lines: Sequence[Line]) -> Texts:
        batches = list(_batches(lines))
        found: Texts = {}
        for texts in in_parallel(
            self._halved, batches, at_once=self.model.at_once, deadline=self.deadline
        ):
            found.update(texts)
        return found

    def _halved(self, lines: Sequence[Line]) -> Texts:
        """The texts of a batch, or of its halves if the answer to it is no good."""
        texts = self._asked(lines)
        if texts is None and len(lines) == 1:
            texts = self._asked(lines)
        if texts is not None or len(lines) == 1:
            return texts or {}
        middle = len(lines) // 2
        return {**self._halved(lines[:middle]), **self._halved(lines[middle:])}

    def _asked(self, lines: Sequence[Line]) -> Texts | None:
        with self._counting:
            if self._left <= 0:
                return None
            self._left -= 1
        return self.model.asked(self._message(lines), lines, self.deadline)

    def _message(self, lines: Sequence[Line]) -> str:
        """The data of a call, as JSON."""
        first, last = lines[0].id, lines[-1].id
        target = self.task.target
        name = name_of(target)
        data: dict[str, object] = {"target_language": {"tag": target, "name": name}}
        if self.task.prompt:
            data["context"] = self.task.prompt[:_LONGEST_CONTEXT]
        if self.task.keywords:
            data["glossary"] = self.task.keywords
        data["before"] = self._neighbours(max(0, first - _BEFORE), first)
        data["segments"] = [self._shown(line) for line in lines]
        data["after"] = self._neighbours(last + 1, last + 1 + _AFTER)
        return json.dumps(data, ensure_ascii=False)

    def _neighbours(self, start: int, end: int) -> list[str]:
        return [segment.text[:_LONGEST_NEIGHBOUR] for segment in self.segments[start:end]]

    def _shown(self, line: Line) -> Mapping[str, object]:
        shown: dict[str, object] = {"id": line.id, "text": line.text}
        if line.problem:
            shown["problem"] = line.problem
        if terms := line.terms(self.task.keywords):
            shown["must_contain"] = terms
        return shown


def _batches(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    batch: list[Line] = []
    letters = 0
    for line in lines:
        if batch and (len(batch) == MOST_LINES or letters + len(line.text) > MOST_LETTERS):
            yield batch
            batch, letters = [], 0
        batch.append(line)
        letters += len(line.text)
    if batch:
        yield batch
