"""Speech detection: the speech spans of an audio file, found by its level.

No fixed threshold fits all files: the level of a whisper in a quiet room is that of the noise in a
street. So the threshold lies a little over the noise of the file. A long span without a pause is
searched again with the noise of that span. What may be speech counts as speech: a second of noise
costs little, a lost sentence cannot be recovered.

Times are integer milliseconds on the source's clock.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WINDOW = 50
"""Milliseconds of sound for each level."""

NOTHING = -70
"""Level in dBFS; what is not louder is silence in every file."""

MIN_PAUSE = 300
"""Milliseconds; a shorter silence belongs to the speech around it."""

PAD = 100
"""Milliseconds that a span is longer at both ends, because words begin and end quietly."""

_SHORTEST = 2  # windows; less is a click
_RELEASE = 3  # dB; speech ends when the level falls so far under the threshold
_OVER_NOISE = (6, 12)  # dB from noise to threshold, least and most; noise varies by less than 6
_STEADY = -40  # dBFS; a constant level below this is noise of a machine, above it maybe music
_LOUDEST_LEFT_OUT = 40  # windows; so few may be clicks that are louder than the speech
_LONG = 20_000  # milliseconds; a span without a pause for so long is searched again, by itself
_QUIET_SPEECH = 3_000  # milliseconds; a shorter pause in such a span may be quiet speech


class Span(NamedTuple):
    """An interval in which somebody speaks, in integer milliseconds."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start


def speech_spans(levels: Sequence[int], duration: int) -> list[Span]:
    """Return the speech spans, in order and without overlaps.

    ``levels`` has the level of each ``WINDOW`` in whole dBFS; ``duration`` is that of the audio.
    """
    spans: list[Span] = []
    for start, end in _loud_intervals(levels, 0, len(levels), _threshold(levels, percent=5)):
        for first, after in _searched_again(levels, start, end, depth=4):
            begin = max(first * WINDOW - PAD, spans[-1].end if spans else 0)
            spans.append(Span(begin, min(after * WINDOW + PAD, duration)))
    return [span for span in spans if span.length > 0]


def _threshold(levels: Sequence[int], percent: int) -> int:
    """Return the level over which there is speech, if ``percent`` of the windows are noise."""
    if not levels:
        return NOTHING
    counts = Counter(levels)
    noise = max(NOTHING, _rank(counts, len(levels) * percent // 100))
    loud = max(NOTHING, _rank(counts, len(levels) - 1 - min(_LOUDEST_LEFT_OUT, len(levels) // 20)))
    least, most = _OVER_NOISE
    if loud - noise < least:
        return max(NOTHING, noise - least if loud > _STEADY else loud + least)
    return noise + max(least, min(most, (loud - noise) // 4))


def _rank(counts: Counter[int], number: int) -> int:
    """Return the ``number``-th lowest level, counted from 0."""
    level = 0
    for level in sorted(counts):
        number -= counts[level]
        if number < 0:
            break
    return level


def _loud_intervals(
    levels: Sequence[int], first: int, after: int, threshold: int
) -> list[tuple[int, int]]:
    """Return the loud intervals as numbers of windows, joined over less than ``MIN_PAUSE``."""
    found: list[tuple[int, int]] = []
    for start, end in _over_threshold(levels, first, after, threshold):
        if found and (start - found[-1][1]) * WINDOW < MIN_PAUSE:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= _SHORTEST]


def _over_threshold(
    levels: Sequence[int], first: int, after: int, threshold: int
) -> Iterator[tuple[int, int]]:
    """Yield the intervals that rise over the threshold, until they fall under it by _RELEASE."""
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
    """Split a long interval at its pauses, found with the louder noise of this interval."""
    if (end - start) * WINDOW < _LONG or not depth:
        yield start, end
        return
    found = _loud_intervals(levels, start, end, _threshold(levels[start:end], percent=10))
    if not found or found == [(start, end)]:
        yield start, end
        return
    for first, after in _with_quiet_speech(found, start, end):
        yield from _searched_again(levels, first, after, depth - 1)


def _with_quiet_speech(
    found: list[tuple[int, int]], start: int, end: int
) -> Iterator[tuple[int, int]]:
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
