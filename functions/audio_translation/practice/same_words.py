"""Which words of a text were said: tokens side by side, in other spellings, too.

Where an alignment finds nothing equal, some tokens may still be what others of the other side are:
"23" and "twenty-three", "it's" and "it is", "icecream" and "ice cream". Those are joined, and all
is aligned once more.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from audio_translation.practice.alignment import Pair, aligned
from audio_translation.practice.spellings import spellings
from audio_translation.practice.written_words import WrittenWords

_MOST_JOINED = 10
"""Tokens that may be joined: a number of many words."""


class Range(NamedTuple):
    """The numbers of the first token and of the one after the last."""

    start: int
    after: int


class Match(NamedTuple):
    """Tokens side by side, of which one range may be empty; ``same``: whether they are the same."""

    expected: Range
    heard: Range
    same: bool


class Side:
    """The tokens of a text, and what to compare them by, in the language of a BCP 47 tag."""

    def __init__(self, words: WrittenWords, keys: Sequence[str], language: str) -> None:
        self.keys = keys
        self._words = words
        self._language = language

    def spellings(self, number: int) -> Iterator[str]:
        """Yield a token's key and its other spellings."""
        token, key = self._words.tokens[number], self.keys[number]
        yield key
        yield from spellings(self._words.text[token.start : token.end], key, self._language)


def matches(expected: Side, heard: Side) -> list[Match]:
    """Return all tokens of both sides, in order, each in one match."""
    our_keys, their_keys = list(expected.keys), list(heard.keys)
    pairs = aligned(our_keys, their_keys)
    joined: list[tuple[Range, Range]] = []
    renamed = False
    for ours, theirs in _gaps(pairs, expected, heard):
        for number, key in _renamed(ours, theirs):
            their_keys[number] = key
            renamed = True
        joined += _joined(ours, theirs)
    if not (joined or renamed):
        return list(_matches(pairs, _Units([], our_keys), _Units([], their_keys)))
    one = _Units([range_ for range_, _ in joined], our_keys)
    other = _Units([range_ for _, range_ in joined], their_keys)
    return list(_matches(aligned(one.keys, other.keys), one, other))


class _Units:
    """Tokens of which some are joined to one; what is joined on both sides has the same key."""

    def __init__(self, joined: Sequence[Range], keys: Sequence[str]) -> None:
        self.ranges: list[Range] = []
        self.keys: list[str] = []
        for number, one in enumerate([*joined, Range(len(keys), len(keys))]):
            for alone in range(self.ranges[-1].after if self.ranges else 0, one.start):
                self.ranges.append(Range(alone, alone + 1))
                self.keys.append(keys[alone])
            if number < len(joined):
                self.ranges.append(one)
                self.keys.append(f"={number}")


def _matches(pairs: Sequence[Pair], ours: _Units, theirs: _Units) -> Iterator[Match]:
    at = other_at = 0
    for one, other in pairs:
        our = Range(at, at) if one is None else ours.ranges[one]
        their = Range(other_at, other_at) if other is None else theirs.ranges[other]
        same = one is not None and other is not None and ours.keys[one] == theirs.keys[other]
        yield Match(our, their, same)
        at, other_at = our.after, their.after


class _Stretch:
    """A part of a side of which nothing is equal to what stands beside it."""

    def __init__(self, side: Side, within: Range) -> None:
        self.within = within
        self.keys = set(side.keys[within.start : within.after])
        self._side = side
        self._single: dict[str, list[int]] = {}
        self._several: dict[str, list[Range]] = {}
        for number in range(*within):
            for text in side.spellings(number):
                self._single.setdefault(text, []).append(number)
            for after in range(number + 2, min(within.after, number + _MOST_JOINED) + 1):
                text = "".join(side.keys[number:after])
                self._several.setdefault(text, []).append(Range(number, after))

    def key(self, number: int) -> str:
        """Return the key of a token."""
        return self._side.keys[number]

    def spellings(self, number: int) -> list[str]:
        """Return a token's key and its other spellings."""
        return list(self._side.spellings(number))

    def together(self, start: int, after: int) -> str:
        """Return the keys of tokens as one."""
        return "".join(self._side.keys[start:after])

    def one(self, spelled: str, least: int) -> Range | None:
        """Return the first token from ``least`` on that is spelled so."""
        places = self._single.get(spelled, [])
        return next(
            (Range(place, place + 1) for place in places[bisect_left(places, least) :][:1]), None
        )

    def several(self, spelled: Sequence[str], least: int) -> Range | None:
        """Return the first tokens from ``least`` on that are spelled so together."""
        found: list[Range] = []
        for text in spelled:
            ranges = self._several.get(text, [])
            first = bisect_left(ranges, (least,))
            found += ranges[first : first + 1]
        return min(found, default=None)

    def all_of(self, spelled: str) -> Sequence[int]:
        """Return all tokens that are spelled so."""
        return self._single.get(spelled, [])


def _renamed(ours: _Stretch, theirs: _Stretch) -> Iterator[tuple[int, str]]:
    """Yield tokens of ``theirs`` that one of ``ours`` spells otherwise, with its key."""
    for number in range(*ours.within):
        key, *others = ours.spellings(number)
        for text in (key, *others):
            for place in theirs.all_of(text):
                if theirs.key(place) not in ours.keys:
                    yield place, key


def _joined(ours: _Stretch, theirs: _Stretch) -> Iterator[tuple[Range, Range]]:
    """Yield what is the same if the tokens of one side are joined, in order."""
    at, other_at = ours.within.start, theirs.within.start
    while at < ours.within.after:
        one, other = _joined_here(ours, at, theirs, other_at)
        if other is not None:
            yield one, other
            other_at = other.after
        at = one.after


def _joined_here(
    ours: _Stretch, at: int, theirs: _Stretch, least: int
) -> tuple[Range, Range | None]:
    """Return the most tokens from ``at`` that are some of ``theirs``, or one that is several."""
    for after in range(min(ours.within.after, at + _MOST_JOINED), at + 1, -1):
        text = ours.together(at, after)
        if other := theirs.one(text, least) or theirs.several([text], least):
            return Range(at, after), other
    return Range(at, at + 1), theirs.several(ours.spellings(at), least)


def _gaps(
    pairs: Sequence[Pair], expected: Side, heard: Side
) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Yield the stretches of both sides between what is equal, where neither is empty."""

    def is_same(pair: Pair) -> bool:
        one, other = pair
        return one is not None and other is not None and expected.keys[one] == heard.keys[other]

    for same, group in groupby(pairs, is_same):
        if same:
            continue
        stretch = list(group)
        ours = [pair.expected for pair in stretch if pair.expected is not None]
        theirs = [pair.heard for pair in stretch if pair.heard is not None]
        if ours and theirs:
            yield (
                _Stretch(expected, Range(ours[0], ours[-1] + 1)),
                _Stretch(heard, Range(theirs[0], theirs[-1] + 1)),
            )
