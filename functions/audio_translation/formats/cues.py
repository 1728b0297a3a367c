"""The layout of subtitles: segments become cues that can be read in time.

Three steps, each linear in the text:

1. *Time.* A segment lasts until its end. If it is spoken too fast to be read and silence follows,
   it is extended into the silence, but never beyond the start of the next segment.
2. *Split.* The words of a segment become the cheapest sequence of cues, found by dynamic
   programming like the lines of a paragraph in TeX. Each cue has a cost, so that there are few.
   A break costs nothing after a sentence, more after a clause, most after an article. Uneven cues
   and cues that are too short or too long on screen cost more. A cue gets a share of the segment's
   time in proportion to its length, and if all can be read in the segment's time, each can. Two
   texts are cut by ``bilingual.py`` instead.
3. *Place.* In order, a cue starts when its words start, or when the cue before has ended. A cue
   with too little time is joined with a neighbour if both fit one cue; else it gets the least time,
   and the next cue starts later. If there is silence after it, it stays until it can be read with
   ease. Short pauses between cues are closed, but for the gap that lets a change be seen.

The limits are those of ``rules/``.
"""

import operator
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from audio_translation.formats.bilingual import pairs
from audio_translation.formats.line_breaking import Words, line_of, offsets, width
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.formats.rules.lines import cue_reach, fit, lines_of
from audio_translation.formats.rules.shares import shared
from audio_translation.formats.writing.shown_texts import Shown, shown
from audio_translation.transcript import Segment

_ORPHAN, _ORPHAN_COST = 5, 1.5
"""A cue of less than this part of a line is a word alone; what it costs."""

_UNREADABLE = 20
"""The cost of a cue that cannot be read within the longest time."""

_LONGEST_PAUSE = 500
"""Milliseconds; cues are not joined over a longer pause."""


@dataclass(frozen=True)
class Cue:
    """One or two lines, on screen from ``start`` to ``end`` in integer milliseconds.

    ``bilingual``: whether they are a source and its translation. ``voice``: who speaks.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    bilingual: bool = False
    voice: str = ""


def lay_out(
    segments: Sequence[Segment],
    language: str | None = None,
    rules: Rules = DEFAULT,
    others: Sequence[int] = (),
) -> list[Cue]:
    """Return the cues of a translation, in order and without overlaps.

    Segments may overlap, be out of order, empty, very long or without duration. No word is lost,
    repeated or moved; only words that are longer than a line are cut. A segment's source is shown
    above its translation, if there is a source and it differs. ``language`` is the translation's,
    as OpenAI names it; a line that runs from right to left says so, see ``writing/direction.py``.
    ``others``: when other voices begin to speak, in order; silence until then alone is free.
    """
    blocks = _place(_split(shown(segments, language, rules.line), rules, others), rules)
    return [
        Cue(one.start, one.end, _lines(one, rules), bilingual=len(one.texts) > 1) for one in blocks
    ]


@dataclass(frozen=True)
class _Block:
    """The words of one cue, for each of its texts, spoken from ``start`` to ``end``."""

    start: int
    end: int
    texts: tuple[Words, ...]


# Time and split ---------------------------------------------------------------------------------


def _split(segments: Sequence[Shown], rules: Rules, others: Sequence[int]) -> list[_Block]:
    """Return the blocks of all segments, each with its share of the segment's time."""
    blocks: list[_Block] = []
    for number, segment in enumerate(segments):
        start = segment.start
        until = max(segment.end, start + _reading_time(segment.texts, rules))
        following = segments[number + 1].start if number + 1 < len(segments) else inf
        after = bisect_left(others, segment.end)
        following = min(following, others[after] if after < len(others) else inf)
        until = int(min(until, following))
        parts = _parts(segment.texts, until - start, rules)
        if len(parts) == 1:
            blocks.append(_Block(start, until, segment.texts))
            continue
        needs = [_reading_time(texts, rules) + rules.gap for texts, _ in parts]
        times = shared(start, until, following, [end for _, end in parts], needs)
        blocks += [_Block(times[n], times[n + 1], texts) for n, (texts, _) in enumerate(parts)]
    return blocks


def _parts(
    texts: tuple[Words, ...], time: int, rules: Rules
) -> list[tuple[tuple[Words, ...], int]]:
    """Return each cue's texts and its end in columns; ``time`` is the segment's milliseconds."""
    if len(texts) > 1:
        both = pairs(texts[0], texts[1], rules.line)
        return list(zip(both, accumulate(sum(map(width, pair)) for pair in both), strict=True))
    (words,) = texts
    starts, ends = offsets(words)
    return [
        ((words[first:after],), [*starts, ends[-1]][after])
        for first, after in _cuts(words, starts, ends, time / ends[-1], rules)
    ]


def _cuts(
    words: Words, starts: list[int], ends: list[int], each: float, rules: Rules
) -> list[tuple[int, int]]:
    """Return the words of each cue, from and to; a column takes ``each`` milliseconds."""
    reach = cue_reach(starts, ends, rules)
    if (
        reach[0] == len(words)
        and ends[-1] <= rules.room
        and (2 * ends[-1] <= rules.full or ends[-1] * each <= rules.longest)
    ):
        return [(0, len(words))]  # two cues would cost more, whatever the break costs
    costs = [_cue_cost(width, each, rules) for width in range(min(ends[-1], rules.full) + 1)]
    best = [0.0] + [inf] * len(words)
    came_from = [0] * len(best)
    first = 0
    for after in range(1, len(best)):
        while reach[first] < after:
            first += 1
        end = ends[after - 1]
        least = inf
        for begin in range(first, after):
            cost = best[begin] + costs[end - starts[begin]]
            if cost < least:
                least, came_from[after] = cost, begin
        best[after] = least + words[after - 1].cost
    cuts, after = [], len(words)
    while after:
        cuts.append((came_from[after], after))
        after = came_from[after]
    return cuts[::-1]


def _cue_cost(width: int, each: float, rules: Rules) -> float:
    """Return the cost of a cue without that of its break, on the scale of ``Word.cost``."""
    time = width * each
    cost = 0.5 + (1 - width / (rules.line * rules.lines)) ** 2
    if time < rules.short:
        cost += 2 * (1 - time / rules.short)
    elif time > rules.longest and 2 * width > rules.full:
        cost += 6 * (time / rules.longest - 1)
    if width > rules.room:
        cost += _UNREADABLE
    if width <= rules.line // _ORPHAN:
        cost += _ORPHAN_COST
    return cost


# Place ------------------------------------------------------------------------------------------


def _place(blocks: list[_Block], rules: Rules) -> list[_Block]:
    """Return the blocks with their times on screen; see step 3 of the module."""
    placed: list[_Block] = []
    current: _Block | None = None
    for following in blocks:
        if current:
            too_short = _is_too_short(current, following, rules)
            if too_short and (both := _joined(current, following, rules)):
                current = both
                continue
            if too_short and placed and (both := _joined(placed[-1], current, rules)):
                placed.pop()
                current = both
            placed.append(_on_screen(current, following.start, rules))
        start = max(following.start, placed[-1].end + rules.gap if placed else 0)
        current = _Block(start, following.end, following.texts)
    if current:
        placed.append(_on_screen(current, inf, rules))
    return placed


def _is_too_short(block: _Block, following: _Block, rules: Rules) -> bool:
    """Return whether a block has too little time before the following one starts."""
    time = following.start - rules.gap - block.start
    if time >= rules.short:
        return False
    return time < rules.shortest or time < _reading_time(block.texts, rules)


def _joined(first: _Block, second: _Block, rules: Rules) -> _Block | None:
    """Return both as one block, or None if they do not fit one cue or are too far apart."""
    if len(first.texts) != len(second.texts):
        return None
    end = max(first.end, second.end)
    if end - first.start > rules.longest or second.start - first.end > _LONGEST_PAUSE:
        return None
    texts = tuple(map(operator.add, first.texts, second.texts))
    return _Block(first.start, end, texts) if fit(texts, rules) else None


def _on_screen(block: _Block, until: float, rules: Rules) -> _Block:
    """Return the block with the end of its cue; the next cue starts at ``until``."""
    end = rules.comfortable_end(block.start, block.end, *_amount(block.texts))
    return _Block(block.start, rules.end(block.start, end, until), block.texts)


def _reading_time(texts: tuple[Words, ...], rules: Rules) -> int:
    """Return the milliseconds that it takes to read the longer text, at least the shortest."""
    return rules.reading_time(*_amount(texts))


def _amount(texts: tuple[Words, ...]) -> tuple[int, int]:
    """Return the columns and the words of the longer text."""
    if len(texts) > 1:
        one, other = (_amount((text,)) for text in texts)
        return max(one[0], other[0]), max(one[1], other[1])
    (words,) = texts
    if not words:
        return 0, 0
    spaces = sum([word.space for word in words]) - words[0].space
    return spaces + sum([word.width for word in words]), spaces + 1


def _lines(block: _Block, rules: Rules) -> tuple[str, ...]:
    """Return the lines of a cue: one for each of two texts, or those of one text."""
    if len(block.texts) > 1:
        return tuple(line_of(text) for text in block.texts if text)
    return lines_of(block.texts[0], rules)
