"""Where there is speech: spans of sound, found by how loud it is.

No fixed threshold is right: what is a whisper in a quiet room is silence beside a street. The
threshold lies a little over the noise that a file has between its words, and where that would
leave a long span without a pause, over the noise of that span. Whatever is in doubt is speech: a
second of noise costs next to nothing, a lost sentence cannot be had again.

Times are integer milliseconds on the source's clock.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WINDOW = 50
"""Milliseconds that one level tells about."""

NOTHING = -70
"""Whatever is below so many dBFS is silence in every file."""

MIN_PAUSE = 300
"""A shorter silence is a part of the speech around it."""

PAD = 100
"""Words begin and end more quietly than they are spoken: so much goes with them."""

_SHORTEST = 2  # windows; a click is no word
_RELEASE = 3  # dB; who has begun to speak may go on a little lower
_OVER_NOISE = (6, 12)  # dB; noise itself goes up and down by less than the first
_STEADY = -40  # dBFS; a sound without ups and downs below this is a machine, above it maybe music
_LOUD = 40  # windows; fewer than that are no speech, and may be loud clicks
_LONG = 20_000  # a span without a pause for so long is searched again, by itself
_DIM = 3_000  # silence in such a span may be speech in a low voice unless it lasts


class Span(NamedTuple):
    """From ``start`` to ``end``, in integer milliseconds."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start


def speech_spans(levels: Sequence[int], duration: int) -> list[Span]:
    """Return where there is speech, in order and apart from each other.

    ``levels`` holds whole dBFS for each ``WINDOW``; ``duration`` is the audio's.
    """
    spans: list[Span] = []
    for start, end in _loud(levels, 0, len(levels), _threshold(levels, percent=5)):
        for first, after in _searched_again(levels, start, end, depth=4):
            begin = max(first * WINDOW - PAD, spans[-1].end if spans else 0)
            spans.append(Span(begin, min(after * WINDOW + PAD, duration)))
    return [span for span in spans if span.length > 0]


def _threshold(levels: Sequence[int], percent: int) -> int:
    """The level that speech reaches; ``percent`` of the windows are taken to be noise."""
    if not levels:
        return NOTHING
    counts = Counter(levels)
    noise = max(NOTHING, _rank(counts, len(levels) * percent // 100))
    loud = max(NOTHING, _rank(counts, len(levels) - 1 - min(_LOUD, len(levels) // 20)))
    least, most = _OVER_NOISE
    if loud - noise < least:
        return max(NOTHING, noise - least if loud > _STEADY else loud + least)
    return noise + max(least, min(most, (loud - noise) // 4))


def _rank(counts: Counter[int], number: int) -> int:
    """The level that is ``number``-th from below."""
    level = 0
    for level in sorted(counts):
        number -= counts[level]
        if number < 0:
            break
    return level


def _loud(levels: Sequence[int], first: int, after: int, threshold: int) -> list[tuple[int, int]]:
    """Numbers of windows, from and to: what is loud, without the pauses that are none."""
    found: list[tuple[int, int]] = []
    for start, end in _runs(levels, first, after, threshold):
        if found and (start - found[-1][1]) * WINDOW < MIN_PAUSE:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= _SHORTEST]


def _runs(
    levels: Sequence[int], first: int, after: int, threshold: int
) -> Iterator[tuple[int, int]]:
    start = -1
    for number in range(first, after):
        if start < 0:
            if levels[number] > threshold:
                start = number
        elif levels[number] <= threshold - _RELEASE or levels[number] <= NOTHING:
            yield start, number
            start = -1
    if start >= 0:
        yield start, after


def _searched_again(
    levels: Sequence[int], start: int, end: int, depth: int
) -> Iterator[tuple[int, int]]:
    """Find the pauses in a long span that is noisier than the rest of the file."""
    if (end - start) * WINDOW < _LONG or not depth:
        yield start, end
        return
    found = _loud(levels, start, end, _threshold(levels[start:end], percent=10))
    if not found or found == [(start, end)]:
        yield start, end
        return
    for first, after in _undimmed(found, start, end):
        yield from _searched_again(levels, first, after, depth - 1)


def _undimmed(found: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give what may be a low voice to the spans beside it; a short pause stays in its middle."""
    starts, ends = map(list, zip(*found, strict=True))
    if (starts[0] - start) * WINDOW <= _DIM:
        starts[0] = start
    if (end - ends[-1]) * WINDOW <= _DIM:
        ends[-1] = end
    for number in range(1, len(found)):
        pause = starts[number] - ends[number - 1]
        spare = pause - MIN_PAUSE // WINDOW
        if pause * WINDOW <= _DIM:
            ends[number - 1] += spare // 2
            starts[number] -= spare - spare // 2
    return zip(starts, ends, strict=True)
