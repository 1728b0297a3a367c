"""From speech to a plan: which chunks of the audio an engine is asked for.

A cut goes through the middle of a pause, best a long one, where the chunk has about the length
that was aimed at; the cheapest sequence of cuts is found by dynamic programming. Silence at the
ends and silence that lasts is in no chunk: engines invent text there, or lose the speech after
it. Speech without a pause for longer than a chunk may be is cut by the clock, and both chunks
hear what is said around the cut (``overlap``), so that stitching can leave out what is doubled.

Times are integer milliseconds on the source's clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from audio_translation.audio.speech import Span
from audio_translation.errors import AudioTooLarge

MARGIN = 500
"""Most silence that a chunk has before and after its speech."""

LONG_SILENCE = 10_000
"""Silence that lasts so long is in no chunk."""

OVERLAP = 6_000
"""What two chunks share where speech had to be cut by the clock, if the limit leaves room."""

MOST_CHUNKS = 2_900
"""An execution has 3,000 operations, one of them for each chunk."""

LEAST_LIMIT = 5_000
"""No plan can be made for chunks that must be shorter."""

BYTES = 33
"""What a millisecond of a chunk takes at most: 16-bit samples at 16 kHz that FLAC cannot pack."""

_HEAD = 10_000  # bytes before the first sample
_CLOCK_CUT = 1.0  # costs what a chunk of twice the target length or none at all costs
_PAUSE_CUT = 0.3  # divided by the pause: see _cut_cost


@dataclass(frozen=True)
class Chunk:
    """A slice of the audio from ``start`` (its offset) to ``end``.

    ``speech`` are the spans that are this chunk's to translate. The first ``overlap``
    milliseconds are also the last ones of the chunk before; 0 where a pause was cut.
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

    ``spans`` are in order and apart, within ``duration``. Each is in exactly one chunk; one that
    is cut by the clock is in as many spans as there are pieces. Beyond ``MOST_CHUNKS`` neighbours
    are joined, whatever silence is between them; raises AudioTooLarge where ``limit`` leaves too
    many. Raises ValueError for a limit under ``LEAST_LIMIT`` and a target under 1.
    """
    if limit < LEAST_LIMIT or target < 1:
        raise ValueError(f"chunks of {target} ms, at most {limit} ms, cannot be planned")
    chunks = [
        chunk
        for stretch in _stretches(spans)
        for chunk in _Stretch(stretch, duration=duration, target=target, limit=limit).chunks()
    ]
    while len(chunks) > MOST_CHUNKS:
        fewer = _joined(chunks, limit, len(chunks) - MOST_CHUNKS)
        if len(fewer) == len(chunks):
            raise AudioTooLarge(
                f"The audio would need {len(chunks)} calls of the provider, more than "
                f"{MOST_CHUNKS}. Split it.",
                param="audioFileUrl",
            )
        chunks = fewer
    return chunks


def longest(size: int) -> int:
    """Return the milliseconds of audio that fit ``size`` bytes whatever they sound like."""
    return max(0, size - _HEAD) // BYTES


def _joined(chunks: Sequence[Chunk], limit: int, most: int) -> list[Chunk]:
    """Join up to ``most`` pairs of neighbours, those first that add the least silence."""
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
        _both(chunk, chunks[number + 1]) if number in first else chunk
        for number, chunk in enumerate(chunks)
        if number - 1 not in first
    ]


def _both(one: Chunk, other: Chunk) -> Chunk:
    return Chunk(one.start, other.end, one.speech + other.speech, one.overlap)


def _stretches(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Part the spans where silence lasts."""
    stretch: list[Span] = []
    for span in spans:
        if stretch and span.start - stretch[-1].end >= LONG_SILENCE:
            yield stretch
            stretch = []
        stretch.append(span)
    if stretch:
        yield stretch


class _Stretch:
    """Speech without lasting silence in it."""

    def __init__(self, spans: list[Span], *, duration: int, target: int, limit: int) -> None:
        self._duration, self._target, self._limit = duration, target, limit
        self._overlap = min(OVERLAP, limit // 5)
        self._units = [unit for span in spans for unit in self._pieces(span)]
        self._opens = [self._opening(number) for number in range(len(self._units))]
        self._closes = [self._closing(number) for number in range(len(self._units))]
        self._cuts = [0.0] + [self._cut_cost(n) for n in range(1, len(self._units))]

    def chunks(self) -> Iterator[Chunk]:
        for first, after in self._cheapest():
            overlap = self._closes[first - 1] - self._opens[first] if first else 0
            yield Chunk(
                start=self._opens[first],
                end=self._closes[after - 1],
                speech=tuple(self._units[first:after]),
                overlap=max(0, overlap),
            )

    def _pieces(self, span: Span) -> Iterator[Span]:
        room = self._limit - max(2 * MARGIN, self._overlap)
        count = -(-span.length // room)
        edges = [span.start + span.length * number // count for number in range(count + 1)]
        yield from map(Span, edges[:-1], edges[1:])

    def _opening(self, number: int) -> int:
        start = self._units[number].start
        if not number:
            return max(0, start - MARGIN)
        pause = start - self._units[number - 1].end
        return start - (min(MARGIN, pause // 2) if pause else self._overlap // 2)

    def _closing(self, number: int) -> int:
        end = self._units[number].end
        if number + 1 == len(self._units):
            return min(self._duration, end + MARGIN)
        pause = self._units[number + 1].start - end
        return end + (min(MARGIN, pause - pause // 2) if pause else self._overlap // 2)

    def _cut_cost(self, number: int) -> float:
        """What it costs to begin a chunk with this unit."""
        pause = self._units[number].start - self._units[number - 1].end
        return _PAUSE_CUT / (1 + pause / MARGIN) if pause else _CLOCK_CUT

    def _cheapest(self) -> list[tuple[int, int]]:
        """Numbers of units, from and to, for each chunk."""
        count = len(self._units)
        cost = [0.0] + [inf] * count
        begins = [0] * (count + 1)
        longest = min(self._limit, 2 * self._target)
        for first in range(count):
            for after in range(first + 1, count + 1):
                length = self._closes[after - 1] - self._opens[first]
                if length > longest and after > first + 1:
                    break
                off = (length - self._target) / self._target
                total = cost[first] + self._cuts[first] + off * off
                if total < cost[after]:
                    cost[after], begins[after] = total, first
        found, after = [], count
        while after:
            found.append((begins[after], after))
            after = begins[after]
        return found[::-1]
