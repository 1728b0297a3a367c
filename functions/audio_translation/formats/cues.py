"""How segments become cues that can be read: the layout of subtitles.

Three steps, each linear in the text:

1. *Time.* A segment lasts until its end; where it is spoken too fast to be read and silence
   follows, it lasts on into the silence. It never lasts beyond the next segment's start.
2. *Split.* Its words become the cheapest sequence of cues, found by dynamic programming as TeX
   finds lines. A cue costs something, so that there are few; a break costs nothing after a
   sentence, more after a clause, most after an article; uneven cues, and cues that would be too
   short or too long on screen, cost too. A cue's time is its share of the segment's, by length.
3. *Place.* From first to last: a cue starts when its words start, or when the cue before ends.
   One with too little time joins a neighbour if both fit one cue, else it keeps the screen for
   the least time and pushes the next. Its end waits for the reader as far as the next cue allows.

So a cue that begins with a segment's first word starts exactly with that segment, unless the cue
before had to push it. Where what was said is shown above its translation, each has one line, and
step 2 is that of ``bilingual.py``. Numbers that subtitlers agree on: 2 lines of 42 columns, at most
7 s (Netflix, Timed Text Style Guide, which also asks for at least 5/6 s and for breaks after
punctuation and before conjunctions and prepositions), 0.7 s at the very least, and not more than
21 characters a second where the speech leaves room.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf

from audio_translation.formats.bilingual import pairs
from audio_translation.formats.line_breaking import LINE, Words, offsets, text_of, width, words_of
from audio_translation.transcript import Segment

SHORTEST, LONGEST = 700, 7000
"""A cue's time on screen, in milliseconds."""

READING_SPEED = 21
"""Columns a second, counting the spaces; of two lines that say the same, those of the longer."""

_HURRIED = 1000
"""A cue that cannot be read in its time, and has less than this, looks for a neighbour."""

_NEAR = 500
"""Cues join over a pause of so many milliseconds, not over a longer one."""


@dataclass(frozen=True)
class Cue:
    """What is on screen from ``start`` to ``end``, in integer milliseconds: one or two lines."""

    start: int
    end: int
    lines: tuple[str, ...]


def lay_out(segments: Sequence[Segment]) -> list[Cue]:
    """Return the cues of a translation, in order, never two at once.

    Takes whatever an engine says: segments that overlap, are out of order, empty, endless or of
    no length. No word is lost, doubled or moved; only words of more than 42 columns are cut.
    What was said is shown above its translation, where it is known and differs.
    """
    blocks = _place(_split([_Spoken.of(segment) for segment in segments]))
    return [Cue(block.start, block.end, _lines(block)) for block in blocks]


@dataclass(frozen=True)
class _Spoken:
    """What is to be shown of a segment: its translation, or the source and the translation."""

    start: int
    end: int
    texts: tuple[Words, ...]

    @classmethod
    def of(cls, segment: Segment) -> "_Spoken":
        texts: tuple[Words, ...] = (words_of(segment.text),)
        if segment.source and segment.source.split() != segment.text.split():
            texts = (words_of(segment.source), *texts)
        return cls(max(0, segment.start), segment.end, texts if all(texts) else texts[-1:])


@dataclass(frozen=True)
class _Block:
    """Words that are to be one cue, of as many texts as it shows; spoken from start to end."""

    start: int
    end: int
    texts: tuple[Words, ...]


# Time and split ---------------------------------------------------------------------------------


def _split(segments: Sequence[_Spoken]) -> list[_Block]:
    spoken = sorted((s for s in segments if any(s.texts)), key=lambda segment: segment.start)
    blocks: list[_Block] = []
    for number, segment in enumerate(spoken):
        start = segment.start
        lasts = max(segment.end, start + _least(_width(segment.texts)))
        if number + 1 < len(spoken):
            lasts = min(lasts, spoken[number + 1].start)
        parts = _parts(segment.texts, lasts - start)
        each = (lasts - start) / parts[-1][1]
        times = [start, *(start + round(end * each) for _, end in parts[:-1]), lasts]
        blocks += [_Block(times[n], times[n + 1], texts) for n, (texts, _) in enumerate(parts)]
    return blocks


def _parts(texts: tuple[Words, ...], time: int) -> list[tuple[tuple[Words, ...], int]]:
    """What each cue shows, and how far into the ``time`` its own ends, in any measure."""
    if len(texts) > 1:
        shown = pairs(*texts)
        return list(zip(shown, accumulate(sum(map(width, pair)) for pair in shown), strict=True))
    (words,) = texts
    starts, ends = offsets(words)
    return [
        ((words[first:after],), [*starts, ends[-1]][after])
        for first, after in _cuts(words, time / ends[-1])
    ]


def _cuts(words: Words, each: float) -> list[tuple[int, int]]:
    """The cheapest way to cut words into cues; a character takes ``each`` milliseconds."""
    starts, ends = offsets(words)
    reach = _reach(starts, ends)
    best = [0.0] + [inf] * len(words)
    came_from = [0] * len(best)
    first = 0
    for after in range(1, len(best)):
        while reach[reach[first]] < after:
            first += 1
        for begin in range(first, after):
            cost = best[begin] + _cue_cost(ends[after - 1] - starts[begin], each)
            if cost < best[after]:
                best[after], came_from[after] = cost, begin
        best[after] += words[after - 1].cost
    cuts, after = [], len(words)
    while after:
        cuts.append((came_from[after], after))
        after = came_from[after]
    return cuts[::-1]


def _cue_cost(width: int, each: float) -> float:
    """What a cue costs apart from its break, on the scale of ``_break_cost``."""
    time = width * each
    cost = 0.5 + (1 - width / (2 * LINE)) ** 2
    if time < _HURRIED:
        cost += 2 * (1 - time / _HURRIED)
    elif time > LONGEST and width > LINE:
        cost += 6 * (time / LONGEST - 1)
    return cost


def _reach(starts: list[int], ends: list[int]) -> list[int]:
    """For each word, the number after the last one that fits a line which the word begins."""
    reach, after = [], 0
    for start in starts:
        while after < len(ends) and ends[after] - start <= LINE:
            after += 1
        reach.append(after)
    return [*reach, len(ends)]


# Place ------------------------------------------------------------------------------------------


def _place(blocks: list[_Block]) -> list[_Block]:
    placed: list[_Block] = []
    current: _Block | None = None
    for following in blocks:
        if current:
            hurried = _hurried(current, following)
            if hurried and (both := _joined(current, following)):
                current = both
                continue
            if hurried and placed and (both := _joined(placed[-1], current)):
                placed.pop()
                current = both
            placed.append(_shown(current, following.start))
        current = replace(following, start=max(following.start, placed[-1].end if placed else 0))
    if current:
        placed.append(_shown(current, inf))
    return placed


def _hurried(block: _Block, following: _Block) -> bool:
    time = following.start - block.start
    return time < SHORTEST or time < min(_HURRIED, _least(_width(block.texts)))


def _joined(first: _Block, second: _Block) -> _Block | None:
    """Both as one, or ``None`` if they are too much for a cue or too far apart."""
    if len(first.texts) != len(second.texts):
        return None
    texts = tuple(map(operator.add, first.texts, second.texts))
    end = max(first.end, second.end)
    fits = _fit(texts) and end - first.start <= LONGEST and second.start - first.end <= _NEAR
    return _Block(first.start, end, texts) if fits else None


def _fit(texts: tuple[Words, ...]) -> bool:
    """Whether one text fits two lines, or two texts one each."""
    if len(texts) > 1:
        return _width(texts) <= LINE
    reach = _reach(*offsets(texts[0]))
    return reach[reach[0]] == len(texts[0])


def _shown(block: _Block, until: float) -> _Block:
    """The block with the end that its cue has; the next one wants the screen at ``until``."""
    read = max(block.end, block.start + _least(_width(block.texts)))
    end = max(min(read, until, block.start + LONGEST), block.start + SHORTEST)
    return replace(block, end=int(end))


def _least(columns: int) -> int:
    """Milliseconds that it takes to read so much."""
    return max(SHORTEST, -(-columns * 1000 // READING_SPEED))


def _width(texts: tuple[Words, ...]) -> int:
    return max(map(width, texts))


# Lines ------------------------------------------------------------------------------------------


def _lines(block: _Block) -> tuple[str, ...]:
    """One line, or two: of two texts one each, of one text with a break that its sense allows."""
    if len(block.texts) > 1:
        return tuple(text_of(text) for text in block.texts if text)
    (words,) = block.texts
    starts, ends = offsets(words)
    if ends[-1] <= LINE:
        return (text_of(words),)

    def cost(cut: int) -> float:
        upper, lower = ends[cut - 1], ends[-1] - starts[cut]
        if max(upper, lower) > LINE:
            return inf
        return words[cut - 1].cost / 2 + abs(upper - lower) / LINE

    best = min(range(1, len(words)), key=cost)
    return text_of(words[:best]), text_of(words[best:])
