"""The seam of two chunks that overlap: words that both have are kept once.

The seam is the longest run of words that both chunks have at about the same time. Without such a
run, each chunk keeps the segments on its side of the middle, and those that the other chunk does
not have.

Times are integer milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from audio_translation.scripts import is_letter, words_of
from audio_translation.transcript import Segment

_TOLERANCE = 3_000  # milliseconds; times of words are estimated from those of segments
_SHORTEST_RUN = 2  # words; a single word may be in both by chance
_WEIGHT_OF_LETTER = 0.5  # words; of a letter in a script without spaces


class Interval(NamedTuple):
    """A time from ``start`` to ``end``, in integer milliseconds."""

    start: int
    end: int


@dataclass(frozen=True)
class _Word:
    """A word of a segment, with an estimated time.

    - ``segment``, ``number``: the index of the segment, and that of the word in it.
    - ``key``: the word in lower case without punctuation; ``weight``: how many words it counts as.
    - ``start``, ``end``: an equal share of the segment's time.
    """

    segment: int
    number: int
    key: str
    weight: float
    start: int
    end: int


def near(segments: Sequence[Segment], overlap: Interval) -> int:
    """Return the index of the first segment from which all may reach into the overlap."""
    first = len(segments)
    while first and segments[first - 1].end > overlap.start - _TOLERANCE:
        first -= 1
    return first


def seam(
    before: list[Segment], after: list[Segment], overlap: Interval
) -> tuple[list[Segment], list[Segment]]:
    """Return the segments of both chunks without the words that both have.

    All times are on the source's clock.
    """
    tail = [word for word in _words(before) if word.end > overlap.start - _TOLERANCE]
    head = [word for word in _words(after) if word.start < overlap.end + _TOLERANCE]
    run = _longest_run(tail, head)
    if run:
        return _up_to(before, tail[run[0]]), _after(after, head[run[1]])
    middle = (overlap.start + overlap.end) // 2
    ours = [s for s in before if _middle(s) < middle or not _is_covered(s, after)]
    theirs = [s for s in after if _middle(s) >= middle or not _is_covered(s, ours)]
    return ours, theirs


def _words(segments: Sequence[Segment]) -> list[_Word]:
    words = []
    for index, segment in enumerate(segments):
        texts = words_of(segment.text)
        each = (segment.end - segment.start) / len(texts)
        words += [
            _Word(
                index,
                number,
                "".join(filter(str.isalnum, word)).casefold() or word.strip(),
                _WEIGHT_OF_LETTER if is_letter(word) else 1,
                segment.start + round(each * number),
                segment.start + round(each * (number + 1)),
            )
            for number, word in enumerate(texts)
        ]
    return words


def _longest_run(tail: list[_Word], head: list[_Word]) -> tuple[int, int] | None:
    """Return the indices, in ``tail`` and ``head``, of the last word of the longest common run."""
    best: tuple[float, tuple[int, int]] | None = None
    lengths = [0.0] * (len(head) + 1)
    for left, ours in enumerate(tail):
        row = [0.0] * (len(head) + 1)
        for right, theirs in enumerate(head):
            difference = abs(ours.start - theirs.start)
            if ours.key != theirs.key or difference > _TOLERANCE:
                continue
            row[right + 1] = length = lengths[right] + ours.weight
            score = length - difference / _TOLERANCE
            if length >= _SHORTEST_RUN and (best is None or score > best[0]):
                best = score, (left, right)
        lengths = row
    return best[1] if best else None


def _up_to(segments: list[Segment], last: _Word) -> list[Segment]:
    """Return the segments up to the word ``last``, with it."""
    segment = segments[last.segment]
    words = words_of(segment.text)
    if last.number + 1 < len(words):
        text = "".join(words[: last.number + 1]).strip()
        segment = replace(segment, text=text, end=last.end)
    return [*segments[: last.segment], segment]


def _after(segments: list[Segment], last: _Word) -> list[Segment]:
    """Return the segments after the word ``last``, without it."""
    segment = segments[last.segment]
    words = words_of(segment.text)[last.number + 1 :]
    rest = [replace(segment, text="".join(words), start=last.end)] if words else []
    return [*rest, *segments[last.segment + 1 :]]


def _middle(segment: Segment) -> int:
    return (segment.start + segment.end) // 2


def _is_covered(segment: Segment, others: Sequence[Segment]) -> bool:
    """Return whether the others cover at least half of the segment's time."""
    shared = sum(max(0, min(segment.end, o.end) - max(segment.start, o.start)) for o in others)
    return 2 * shared >= max(1, segment.end - segment.start)
