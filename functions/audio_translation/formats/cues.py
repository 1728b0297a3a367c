"""The layout of subtitles: segments become cues that can be read in time.

Three steps, each linear in the text:

1. *Time.* A segment lasts until its end. If it is spoken too fast to be read and silence follows,
   it is extended into the silence, but never beyond the start of the next segment.
2. *Split.* The words of a segment become the cheapest sequence of cues, found by dynamic
   programming like the lines of a paragraph in TeX. Each cue has a cost, so that there are few.
   A break costs nothing after a sentence, more after a clause, most after an article. Uneven cues
   and cues that are too short or too long on screen cost more. A cue gets a share of the segment's
   time in proportion to its length. Two texts are cut by ``bilingual.py`` instead.
3. *Place.* In order, a cue starts when its words start, or when the cue before ends. A cue with
   too little time is joined with a neighbour if both fit one cue; else it gets the least time, and
   the next cue starts later. If there is silence after it, it stays until it can be read.

Limits of subtitlers' guides: 2 lines of 42 columns, at most 7 s (Netflix, Timed Text Style Guide,
which also asks for at least 5/6 s and for breaks after punctuation and before conjunctions and
prepositions), never less than 0.7 s, and at most 21 characters a second if there is time.
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
"""Least and most time of a cue on screen, in milliseconds."""

READING_SPEED = 21
"""Columns a second, with spaces; of a source and its translation the longer one counts."""

_TOO_SHORT = 1000
"""Milliseconds; a cue that has less, and cannot be read in its time, is joined with a neighbour."""

_LONGEST_PAUSE = 500
"""Milliseconds; cues are not joined over a longer pause."""


@dataclass(frozen=True)
class Cue:
    """One or two lines, on screen from ``start`` to ``end`` in integer milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


def lay_out(segments: Sequence[Segment]) -> list[Cue]:
    """Return the cues of a translation, in order and without overlaps.

    Segments may overlap, be out of order, empty, very long or without duration. No word is lost,
    repeated or moved; only words of more than 42 columns are cut. A segment's source is shown above
    its translation, if there is a source and it differs.
    """
    blocks = _place(_split([_Shown.of(segment) for segment in segments]))
    return [Cue(block.start, block.end, _lines(block)) for block in blocks]


@dataclass(frozen=True)
class _Shown:
    """The texts of a segment that are shown: its translation, or its source and its translation."""

    start: int
    end: int
    texts: tuple[Words, ...]

    @classmethod
    def of(cls, segment: Segment) -> "_Shown":
        texts: tuple[Words, ...] = (words_of(segment.text),)
        if segment.source and segment.source.split() != segment.text.split():
            texts = (words_of(segment.source), *texts)
        return cls(max(0, segment.start), segment.end, texts if all(texts) else texts[-1:])


@dataclass(frozen=True)
class _Block:
    """The words of one cue, for each of its texts, spoken from ``start`` to ``end``."""

    start: int
    end: int
    texts: tuple[Words, ...]


# Time and split ---------------------------------------------------------------------------------


def _split(segments: Sequence[_Shown]) -> list[_Block]:
    """Return the blocks of all segments, each with its share of the segment's time."""
    shown = sorted((s for s in segments if any(s.texts)), key=lambda segment: segment.start)
    blocks: list[_Block] = []
    for number, segment in enumerate(shown):
        start = segment.start
        until = max(segment.end, start + _reading_time(_width(segment.texts)))
        if number + 1 < len(shown):
            until = min(until, shown[number + 1].start)
        parts = _parts(segment.texts, until - start)
        each = (until - start) / parts[-1][1]
        times = [start, *(start + round(end * each) for _, end in parts[:-1]), until]
        blocks += [_Block(times[n], times[n + 1], texts) for n, (texts, _) in enumerate(parts)]
    return blocks


def _parts(texts: tuple[Words, ...], time: int) -> list[tuple[tuple[Words, ...], int]]:
    """Return each cue's texts and its end in columns; ``time`` is the segment's milliseconds."""
    if len(texts) > 1:
        both = pairs(*texts)
        return list(zip(both, accumulate(sum(map(width, pair)) for pair in both), strict=True))
    (words,) = texts
    starts, ends = offsets(words)
    return [
        ((words[first:after],), [*starts, ends[-1]][after])
        for first, after in _cuts(words, time / ends[-1])
    ]


def _cuts(words: Words, each: float) -> list[tuple[int, int]]:
    """Return the words of each cue, from and to; a column takes ``each`` milliseconds."""
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
    """Return the cost of a cue without that of its break, on the scale of ``Word.cost``."""
    time = width * each
    cost = 0.5 + (1 - width / (2 * LINE)) ** 2
    if time < _TOO_SHORT:
        cost += 2 * (1 - time / _TOO_SHORT)
    elif time > LONGEST and width > LINE:
        cost += 6 * (time / LONGEST - 1)
    return cost


def _reach(starts: list[int], ends: list[int]) -> list[int]:
    """Return, for each word, the number after the last word of a line that begins with it."""
    reach, after = [], 0
    for start in starts:
        while after < len(ends) and ends[after] - start <= LINE:
            after += 1
        reach.append(after)
    return [*reach, len(ends)]


# Place ------------------------------------------------------------------------------------------


def _place(blocks: list[_Block]) -> list[_Block]:
    """Return the blocks with their times on screen; see step 3 of the module."""
    placed: list[_Block] = []
    current: _Block | None = None
    for following in blocks:
        if current:
            too_short = _is_too_short(current, following)
            if too_short and (both := _joined(current, following)):
                current = both
                continue
            if too_short and placed and (both := _joined(placed[-1], current)):
                placed.pop()
                current = both
            placed.append(_on_screen(current, following.start))
        current = replace(following, start=max(following.start, placed[-1].end if placed else 0))
    if current:
        placed.append(_on_screen(current, inf))
    return placed


def _is_too_short(block: _Block, following: _Block) -> bool:
    """Return whether a block has too little time before the following one starts."""
    time = following.start - block.start
    return time < SHORTEST or time < min(_TOO_SHORT, _reading_time(_width(block.texts)))


def _joined(first: _Block, second: _Block) -> _Block | None:
    """Return both as one block, or None if they do not fit one cue or are too far apart."""
    if len(first.texts) != len(second.texts):
        return None
    texts = tuple(map(operator.add, first.texts, second.texts))
    end = max(first.end, second.end)
    fits = (
        _fit(texts) and end - first.start <= LONGEST and second.start - first.end <= _LONGEST_PAUSE
    )
    return _Block(first.start, end, texts) if fits else None


def _fit(texts: tuple[Words, ...]) -> bool:
    """Return whether one text fits two lines, or each of two texts fits one line."""
    if len(texts) > 1:
        return _width(texts) <= LINE
    reach = _reach(*offsets(texts[0]))
    return reach[reach[0]] == len(texts[0])


def _on_screen(block: _Block, until: float) -> _Block:
    """Return the block with the end of its cue; the next cue starts at ``until``."""
    read = max(block.end, block.start + _reading_time(_width(block.texts)))
    end = max(min(read, until, block.start + LONGEST), block.start + SHORTEST)
    return replace(block, end=int(end))


def _reading_time(columns: int) -> int:
    """Return the milliseconds that it takes to read so many columns, at least ``SHORTEST``."""
    return max(SHORTEST, -(-columns * 1000 // READING_SPEED))


def _width(texts: tuple[Words, ...]) -> int:
    return max(map(width, texts))


# Lines ------------------------------------------------------------------------------------------


def _lines(block: _Block) -> tuple[str, ...]:
    """Return one line, or two: one for each of two texts, or one text with the cheapest break."""
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
