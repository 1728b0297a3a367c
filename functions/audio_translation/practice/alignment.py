"""Two sequences of words side by side, at the least cost.

A word without a counterpart costs ``_ALONE``, two different words side by side a little more, and
the more the less they are alike; so more words are found equal than with Levenshtein's costs, and
of several ways the one is taken that puts like beside like.

What could be the cheapest is looked for near the longest common subsequence, which bits of long
integers find in no time; for texts of up to 200 words "near" is everywhere. A library would do the
first part only: rapidfuzz takes no costs for its operations, and has 12 MB.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import NamedTuple

_ALONE = 10
_LEAST_DIFFERENT, _MOST_DIFFERENT = 10, 15
_MOST_COMPARED = 80_000
"""Pairs of words that are looked at, about; half a second at worst."""
_LEAST_REACH = 8  # words to both sides of the common subsequence
_LETTERS = 24  # of a word that are compared with those of another one

_BOTH, _EXPECTED, _HEARD = 0, 1, 2


class Pair(NamedTuple):
    """The numbers of two words side by side; None where there is no counterpart."""

    expected: int | None
    heard: int | None


def aligned(expected: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """Return all words of both sequences, in order, those that belong together as pairs."""
    came_from = _steps(expected, heard)
    pairs: list[Pair] = []
    row, column = len(expected), len(heard)
    while row or column:
        first, steps = came_from[row]
        step = steps[column - first]
        row -= step != _HEARD
        column -= step != _EXPECTED
        pairs.append(Pair(row if step != _HEARD else None, column if step != _EXPECTED else None))
    return pairs[::-1]


def _steps(expected: Sequence[str], heard: Sequence[str]) -> list[tuple[int, bytearray]]:
    """Return for each number of expected words the cheapest last step, by that of heard ones.

    Each row has the number of heard words that it begins with.
    """
    bands = _bands(expected, heard)
    rows: list[tuple[int, bytearray]] = []
    before: list[float] = []
    before_first = 0
    for row, (first, last) in enumerate(bands):
        costs: list[float] = []
        steps = bytearray()
        for column in range(first, last + 1):
            above = column - before_first
            cost, step = (0.0, _BOTH) if not (row or column) else (inf, _BOTH)
            if row and column and 0 < above <= len(before):
                cost = before[above - 1] + _difference(expected[row - 1], heard[column - 1])
            if row and above < len(before) and before[above] + _ALONE < cost:
                cost, step = before[above] + _ALONE, _EXPECTED
            if costs and costs[-1] + _ALONE < cost:
                cost, step = costs[-1] + _ALONE, _HEARD
            costs.append(cost)
            steps.append(step)
        rows.append((first, steps))
        before, before_first = costs, first
    return rows


def _bands(expected: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each number of expected words which numbers of heard ones are looked at."""
    rows, columns = len(expected), len(heard)
    reach = max(_LEAST_REACH, _MOST_COMPARED // (rows + columns + 1))
    corners = [(0, 0), *_common(expected, heard), (rows + 1, columns)]
    centres: list[int] = []
    for (row, column), (next_row, next_column) in pairwise(corners):
        height = next_row - row
        centres += (
            column + (next_column - column) * (at - row) // height for at in range(row, next_row)
        )
    centres.append(columns)
    return [
        (max(0, centre - reach), min(columns, after + reach)) for centre, after in pairwise(centres)
    ]


def _common(expected: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of a longest common subsequence, in order.

    Source: Hyyrö, "Bit-parallel LCS-length computation revisited", 2004.
    """
    rows: list[int] = []
    places = _places(expected)
    whole = (1 << len(expected)) - 1
    row = whole
    for word in heard:
        equal = row & places[word]
        row = (row + equal | row - equal) & whole
        rows.append(row)
    pairs = []
    column, number = len(expected), len(heard)
    while column and number:
        if rows[number - 1] >> column - 1 & 1:
            column -= 1
            continue
        number -= 1
        if number == 0 or rows[number - 1] >> column - 1 & 1:
            column -= 1
            pairs.append((column, number))
    return pairs[::-1]


@lru_cache(maxsize=1 << 16)
def _difference(one: str, other: str) -> float:
    """Return the cost of two words side by side."""
    if one == other:
        return 0
    one, other = one[:_LETTERS], other[:_LETTERS]
    if len(one) == 1 or len(other) == 1:
        return _MOST_DIFFERENT
    alike = 2 * _common_letters(one, other) / (len(one) + len(other))
    return _MOST_DIFFERENT - (_MOST_DIFFERENT - _LEAST_DIFFERENT) * alike


def _common_letters(one: str, other: str) -> int:
    """Return the length of the longest common subsequence."""
    places = _places(one)
    whole = (1 << len(one)) - 1
    row = whole
    for letter in other:
        equal = row & places[letter]
        row = (row + equal | row - equal) & whole
    return len(one) - row.bit_count()


def _places(sequence: Sequence[str]) -> defaultdict[str, int]:
    """Return where each item stands, as the bits of an integer."""
    places: defaultdict[str, int] = defaultdict(int)
    for number, item in enumerate(sequence):
        places[item] |= 1 << number
    return places
