"""The lines of one cue: how many a text needs, and where they break best."""

from bisect import bisect_left
from collections.abc import Sequence
from math import inf

from audio_translation.formats.line_breaking import Words, line_of, offsets, width
from audio_translation.formats.rules.layout_rules import Rules

_ORPHAN = 5
"""A word alone on a line that is narrower than this part of the longest line is an orphan."""
_ORPHAN_COST = 1.0
"""Its cost, on the scale of half a ``Word.cost``."""


def reach(starts: list[int], ends: list[int], line: int) -> list[int]:
    """Return, for each word, the number after the last word of a line that begins with it."""
    found, after = [], 0
    for start in starts:
        while after < len(ends) and ends[after] - start <= line:
            after += 1
        found.append(after)
    return [*found, len(ends)]


def cue_reach(starts: list[int], ends: list[int], rules: Rules) -> list[int]:
    """Return the same for the last word of a cue that begins with the word."""
    one = reach(starts, ends, rules.line)
    all_lines = one
    for _ in range(rules.lines - 1):
        all_lines = [one[after] for after in all_lines]
    return all_lines


def fits(words: Words, rules: Rules) -> bool:
    """Return whether a text fits one cue."""
    starts, ends = offsets(words)
    return cue_reach(starts, ends, rules)[0] == len(words)


def fit(texts: Sequence[Words], rules: Rules) -> bool:
    """Return whether one text fits a cue's lines, or each of two texts fits one line."""
    if len(texts) > 1:
        return max(map(width, texts)) <= rules.line
    return width(texts[0]) <= rules.room and fits(texts[0], rules)


def lines_of(words: Words, rules: Rules) -> tuple[str, ...]:
    """Return a text that fits one cue as its lines, as few as can be, with the cheapest breaks."""
    starts, ends = offsets(words)
    if ends[-1] <= rules.line:
        return (line_of(words),)
    one = reach(starts, ends, rules.line)
    if one[one[0]] < len(words):
        return _many_lines(words, starts, ends, one)
    least, best = inf, one[0]
    orphan = rules.line // _ORPHAN
    for cut in range(one[0], 0, -1):
        upper, lower = ends[cut - 1], ends[-1] - starts[cut]
        if lower > rules.line:
            break
        cost = words[cut - 1].cost / 2 + abs(upper - lower) / rules.line
        if (cut == 1 and upper <= orphan) or (cut == len(words) - 1 and lower <= orphan):
            cost += _ORPHAN_COST
        if cost <= least:
            least, best = cost, cut
    return line_of(words[:best]), line_of(words[best:])


def _many_lines(
    words: Words, starts: list[int], ends: list[int], one: list[int]
) -> tuple[str, ...]:
    """Return three lines or more; ``one`` is the reach of each word in one line."""
    count, after = 0, 0
    while after < len(words):
        count, after = count + 1, one[after]
    even = ends[-1] / count
    left = [len(words)]  # by the lines that are left: the first word from which they hold the rest
    for _ in range(count):
        left.append(bisect_left(one, left[-1]))
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for number in range(1, count + 1):
        found: dict[int, tuple[float, tuple[int, ...]]] = {}
        for begin, (cost, cuts) in best.items():
            last = number == count
            first = max(begin + 1, left[count - number])
            for after in [len(words)] if last else range(first, one[begin] + 1):
                if after > one[begin] or begin == len(words):
                    continue
                width = ends[after - 1] - starts[begin]
                more = cost + (0 if last else words[after - 1].cost / 2)
                more += abs(width - even) / even
                if more < found.get(after, (inf, ()))[0]:
                    found[after] = more, (*cuts, after)
        best = found
    cuts = best[len(words)][1]
    return tuple(line_of(words[a:b]) for a, b in zip((0, *cuts), cuts, strict=False))
