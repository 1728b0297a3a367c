"""Translation of segments by a text model, many segments in one call.

- Source texts, prompt and keywords are data: they are one JSON object in the user's message. The
  instructions are a constant, so that no text can change them.
- Answers are not trusted: ``text_answers`` checks them. What fails is asked for again.
- A batch without a valid answer is halved, so that one segment that the model refuses costs no
  other segment its translation.
"""

import json
import threading
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import ProviderChain
from audio_translation.engines.in_parallel import in_parallel
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.text_answers import (
    TERM_MISSING,
    Line,
    Texts,
    problems,
)
from audio_translation.engines.text_calls import TextCalls
from audio_translation.languages import code_of, name_of
from audio_translation.transcript import Segment, Translation, all_names
from audio_translation.translation.engine import Task

MOST_LINES = 30
MOST_LETTERS = 6_000
"""Most segments and characters of one call; with more, models lose segments."""

_BEFORE, _AFTER = 3, 2  # segments before and after a batch that are sent as context
_LONGEST_NEIGHBOUR = 500  # characters of such a segment
_LONGEST_CONTEXT = 4_000  # characters of the prompt
_SPARE_CALLS = 12  # enough to find one refused segment of 30 by halving
_CALLS_A_BATCH = 3  # besides the spare ones


class TextTranslation:
    """A text model; ``at_once`` is how many calls a request makes at a time."""

    def __init__(
        self, providers: ProviderChain[ProviderCalls], *, model: str, at_once: int = 4
    ) -> None:
        self.calls = TextCalls(providers, model)
        self.at_once = at_once

    def translated(
        self,
        said: Translation,
        task: Task,
        *,
        deadline: Deadline,
        only: Container[int] | None = None,
    ) -> Translation:
        """Return the transcription ``said`` with text in ``task.target``.

        The source text is kept as each segment's ``source``. A segment that is spoken in the
        target language keeps its text. A segment without a valid translation keeps its text, too,
        and is marked ``untranslated``. With ``only``, the segments of these numbers are translated,
        and the others, which keep their text, are but the context. Raises RateLimited or one of the
        Provider errors if the provider fails.
        """
        target = code_of(task.target)
        lines = [
            Line(number, segment.text, foreign=segment.spoken is not None)
            for number, segment in enumerate(said.segments)
            if (segment.spoken is None or code_of(segment.spoken) != target)
            and (only is None or number in only)
        ]
        run = _Run(self, said.segments, task, deadline)
        texts = run.texts(lines)
        segments = [
            replace(segment, source=segment.text, text=texts.get(number, segment.text))
            for number, segment in enumerate(said.segments)
        ]
        for line in lines:
            if line.id not in texts:
                segments[line.id] = replace(segments[line.id], untranslated=True)
        provider = all_names([said.provider, *sorted(run.providers)])
        return replace(said, segments=tuple(segments), provider=provider)


@dataclass
class _Run:
    """The calls for the segments of one audio file."""

    model: TextTranslation
    segments: Sequence[Segment]
    task: Task
    deadline: Deadline
    _calls_left: int = 0

    def __post_init__(self) -> None:
        self._counter_lock = threading.Lock()
        self.providers: set[str] = set()
        """Those that have served."""

    def texts(self, lines: Sequence[Line]) -> Texts:
        """Return the translations by id; lines without a valid translation are missing.

        Translations with a problem are asked for once more. If the second one has a problem, too,
        the line has none, unless only a keyword is missing: it may be inflected or spelled
        differently in the target language. Then the line keeps the last one of that kind.
        """
        self._calls_left = _SPARE_CALLS + _CALLS_A_BATCH * len(list(_batches(lines)))
        texts = self._all_batches(lines)
        found = problems(lines, texts, self.task.keywords)
        if not found:
            return texts
        doubtful = [replace(line, problem=found[line.id]) for line in lines if line.id in found]
        again = self._all_batches(doubtful)
        now = {**texts, **again}
        still = problems(lines, now, self.task.keywords)
        for line in doubtful:
            if still.get(line.id, TERM_MISSING) != TERM_MISSING:
                del now[line.id]
                if line.problem == TERM_MISSING:
                    now[line.id] = texts[line.id]
        return now

    def _all_batches(self, lines: Sequence[Line]) -> Texts:
        batches = list(_batches(lines))
        found: Texts = {}
        for texts in in_parallel(
            self._batch_or_halves, batches, at_once=self.model.at_once, deadline=self.deadline
        ):
            found.update(texts)
        return found

    def _batch_or_halves(self, lines: Sequence[Line]) -> Texts:
        """Return the texts of a batch; without a valid answer, those of its halves."""
        texts = self._call(lines)
        if texts is None and len(lines) == 1:
            texts = self._call(lines)
        if texts is not None or len(lines) == 1:
            return texts or {}
        middle = len(lines) // 2
        return {**self._batch_or_halves(lines[:middle]), **self._batch_or_halves(lines[middle:])}

    def _call(self, lines: Sequence[Line]) -> Texts | None:
        """Make a call if the run has one left, else return None."""
        with self._counter_lock:
            if self._calls_left <= 0:
                return None
            self._calls_left -= 1
        texts, provider = self.model.calls.asked(self._message(lines), lines, self.deadline)
        self.providers.add(provider)
        return texts

    def _message(self, lines: Sequence[Line]) -> str:
        """Return the data of a call as JSON; see ``text_prompt.INSTRUCTIONS`` for the fields."""
        first, last = lines[0].id, lines[-1].id
        target = self.task.target
        name = name_of(target)
        data: dict[str, object] = {"target_language": {"tag": target, "name": name}}
        if self.task.prompt:
            data["context"] = self.task.prompt[:_LONGEST_CONTEXT]
        if self.task.keywords:
            data["glossary"] = self.task.keywords
        data["before"] = self._before(first)
        data["segments"] = [self._shown(line) for line in lines]
        data["after"] = self._neighbours(last + 1, last + 1 + _AFTER)
        return json.dumps(data, ensure_ascii=False)

    def _before(self, first: int) -> list[str]:
        """Return what was said before a segment, also before the audio began."""
        earlier = [said.source or said.text for said in self.task.before]
        shown = [text[:_LONGEST_NEIGHBOUR] for text in earlier[first - _BEFORE :]]
        return (shown if first < _BEFORE else []) + self._neighbours(max(0, first - _BEFORE), first)

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
    """Yield batches of at most ``MOST_LINES`` and ``MOST_LETTERS``."""
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
