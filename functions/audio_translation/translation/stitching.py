"""Stitching: the translations of all chunks become one, in order, with no word lost or doubled.

- Times of engines count from the chunk's start. They are moved to the source's clock, limited to
  the chunk, and placed on its speech: see ``placing``.
- If two chunks overlap, both have the words of the overlap: see ``seam``.
- Chunks of two channels have nothing to do with each other; their segments may overlap.

Times are integer milliseconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import (
    Segment,
    Translation,
    Word,
    served_by,
    spoken_languages,
)
from audio_translation.translation.placing import placed
from audio_translation.translation.seam import Interval, near, seam
from audio_translation.translation.speakers.call_labels import of_another_call

_SEEK = 10  # milliseconds; the unit of OpenAI's ``seek``


@dataclass(frozen=True)
class Part:
    """A chunk's translation, with times from the chunk's start.

    ``paid``: milliseconds of audio that were sent for it, second calls included.
    """

    chunk: Chunk
    translation: Translation
    paid: int = 0


@dataclass(frozen=True)
class Finished:
    """A run that has come to its end: the translation and its parts, in order.

    ``linking_paid``: milliseconds of audio that were sent to link the speakers of parts.
    """

    translation: Translation
    parts: tuple[Part, ...]
    provider_seconds: float
    linking_paid: int = 0

    @property
    def paid(self) -> int:
        """Milliseconds of audio that were sent."""
        return self.linking_paid + sum(part.paid for part in self.parts)


class PartStore(Protocol):
    """Where the parts of a run are kept; used from several threads."""

    def find(self, chunk: Chunk) -> Part | None:
        """Return the part that is kept for a chunk, if there is one."""
        ...

    def keep(self, part: Part) -> None:
        """Keep a part."""
        ...

    def note(self, name: str) -> str | None:
        """Return what was noted of the run under a name, if it was."""
        ...

    def keep_note(self, name: str, text: str) -> None:
        """Note something that was paid for and belongs to no chunk."""
        ...


class MemoryStore:
    """``PartStore`` for a request: the parts are lost with it."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.notes: dict[str, str] = {}

    def find(self, chunk: Chunk) -> Part | None:
        """See ``PartStore``."""
        return next((part for part in self.parts if part.chunk == chunk), None)

    def keep(self, part: Part) -> None:
        """See ``PartStore``."""
        self.parts.append(part)

    def note(self, name: str) -> str | None:
        """See ``PartStore``."""
        return self.notes.get(name)

    def keep_note(self, name: str, text: str) -> None:
        """See ``PartStore``."""
        self.notes[name] = text


def stitch(
    parts: Iterable[Part],
    *,
    duration: int,
    model: str,
    language: str = "english",
    apart: bool = True,
) -> Translation:
    """Return the translation of the whole audio from its parts, those of a channel in order.

    ``duration`` is in milliseconds. The result has the models, providers and warnings of all
    parts, each once; ``model`` is for audio without parts. Without ``apart`` no segment tells its
    channel.
    """
    channels: dict[int | None, list[Part]] = {}
    answers: list[Translation] = []
    warnings: dict[str, None] = {}
    for part in parts:
        channels.setdefault(part.chunk.channel, []).append(part)
        answers.append(part.translation)
        warnings |= dict.fromkeys(part.translation.warnings)
    segments: list[Segment] = []
    words: list[Word] = []
    silent = 0
    for channel, its in channels.items():
        found, left_out = _joined(its)
        told = channel if apart else None
        segments += (replace(segment, channel=told) for segment in _in_order(found))
        silent += left_out
        for part in its:
            moved = _words_moved_by(part.translation, part.chunk.start, part.chunk.length)
            words += (replace(word, channel=told) for word in moved)
    if silent:
        warnings[over_silence_warning(silent)] = None
    segments.sort(key=lambda segment: segment.start)
    whole = Translation(
        tuple(segments),
        language,
        duration,
        model,
        tuple(warnings),
        spoken_languages(segments),
        words=tuple(sorted(words, key=lambda word: word.start)),
    )
    return replace(whole, **served_by(answers)._asdict()) if answers else whole


def _joined(parts: Iterable[Part]) -> tuple[list[Segment], int]:
    """Return the segments of one channel's parts, and how many lay over silence."""
    segments: list[Segment] = []
    silent = 0
    for part in parts:
        chunk, translation = part.chunk, part.translation
        found, over_silence = placed(moved_by(translation, chunk.start, chunk.length), chunk)
        silent += len(over_silence)
        if chunk.overlap:
            overlap = Interval(chunk.start, chunk.start + chunk.overlap)
            first = near(segments, overlap)
            segments[first:], found = seam(segments[first:], found, overlap)
        segments += found
    return segments, silent


def over_silence_warning(segments: int) -> str:
    """Return the sentence about segments that are left out."""
    if segments == 1:
        return "One segment was left out: the provider gave it for a time when nobody speaks."
    return (
        f"{segments} segments were left out: the provider gave them for times when nobody speaks."
    )


def filled(translation: Translation, span: Span, answer: Translation) -> Translation:
    """Return a chunk's translation with a second answer's segments about ``span``.

    It has the warnings, models and providers of both. The times of ``answer`` count from the
    span's start and are limited to the span.
    """
    added = moved_by(answer, span.start, span.length)
    segments = sorted(
        [*translation.segments, *(of_another_call(one, span.start) for one in added)],
        key=lambda segment: segment.start,
    )
    return replace(
        translation,
        segments=tuple(segments),
        **served_by([translation, answer])._asdict(),
        warnings=tuple(dict.fromkeys([*translation.warnings, *answer.warnings])),
        words=(*translation.words, *_words_moved_by(answer, span.start, span.length)),
    )


def moved_by(translation: Translation, start: int, length: int) -> list[Segment]:
    """Return the segments that have text, moved by ``start``, limited to ``length``, in order."""
    segments = []
    for segment in translation.segments:
        if segment.text.strip():
            begin = min(max(0, segment.start), length)
            end = min(max(begin, segment.end), length)
            seek = segment.seek + start // _SEEK
            segments.append(replace(segment, start=start + begin, end=start + end, seek=seek))
    return sorted(segments, key=lambda segment: segment.start)


def _words_moved_by(translation: Translation, start: int, length: int) -> list[Word]:
    """Return the words with times, moved by ``start``, limited to ``length``."""
    return [
        replace(word, start=start + min(word.start, length), end=start + min(word.end, length))
        for word in translation.words
    ]


def _in_order(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments with starts in order, and ends not after the next start."""
    ordered: list[Segment] = []
    for segment in segments:
        start = segment.start
        if ordered:
            last = ordered[-1]
            start = max(start, last.start)
            ordered[-1] = replace(last, end=min(last.end, start))
        ordered.append(replace(segment, start=start, end=max(start, segment.end)))
    return ordered
