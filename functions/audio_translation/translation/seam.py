"""Where two chunks overlap: both have heard the same words, and one text is made of them.

The longest run of words that both have at about the same time is the seam. Where there is none,
each side keeps what lies on its side of the middle, and what the other has not heard.

Times are integer milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audio_translation.audio.speech import Span
from audio_translation.transcript import Segment

_SLACK = 3_000  # how wrong the time of a word may be; engines time segments, not words
_RUN = 2  # words; a single one may be there twice by chance


@dataclass(frozen=True)
class _Word:
    """The ``number``-th word of a segment; ``begins`` and ``ends`` are its share of its time."""

    segment: int
    number: int
    key: str
    begins: int
    ends: int


def near(segments: Sequence[Segment], zone: Span) -> int:
    """The number of the first of the last segments that may reach into the zone."""
    first = len(segments)
    while first and segments[first - 1].end > zone.start - _SLACK:
        first -= 1
    return first


def seam(
    before: list[Segment], after: list[Segment], zone: Span
) -> tuple[list[Segment], list[Segment]]:
    tail = [word for word in _words(before) if word.ends > zone.start - _SLACK]
    head = [word for word in _words(after) if word.begins < zone.end + _SLACK]
    run = _longest_run(tail, head)
    if run:
        return _until(before, tail[run[0]]), _since(after, head[run[1]])
    middle = (zone.start + zone.end) // 2
    ours = [s for s in before if _middle(s) < middle or not _heard(s, after)]
    theirs = [s for s in after if _middle(s) >= middle or not _heard(s, ours)]
    return ours, theirs


def _words(segments: Sequence[Segment]) -> list[_Word]:
    words = []
    for place, segment in enumerate(segments):
        said = segment.text.split()
        each = (segment.end - segment.start) / len(said)
        words += [
            _Word(
                place,
                number,
                "".join(filter(str.isalnum, word)).casefold() or word,
                segment.start + round(each * number),
                segment.start + round(each * (number + 1)),
            )
            for number, word in enumerate(said)
        ]
    return words


def _longest_run(tail: list[_Word], head: list[_Word]) -> tuple[int, int] | None:
    """Where the longest run of words that both have ends, in the one and in the other."""
    best: tuple[float, tuple[int, int]] | None = None
    lengths = [0] * (len(head) + 1)
    for left, ours in enumerate(tail):
        row = [0] * (len(head) + 1)
        for right, theirs in enumerate(head):
            apart = abs(ours.begins - theirs.begins)
            if ours.key != theirs.key or apart > _SLACK:
                continue
            row[right + 1] = length = lengths[right] + 1
            worth = length - apart / _SLACK
            if length >= _RUN and (best is None or worth > best[0]):
                best = worth, (left, right)
        lengths = row
    return best[1] if best else None


def _until(segments: list[Segment], last: _Word) -> list[Segment]:
    segment = segments[last.segment]
    words = segment.text.split()
    if last.number + 1 < len(words):
        text = " ".join(words[: last.number + 1])
        segment = replace(segment, text=text, end=last.ends)
    return [*segments[: last.segment], segment]


def _since(segments: list[Segment], last: _Word) -> list[Segment]:
    segment = segments[last.segment]
    words = segment.text.split()[last.number + 1 :]
    rest = [replace(segment, text=" ".join(words), start=last.ends)] if words else []
    return [*rest, *segments[last.segment + 1 :]]


def _middle(segment: Segment) -> int:
    return (segment.start + segment.end) // 2


def _heard(segment: Segment, others: Sequence[Segment]) -> bool:
    """Whether the others have something in at least half of the segment's time."""
    shared = sum(max(0, min(segment.end, o.end) - max(segment.start, o.start)) for o in others)
    return 2 * shared >= max(1, segment.end - segment.start)
