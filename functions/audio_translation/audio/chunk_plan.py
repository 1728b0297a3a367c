"""The chunk plan: which slices of the audio are sent to an engine, decided as speech is found.

- Cuts lie in the middle of pauses. Long pauses and chunks near the target length are preferred.
  While speech goes on, the cheapest cut is taken as soon as all that could be cheaper are known;
  for what is left at the end, dynamic programming finds the cheapest sequence.
- Silence at the ends, and silence of ``LONG_SILENCE`` or more, is in no chunk: engines invent
  text for it, or miss the speech after it.
- Speech without a pause that is longer than the limit is cut at regular times. The two chunks
  then overlap, so that no word is cut, and stitching removes the words that both contain.

Times are integer milliseconds on the source's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from audio_translation.audio.chunk_shape import ChunkShape, EvenShape
from audio_translation.audio.speech import Span

MARGIN = 500
"""Most silence before the first and after the last speech span of a chunk."""

LONG_SILENCE = 10_000
"""Silence of this length or more is in no chunk."""

OVERLAP = 6_000
"""Overlap of two chunks where speech is cut without a pause; less for small limits."""

LEAST_LIMIT = 5_000
"""The least ``limit`` for which a plan can be made."""

BYTES = 33
"""Most bytes of FLAC for a millisecond: 16 samples of 16 bits that do not compress, and frames."""

_HEADER = 10_000  # bytes of FLAC before the first sample
_SPEECH_CUT = 1.0  # cost of a cut without a pause: that of a chunk of twice the target length
_PAUSE_CUT = 0.3  # cost of a cut in the shortest pause; longer ones cost less: see _cut_cost
_LONGEST_CHUNK = 2  # targets


@dataclass(frozen=True)
class Chunk:
    """A slice of the audio from ``start`` to ``end``.

    ``speech`` are the speech spans that this chunk is to translate. The first ``overlap``
    milliseconds are also the last ones of the chunk before; 0 if the cut lies in a pause.
    ``goes_on``: whether the same is true of its end and the chunk after it. ``channel``: the only
    one that is heard, from 0; None for all of them.
    """

    start: int
    end: int
    speech: tuple[Span, ...]
    overlap: int = 0
    goes_on: bool = False
    channel: int | None = None

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start

    @property
    def speech_from_start(self) -> list[Span]:
        """The speech spans, counted from the chunk's start."""
        return [Span(span.start - self.start, span.end - self.start) for span in self.speech]


class ChunkPlanner:
    """Takes speech spans in order, returns chunks in order, each as soon as it is certain.

    The chunks do not depend on how many spans come at once. Each span is in exactly one chunk; a
    span that is longer than the limit is split into several first.
    """

    def __init__(self, shape: ChunkShape | EvenShape, *, limit: int) -> None:
        """Raise ValueError for a ``limit`` under ``LEAST_LIMIT`` or a target under 1."""
        if limit < LEAST_LIMIT or shape.target(0) < 1:
            raise ValueError(f"chunks of {shape}, at most {limit} ms, cannot be planned")
        self._shape, self._limit = shape, limit
        self._overlap = min(OVERLAP, limit // 5)
        self._units: list[Span] = []  # spans that are in no chunk yet, or parts of them
        self._before: Span | None = None  # the unit before them

    @property
    def begins(self) -> int | None:
        """The time from which chunks may still be made of the spans so far; None without any."""
        return self._start_of(0) if self._units else None

    def add(self, spans: Sequence[Span], decided: int) -> list[Chunk]:
        """Return the chunks that are certain when no span begins before ``decided`` any more."""
        chunks: list[Chunk] = []
        for span in spans:
            if self._units and span.start - self._units[-1].end >= LONG_SILENCE:
                chunks += self._rest(span.start)
            for unit in self._units_of(span):
                self._units.append(unit)
                chunks += self._certain()
        if self._units and decided - self._units[-1].end >= LONG_SILENCE:
            chunks += self._rest(decided)
        return chunks

    def end(self, duration: int) -> list[Chunk]:
        """Return the last chunks of audio of ``duration`` milliseconds."""
        return self._rest(duration)

    def _units_of(self, span: Span) -> Iterator[Span]:
        room = self._limit - max(2 * MARGIN, self._overlap)
        count = -(-span.length // room)
        edges = [span.start + span.length * number // count for number in range(count + 1)]
        yield from map(Span, edges[:-1], edges[1:])

    def _certain(self) -> Iterator[Chunk]:
        """Take chunks as long as enough speech is known after them."""
        while True:
            target = self._shape.target(self._units[0].start)
            if self._units[-1].start - self._units[0].start < _LONGEST_CHUNK * target + 2 * MARGIN:
                return
            yield self._taken(self._cheapest_cut(target), inf)

    def _cheapest_cut(self, target: int) -> int:
        """Return the unit after the first chunk's last; there are units after it."""
        start, best, cheapest = self._start_of(0), 1, inf
        for after in range(1, len(self._units)):
            length = self._end_of(after - 1, inf) - start
            if length > self._longest_chunk(target) and after > 1:
                break
            cost = _deviation(length, target) + self._cut_cost(after)
            if cost < cheapest:
                best, cheapest = after, cost
        return best

    def _longest_chunk(self, target: int) -> int:
        return min(self._limit, _LONGEST_CHUNK * target)

    def _rest(self, until: int) -> list[Chunk]:
        """Take all units; the silence after the last one goes on to ``until``."""
        chunks, taken = [], 0
        for after in self._cheapest() if self._units else []:
            chunks.append(self._taken(after - taken, until))
            taken = after
        self._before = None
        return chunks

    def _taken(self, after: int, until: float) -> Chunk:
        """Take the units before number ``after`` as a chunk."""
        units = self._units[:after]
        start, end = self._start_of(0), self._end_of(after - 1, until)
        overlap = self._overlap if self._before and self._before.end == units[0].start else 0
        del self._units[:after]
        self._before = units[-1]
        goes_on = bool(self._units) and self._units[0].start == units[-1].end
        return Chunk(start, end, tuple(units), overlap, goes_on)

    def _start_of(self, number: int) -> int:
        start = self._units[number].start
        before = self._units[number - 1] if number else self._before
        if before is None:
            return max(0, start - MARGIN)
        pause = start - before.end
        return start - (min(MARGIN, pause // 2) if pause else self._overlap // 2)

    def _end_of(self, number: int, until: float) -> int:
        end = self._units[number].end
        if number + 1 == len(self._units):
            return int(min(until, end + MARGIN))
        pause = self._units[number + 1].start - end
        if pause:
            return end + min(MARGIN, pause - pause // 2)
        return end + self._overlap - self._overlap // 2

    def _cut_cost(self, number: int) -> float:
        """Return the cost of a chunk that begins with this unit."""
        if not number:
            return 0.0
        pause = self._units[number].start - self._units[number - 1].end
        return _PAUSE_CUT / (1 + pause / MARGIN) if pause else _SPEECH_CUT

    def _cheapest(self) -> list[int]:
        """Return the unit after the last one of each chunk."""
        units = self._units
        count = len(units)
        starts = [self._start_of(number) for number in range(count)]
        ends = [self._end_of(number, inf) for number in range(count)]
        cost = [0.0] + [inf] * count
        begins = [0] * (count + 1)
        for first in range(count):
            target = self._shape.target(units[first].start)
            longest = self._longest_chunk(target)
            for after in range(first + 1, count + 1):
                length = ends[after - 1] - starts[first]
                if length > longest and after > first + 1:
                    break
                total = cost[first] + self._cut_cost(first) + _deviation(length, target)
                if total < cost[after]:
                    cost[after], begins[after] = total, first
        found, after = [], count
        while after:
            found.append(after)
            after = begins[after]
        return found[::-1]


def _deviation(length: int, target: int) -> float:
    """Return the cost of a length that is not the target."""
    return ((length - target) / target) ** 2


def plan(
    spans: Sequence[Span], *, duration: int, shape: ChunkShape | EvenShape, limit: int
) -> list[Chunk]:
    """Return all chunks of audio of ``duration`` milliseconds; see ``ChunkPlanner``."""
    planner = ChunkPlanner(shape, limit=limit)
    return [*planner.add(spans, 0), *planner.end(duration)]


def longest(size: int) -> int:
    """Return how many milliseconds of any audio fit ``size`` bytes of FLAC."""
    return max(0, size - _HEADER) // BYTES
