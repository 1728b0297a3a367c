"""The chunk plan: which slices of the audio are sent to an engine.

- Cuts lie in the middle of pauses. Long pauses and chunks near the target length are preferred;
  dynamic programming finds the cheapest sequence of cuts.
- Silence at the ends, and silence of ``LONG_SILENCE`` or more, is in no chunk: engines invent
  text for it, or miss the speech after it.
- Speech without a pause that is longer than the limit is cut at regular times. The two chunks
  then overlap, so that no word is cut, and stitching removes the words that both contain.

Times are integer milliseconds on the source's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from audio_translation.audio.speech import Span
from audio_translation.errors import AudioTooLarge

MARGIN = 500
"""Most silence before the first and after the last speech span of a chunk."""

LONG_SILENCE = 10_000
"""Silence of this length or more is in no chunk."""

OVERLAP = 6_000
"""Overlap of two chunks where speech is cut without a pause; less for small limits."""

MOST_CHUNKS = 2_900
"""Most chunks of a job: a durable execution has at most 3,000 operations, one for each chunk."""

LEAST_LIMIT = 5_000
"""The least ``limit`` for which a plan can be made."""

BYTES = 33
"""Most bytes of FLAC for a millisecond: 16 samples of 16 bits that do not compress, and frames."""

_HEADER = 10_000  # bytes of FLAC before the first sample
_SPEECH_CUT = 1.0  # cost of a cut without a pause: that of a chunk of twice the target length
_PAUSE_CUT = 0.3  # cost of a cut in the shortest pause; longer ones cost less: see _cut_cost


@dataclass(frozen=True)
class Chunk:
    """A slice of the audio from ``start`` to ``end``.

    ``speech`` are the speech spans that this chunk is to translate. The first ``overlap``
    milliseconds are also the last ones of the chunk before; 0 if the cut lies in a pause.
    """

    start: int
    end: int
    speech: tuple[Span, ...]
    overlap: int = 0

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start


def plan(spans: Sequence[Span], *, duration: int, target: int, limit: int) -> list[Chunk]:
    """Return the chunks, in order, of about ``target`` and at most ``limit`` milliseconds each.

    ``spans`` are the speech spans, in order, without overlaps and within ``duration``. Each is in
    exactly one chunk; a span that is longer than the limit is split into several first. If there
    are more chunks than ``MOST_CHUNKS``, neighbours are merged, even over long silence.

    Raises AudioTooLarge if too many chunks are left, and ValueError for a ``limit`` under
    ``LEAST_LIMIT`` or a ``target`` under 1.
    """
    if limit < LEAST_LIMIT or target < 1:
        raise ValueError(f"chunks of {target} ms, at most {limit} ms, cannot be planned")
    chunks = [
        chunk
        for group in _groups(spans)
        for chunk in _Group(group, duration=duration, target=target, limit=limit).chunks()
    ]
    while len(chunks) > MOST_CHUNKS:
        fewer = _with_pairs_merged(chunks, limit, len(chunks) - MOST_CHUNKS)
        if len(fewer) == len(chunks):
            raise AudioTooLarge(
                f"The audio would need {len(chunks)} calls of the provider, more than "
                f"{MOST_CHUNKS}. Split it.",
                param="audioFileUrl",
            )
        chunks = fewer
    return chunks


def longest(size: int) -> int:
    """Return how many milliseconds of any audio fit ``size`` bytes of FLAC."""
    return max(0, size - _HEADER) // BYTES


def _with_pairs_merged(chunks: Sequence[Chunk], limit: int, most: int) -> list[Chunk]:
    """Merge up to ``most`` pairs of neighbours, first those with the least silence between."""
    pairs = [
        number
        for number, (one, other) in enumerate(pairwise(chunks))
        if other.end - one.start <= limit
    ]
    pairs.sort(key=lambda number: chunks[number + 1].start - chunks[number].end)
    first: set[int] = set()
    for number in pairs:
        if len(first) < most and not {number - 1, number, number + 1} & first:
            first.add(number)
    return [
        _merged(chunk, chunks[number + 1]) if number in first else chunk
        for number, chunk in enumerate(chunks)
        if number - 1 not in first
    ]


def _merged(one: Chunk, other: Chunk) -> Chunk:
    return Chunk(one.start, other.end, one.speech + other.speech, one.overlap)


def _groups(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Split the spans into groups at ``LONG_SILENCE``."""
    group: list[Span] = []
    for span in spans:
        if group and span.start - group[-1].end >= LONG_SILENCE:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


class _Group:
    """Speech spans without long silence between them.

    A unit is a span, or a part of one that is longer than the limit; cuts lie between units.
    """

    def __init__(self, spans: list[Span], *, duration: int, target: int, limit: int) -> None:
        self._duration, self._target, self._limit = duration, target, limit
        self._overlap = min(OVERLAP, limit // 5)
        self._units = [unit for span in spans for unit in self._units_of(span)]
        self._starts = [self._start_of(number) for number in range(len(self._units))]
        self._ends = [self._end_of(number) for number in range(len(self._units))]
        self._cuts = [0.0] + [self._cut_cost(n) for n in range(1, len(self._units))]

    def chunks(self) -> Iterator[Chunk]:
        for first, after in self._cheapest():
            overlap = self._ends[first - 1] - self._starts[first] if first else 0
            yield Chunk(
                start=self._starts[first],
                end=self._ends[after - 1],
                speech=tuple(self._units[first:after]),
                overlap=max(0, overlap),
            )

    def _units_of(self, span: Span) -> Iterator[Span]:
        room = self._limit - max(2 * MARGIN, self._overlap)
        count = -(-span.length // room)
        edges = [span.start + span.length * number // count for number in range(count + 1)]
        yield from map(Span, edges[:-1], edges[1:])

    def _start_of(self, number: int) -> int:
        start = self._units[number].start
        if not number:
            return max(0, start - MARGIN)
        pause = start - self._units[number - 1].end
        return start - (min(MARGIN, pause // 2) if pause else self._overlap // 2)

    def _end_of(self, number: int) -> int:
        end = self._units[number].end
        if number + 1 == len(self._units):
            return min(self._duration, end + MARGIN)
        pause = self._units[number + 1].start - end
        return end + (min(MARGIN, pause - pause // 2) if pause else self._overlap // 2)

    def _cut_cost(self, number: int) -> float:
        """Return the cost of a chunk that begins with this unit."""
        pause = self._units[number].start - self._units[number - 1].end
        return _PAUSE_CUT / (1 + pause / MARGIN) if pause else _SPEECH_CUT

    def _cheapest(self) -> list[tuple[int, int]]:
        """Return the first unit of each chunk and the unit after its last."""
        count = len(self._units)
        cost = [0.0] + [inf] * count
        begins = [0] * (count + 1)
        longest = min(self._limit, 2 * self._target)
        for first in range(count):
            for after in range(first + 1, count + 1):
                length = self._ends[after - 1] - self._starts[first]
                if length > longest and after > first + 1:
                    break
                deviation = (length - self._target) / self._target
                total = cost[first] + self._cuts[first] + deviation * deviation
                if total < cost[after]:
                    cost[after], begins[after] = total, first
        found, after = [], count
        while after:
            found.append((begins[after], after))
            after = begins[after]
        return found[::-1]
