"""An utterance of a live session: what is kept of it, and what it is in the whole session.

Times are integer milliseconds; those of an utterance's parts count from its own start.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.jobs.job import Job
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Said
from audio_translation.translation.stitching import Part, stitch
from audio_translation.translation.warnings import intervals, with_warnings

GAP = "[not translated]"
"""The text of an utterance that could not be translated."""

_FAILURES_TOLD = 2
"""An utterance that failed so often is a gap; before that it is probably sent again at once."""
_CONTEXT_SEGMENTS = 3
_CONTEXT_LETTERS = 300
"""Of what was said before; about a third of what Whisper takes, the rest is for the prompt."""


@dataclass(frozen=True)
class Utterance:
    """One that is translated. It never changes.

    - ``start``: on the session's clock; ``length``: of its audio.
    - ``sha256``, ``size``: of its audio, as it came; ``size`` is in bytes.
    - ``source``, ``language``: what was said, and the code of the language; None if not known.
    """

    seq: int
    start: int
    length: int
    sha256: str
    size: int
    text: str
    source: str | None
    language: str | None
    parts: tuple[Part, ...]

    @property
    def end(self) -> int:
        """On the session's clock."""
        return self.start + self.length

    @property
    def paid(self) -> int:
        """Milliseconds of audio that were sent for it."""
        return sum(part.paid for part in self.parts)

    def placed(self) -> list[Part]:
        """Return its parts on the session's clock."""
        return [replace(part, chunk=_moved(part.chunk, self.start)) for part in self.parts]

    def segments(self) -> list[Segment]:
        """Return its segments in order."""
        return [segment for part in self.parts for segment in part.translation.segments]


@dataclass(frozen=True)
class Failure:
    """An utterance that could not be translated up to now; ``tries``: how often that was tried."""

    seq: int
    start: int
    length: int
    tries: int

    @property
    def end(self) -> int:
        """On the session's clock."""
        return self.start + self.length

    @property
    def is_gap(self) -> bool:
        """Whether it is shown as a gap."""
        return self.tries >= _FAILURES_TOLD


@dataclass(frozen=True)
class Spoken:
    """All of a session, by start: what is translated, and the gaps."""

    utterances: tuple[Utterance, ...]
    gaps: tuple[Failure, ...]

    @classmethod
    def of(cls, utterances: Iterable[Utterance], failures: Iterable[Failure]) -> "Spoken":
        """Sort them; a failure that was translated later is none."""
        found = sorted(utterances, key=_place)
        there = {utterance.seq for utterance in found}
        gaps = (one for one in failures if one.is_gap and one.seq not in there)
        return cls(tuple(found), tuple(sorted(gaps, key=_place)))

    def in_order(self) -> list[Utterance | Failure]:
        """Return both, by start; those that begin together by their numbers."""
        return sorted([*self.utterances, *self.gaps], key=_place)

    @property
    def end(self) -> int:
        """The end of the last one on the session's clock."""
        return max((one.end for one in self.in_order()), default=0)

    @property
    def paid(self) -> int:
        """Milliseconds of audio that were sent."""
        return sum(utterance.paid for utterance in self.utterances)

    def translation(self, job: Job, default_model: str, *, duration: int = 0) -> Translation:
        """Return what is said in the session as one translation, gaps included.

        ``duration``: of the session; it is not shorter than what is said in it.
        """
        task = job.request.task(default_model)
        models = [part.translation.model for one in self.utterances for part in one.parts]
        parts: list[Part] = []
        for one in self.in_order():
            if isinstance(one, Failure):
                parts.append(_gap(one, next(iter(models), task.model)))
            else:
                parts += one.placed()
        whole = stitch(parts, duration=max(duration, self.end), model=task.model)
        return with_warnings(task.labelled(whole), parts, self._about_gaps())

    def _about_gaps(self) -> list[str]:
        if not self.gaps:
            return []
        count = len(self.gaps)
        they = "One utterance was" if count == 1 else f"{count} utterances were"
        times = intervals([Span(gap.start, gap.end) for gap in self.gaps])
        return [f"{they} not translated: {times}."]


def context(before: Sequence[Utterance]) -> tuple[Said, ...]:
    """Return the last segments of the utterances before, in order, as far as they are short."""
    segments = [one for utterance in sorted(before, key=_number) for one in utterance.segments()]
    said: list[Said] = []
    room = _CONTEXT_LETTERS
    for segment in reversed(segments[-_CONTEXT_SEGMENTS:]):
        room -= len(segment.text)
        if room < 0:
            break
        said.append(Said(segment.text.strip(), segment.source))
    return tuple(reversed(said))


def _number(utterance: Utterance) -> int:
    return utterance.seq


def _place(one: Utterance | Failure) -> tuple[int, int]:
    return one.start, one.seq


def _moved(chunk: Chunk, by: int) -> Chunk:
    speech = tuple(Span(span.start + by, span.end + by) for span in chunk.speech)
    return replace(chunk, start=chunk.start + by, end=chunk.end + by, speech=speech)


def _gap(failure: Failure, model: str) -> Part:
    span = Span(failure.start, failure.end)
    segment = Segment(0, failure.length, GAP)
    text = Translation((segment,), "", failure.length, model)
    return Part(Chunk(failure.start, failure.end, (span,)), text)
