"""Two texts that say the same, cut into pairs of lines: what was said, and its translation.

While one of them does not fit a line, both are cut: best in the middle, after sentences of both,
and after the same share of both, into no more pairs than the longer one needs lines.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from audio_translation.formats.line_breaking import LINE, Words, offsets, width

Pair = tuple[Words, Words]

_TRIED = 24
"""Cuts of each text that are tried with each of the other."""

_APART = 4.0
_LINE = 1.5
_OFF = 1.0
_ALONE = 3.0
"""What it costs, on the scale of ``Word.cost``, to cut one text a line's length further on than the
other; to need a pair more; to cut a line's length away from the middle; to leave a text no line."""


def pairs(upper: Words, lower: Words) -> list[Pair]:
    """Return the lines in order; each has ``LINE`` columns at most, one of a pair may be empty."""
    done: list[Pair] = []
    waiting = [(upper, lower)]
    while waiting:
        pair = waiting.pop()
        if not _fits(pair):
            waiting += reversed(_cut(pair))
        elif done and not _ends_sentences(done[-1]) and _fits(both := _together(done[-1], pair)):
            done[-1] = both
        else:
            done.append(pair)
    return done


def _fits(pair: Pair) -> bool:
    return max(map(width, pair)) <= LINE


def _together(first: Pair, second: Pair) -> Pair:
    return first[0] + second[0], first[1] + second[1]


def _ends_sentences(pair: Pair) -> bool:
    return all(text[-1].cost == 0 for text in pair if text)


class _Place(NamedTuple):
    """A place to cut a text at: before its ``at``-th word."""

    at: int
    share: float
    """Of the text, that is before it."""

    cost: float
    before: int
    """Lines that the text needs before it,"""
    after: int
    """and after it."""


class _Text:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._starts, self._ends = offsets(words)
        self.width = self._ends[-1] if words else 0

    def places(self) -> list[_Place]:
        """The places that are worth trying, if it must be cut none at its ends."""
        count, lines = len(self._words), self.width / LINE
        before = [0, *itertools.accumulate(self._needed(range(count)))]
        after = [0, *itertools.accumulate(self._needed(range(count - 1, -1, -1)))][::-1]
        must = self.width > LINE
        all_places = []
        for at in range(must, count + 1 - must):
            cut = self._words[at - 1].cost if 0 < at < count else _ALONE * bool(count)
            share = self._share(at)
            cost = cut + _OFF * abs(share - 0.5) * lines
            all_places.append(_Place(at, share, cost, before[at], after[at]))
        return sorted(all_places, key=lambda place: place.cost)[:_TRIED]

    def _share(self, at: int) -> float:
        if not self._words:
            return 0.5
        return self._starts[at] / self.width if at < len(self._words) else 1.0

    def _needed(self, order: range) -> Iterator[int]:
        """For each word in this order, 1 if it takes a further line, else 0."""
        first: int | None = None
        for number in order:
            left, right = sorted((number, number if first is None else first))
            if first is None or self._ends[right] - self._starts[left] > LINE:
                first = number
                yield 1
            else:
                yield 0


def _cut(pair: Pair) -> tuple[Pair, Pair]:
    """The cheapest cut of both that leaves something on both sides."""
    upper, lower = map(_Text, pair)
    lines = max(upper.width, lower.width) / LINE

    def cost(both: tuple[_Place, _Place]) -> float:
        one, other = both
        needed = max(one.before, other.before) + max(one.after, other.after)
        apart = abs(one.share - other.share) * lines
        return one.cost + other.cost + _LINE * needed + _APART * apart

    one, other = min(itertools.product(upper.places(), lower.places()), key=cost)
    first = pair[0][: one.at], pair[1][: other.at]
    return first, (pair[0][one.at :], pair[1][other.at :])
