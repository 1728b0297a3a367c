"""Subtitles in two languages: a source text and its translation, cut into pairs of lines.

While one of the two texts is longer than a line, both are cut in two. The best cut is near the
middle, at the end of a sentence in both texts, after the same share of both, and needs no more
pairs than the longer text needs lines.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from audio_translation.formats.line_breaking import Words, offsets, width

Pair = tuple[Words, Words]

_MOST_PLACES = 24
"""Number of places in each text that are tried as a cut, the cheapest first."""

_NARROW = 5
"""What is narrower than this part of a line is a word alone."""

# Costs of a cut, on the scale of ``Word.cost``:
_DIFFERENT_SHARES = 4.0  # for each line's length between the cuts of the two texts
_PAIR = 3.0  # for each pair of lines that the two halves need
_FROM_MIDDLE = 1.0  # for each line's length between the cut and the middle of the text
_ORPHAN = 2.0  # if a text is cut next to its end, so that a word is alone
_EMPTY_LINE = 3.0  # if the cut lies at an end of a text, so that one pair has only the other text


def pairs(upper: Words, lower: Words, line: int) -> list[Pair]:
    """Return the pairs of lines in order, of at most ``line`` columns; one line may be empty."""
    done: list[Pair] = []
    waiting = [(upper, lower)]
    while waiting:
        pair = waiting.pop()
        if not _fits(pair, line):
            waiting += reversed(_cut(pair, line))
        elif (
            done
            and (not _ends_sentences(done[-1]) or _is_orphan(done[-1], pair, line=line))
            and _fits(both := _joined(done[-1], pair), line)
        ):
            done[-1] = both
        else:
            done.append(pair)
    return done


def _fits(pair: Pair, line: int) -> bool:
    return max(map(width, pair)) <= line


def _is_orphan(*pairs: Pair, line: int) -> bool:
    """Return whether one of two pairs is a word alone."""
    return any(max(map(width, pair)) <= line // _NARROW for pair in pairs)


def _joined(first: Pair, second: Pair) -> Pair:
    return first[0] + second[0], first[1] + second[1]


def _ends_sentences(pair: Pair) -> bool:
    return all(text[-1].cost == 0 for text in pair if text)


class _Place(NamedTuple):
    """A place where a text may be cut: before word number ``at``."""

    at: int
    share: float
    """How much of the text's width is before it, 0 to 1."""

    cost: float
    before: int
    """How many lines the text before it needs."""

    after: int
    """How many lines the text after it needs."""


class _Text:
    """A text with the positions of its words, in columns."""

    def __init__(self, words: Words, line: int) -> None:
        self._words, self._line = words, line
        self._starts, self._ends = offsets(words)
        self.width = self._ends[-1] if words else 0

    def places(self) -> list[_Place]:
        """Return the cheapest places; a text longer than a line is not cut at its ends."""
        count, lines = len(self._words), self.width / self._line
        before = [0, *itertools.accumulate(self._needed(range(count)))]
        after = [0, *itertools.accumulate(self._needed(range(count - 1, -1, -1)))][::-1]
        must = self.width > self._line
        all_places = []
        for at in range(must, count + 1 - must):
            cut = self._words[at - 1].cost if 0 < at < count else _EMPTY_LINE * bool(count)
            share = self._share(at)
            cost = cut + _FROM_MIDDLE * abs(share - 0.5) * lines
            if at in (1, count - 1) and min(share, 1 - share) * self.width <= self._line / _NARROW:
                cost += _ORPHAN
            all_places.append(_Place(at, share, cost, before[at], after[at]))
        return sorted(all_places, key=lambda place: place.cost)[:_MOST_PLACES]

    def _share(self, at: int) -> float:
        if not self._words:
            return 0.5
        return self._starts[at] / self.width if at < len(self._words) else 1.0

    def _needed(self, order: range) -> Iterator[int]:
        """Yield 1 for each word, in this order, that starts a new line, else 0."""
        first: int | None = None
        for number in order:
            left, right = sorted((number, number if first is None else first))
            if first is None or self._ends[right] - self._starts[left] > self._line:
                first = number
                yield 1
            else:
                yield 0


def _cut(pair: Pair, line: int) -> tuple[Pair, Pair]:
    """Cut both texts where it costs the least; neither half is without any text."""
    upper, lower = (_Text(words, line) for words in pair)
    lines = max(upper.width, lower.width) / line

    def cost(places: tuple[_Place, _Place]) -> float:
        one, other = places
        needed = max(one.before, other.before) + max(one.after, other.after)
        difference = abs(one.share - other.share) * lines
        return one.cost + other.cost + _PAIR * needed + _DIFFERENT_SHARES * difference

    one, other = min(itertools.product(upper.places(), lower.places()), key=cost)
    first = pair[0][: one.at], pair[1][: other.at]
    return first, (pair[0][one.at :], pair[1][other.at :])
