"""Speech that no segment covers: it is sent to the engine again, or told."""

from collections.abc import Iterable, Sequence

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.stitching import moved_by

UNHEARD = 3_000
"""Milliseconds of speech; if no segment covers so much, it is sent to the engine again."""


def missed(chunk: Chunk, translation: Translation) -> list[Span]:
    """Return the intervals with ``UNHEARD`` or more of speech that no segment covers.

    They begin and end with speech. Times count from the chunk's start, like the translation's.
    """
    gaps = uncovered(chunk.speech_from_start, moved_by(translation, 0, chunk.length))
    return [Span(gap[0].start, gap[-1].end) for gap in gaps if total(gap) >= UNHEARD]


def uncovered(speech: Sequence[Span], segments: Iterable[Segment]) -> list[list[Span]]:
    """Return the speech in the gaps between segments, a list for each gap that has some.

    Both are in order.
    """
    found: list[list[Span]] = []
    first = covered = 0
    end = speech[-1].end if speech else 0
    for start, following in [*((s.start, s.end) for s in segments), (end, end)]:
        while first < len(speech) and speech[first].end <= covered:
            first += 1
        gap = []
        for number in range(first, len(speech)):
            if speech[number].start >= start:
                break
            gap.append(Span(max(covered, speech[number].start), min(start, speech[number].end)))
        gap = [span for span in gap if span.length > 0]
        if gap:
            found.append(gap)
        covered = max(covered, following)
    return found


def total(speech: Iterable[Span]) -> int:
    """Return the milliseconds of all spans."""
    return sum(span.length for span in speech)
