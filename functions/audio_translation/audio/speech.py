"""Speech detection: the speech spans of an audio file, found by its level, as the levels arrive.

No fixed threshold fits all files: the level of a whisper in a quiet room is that of the noise in a
street. So the threshold lies a little over the noise of the last minutes. A long span without a
pause is searched again with the noise of that span. What may be speech counts as speech: a second
of noise costs little, a lost sentence cannot be recovered.

Times are integer milliseconds on the source's clock.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WINDOW = 50
"""Milliseconds of sound for each level."""

SILENCE = -128
"""Level in dBFS of digital silence."""

NOTHING = -70
"""Level in dBFS; what is not louder is silence in every file that has something louder."""

MIN_PAUSE = 300
"""Milliseconds; a shorter silence belongs to the speech around it."""

_BLOCK = 60_000 // WINDOW  # windows; so many are searched at once, however they arrive
_MEMORY = 300_000 // WINDOW  # windows; noise is that of so much before the end of a block
_LONGEST_OPEN = 120_000 // WINDOW  # windows; a span that goes on for so long is cut off
_SHORTEST = 2  # windows; less is a click
_RELEASE = 3  # dB; speech ends when the level falls so far under the threshold
_OVER_NOISE = (6, 10)  # dB from noise to threshold, least and most; noise varies by less than 6
_FAINT_RANGE = 30  # dB from the loudest to the faintest sound of a file that has nothing loud
_STEADY = -40  # dBFS; a constant level below this is noise of a machine, above it maybe music
_LOUDEST_LEFT_OUT = 40  # windows; so few may be clicks that are louder than the speech
_LONG = 20_000  # milliseconds; a span without a pause for so long is searched again, by itself
_QUIET_SPEECH = 3_000  # milliseconds; a shorter pause in such a span may be quiet speech

_Interval = tuple[int, int]
"""The numbers of the first window and of the one after the last."""


class Span(NamedTuple):
    """An interval in which somebody speaks, in integer milliseconds."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start


class SpeechDetector:
    """Returns speech spans, in order and without overlaps, as soon as they are certain.

    They do not depend on how the levels are cut into pieces. Levels are in whole dBFS, one for
    each ``WINDOW``; ``SILENCE`` is digital silence.
    """

    def __init__(self, faintest: int = -90) -> None:
        """``faintest``: the level in dBFS below which the source can hold no sound."""
        self._faintest = faintest
        self._levels = array("b")
        self._searched = self._decided = 0  # windows
        self._loud = SILENCE

    @property
    def decided(self) -> int:
        """Milliseconds before which no further span begins."""
        return self._decided * WINDOW

    def add(self, levels: Sequence[int]) -> list[Span]:
        """Take the next levels; return the spans that are now certain."""
        self._levels.extend(levels)
        found: list[Span] = []
        while len(self._levels) - self._searched >= _BLOCK:
            self._searched += _BLOCK
            found += self._search(self._searched, ended=False)
        return found

    def end(self, duration: int) -> list[Span]:
        """Return the last spans of audio of ``duration`` milliseconds."""
        spans = self._search(len(self._levels), ended=True)
        cut = (Span(span.start, min(span.end, duration)) for span in spans)
        return [span for span in cut if span.length > 0]

    def loudest(self, start: int, end: int) -> int:
        """Return the highest level from ``start`` to ``end`` milliseconds."""
        return max(self._levels[start // WINDOW : -(-end // WINDOW)], default=SILENCE)

    def range(self, start: int, end: int) -> int:
        """Return the dB from the quietest tenth to the loudest from ``start`` to ``end``."""
        levels = sorted(self._levels[start // WINDOW : -(-end // WINDOW)])
        return levels[-1] - levels[len(levels) // 10] if levels else 0

    def _search(self, after: int, *, ended: bool) -> list[Span]:
        """Return the spans from the first undecided window up to window ``after``."""
        threshold = self._threshold(self._levels[max(0, after - _MEMORY) : after], percent=5)
        found = _joined(_over_threshold(self._levels, self._decided, after, threshold))
        self._decided = after
        if not ended and found:
            start, end = found[-1]
            goes_on = (after - end) * WINDOW < MIN_PAUSE
            if goes_on and end - start < _LONGEST_OPEN:
                del found[-1]
                self._decided = start
        return [
            Span(first * WINDOW, last * WINDOW)
            for start, end in found
            if end - start >= _SHORTEST
            for first, last in self._searched_again(start, end, depth=4)
        ]

    def _threshold(self, levels: Sequence[int], percent: int) -> int:
        """Return the level over which there is speech, if ``percent`` of the windows are noise."""
        if not levels:
            return NOTHING
        counts = Counter(levels)
        loudest = _rank(counts, len(levels) - 1 - min(_LOUDEST_LEFT_OUT, len(levels) // 20))
        self._loud = max(self._loud, loudest)
        floor = self._floor()
        noise = max(floor, _rank(counts, len(levels) * percent // 100))
        loud = max(floor, self._loud)
        least, most = _OVER_NOISE
        if loud - noise < least or (floor < NOTHING and loud - noise < most):
            return max(floor, noise - least if loud > _STEADY else loud + least)
        return noise + max(least, min(most, (loud - noise) // 4))

    def _floor(self) -> int:
        """Return the level that is silence: lower than ``NOTHING`` if all of the file is faint."""
        if self._loud > NOTHING + _OVER_NOISE[0]:
            return NOTHING
        return max(self._faintest, min(NOTHING, self._loud - _FAINT_RANGE))

    def _searched_again(self, start: int, end: int, depth: int) -> Iterator[_Interval]:
        """Split a long interval at its pauses, found with the louder noise of this interval."""
        if (end - start) * WINDOW < _LONG or not depth:
            yield start, end
            return
        threshold = self._threshold(self._levels[start:end], percent=10)
        found = _joined(_over_threshold(self._levels, start, end, threshold))
        found = [(first, after) for first, after in found if after - first >= _SHORTEST]
        if not found or found == [(start, end)]:
            yield start, end
            return
        for first, after in _with_quiet_speech(found, start, end):
            yield from self._searched_again(first, after, depth - 1)


def _rank(counts: Counter[int], number: int) -> int:
    """Return the ``number``-th lowest level, counted from 0."""
    level = 0
    for level in sorted(counts):
        number -= counts[level]
        if number < 0:
            break
    return level


def _joined(intervals: Iterator[_Interval]) -> list[_Interval]:
    """Return the intervals, joined over less than ``MIN_PAUSE``."""
    found: list[_Interval] = []
    for start, end in intervals:
        if found and (start - found[-1][1]) * WINDOW < MIN_PAUSE:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _over_threshold(
    levels: Sequence[int], first: int, after: int, threshold: int
) -> Iterator[_Interval]:
    """Yield the intervals that rise over the threshold, until they fall under it by _RELEASE."""
    start = -1
    for number in range(first, after):
        if start < 0:
            if levels[number] > threshold:
                start = number
        elif levels[number] <= threshold - _RELEASE:
            yield start, number
            start = -1
    if start >= 0:
        yield start, after


def _with_quiet_speech(found: list[_Interval], start: int, end: int) -> Iterator[_Interval]:
    """Shorten pauses that may be quiet speech to ``MIN_PAUSE``, and remove them at both ends."""
    starts, ends = map(list, zip(*found, strict=True))
    if (starts[0] - start) * WINDOW <= _QUIET_SPEECH:
        starts[0] = start
    if (end - ends[-1]) * WINDOW <= _QUIET_SPEECH:
        ends[-1] = end
    for number in range(1, len(found)):
        pause = starts[number] - ends[number - 1]
        spare = pause - MIN_PAUSE // WINDOW
        if pause * WINDOW <= _QUIET_SPEECH:
            ends[number - 1] += spare // 2
            starts[number] -= spare - spare // 2
    return zip(starts, ends, strict=True)
