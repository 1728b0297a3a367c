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
before had to push it. Numbers that subtitlers agree on: 2 lines of 42 characters, at most 7 s
(Netflix, Timed Text Style Guide, which also asks for at least 5/6 s and for breaks after
punctuation and before conjunctions and prepositions), 0.7 s at the very least, and not more than
21 characters a second where the speech leaves room.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from audio_translation.domain.transcript import Segment

LINE = 42
"""Longest line, in characters."""

SHORTEST, LONGEST = 700, 7000
"""A cue's time on screen, in milliseconds."""

READING_SPEED = 21
"""Characters a second, counting the spaces."""

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
    no length. No word is lost, doubled or moved; only words of more than 42 characters are cut.
    """
    return [Cue(block.start, block.end, _lines(block.words)) for block in _place(_split(segments))]


class _Word(NamedTuple):
    """A word, or a part of one that is longer than a line."""

    text: str
    space: bool
    """Whether a space comes before it."""

    cost: float
    """What it costs to break a cue after it: see ``_break_cost``."""


@dataclass(frozen=True)
class _Block:
    """Words that are to be one cue; they are spoken from ``start`` to ``end``."""

    start: int
    end: int
    words: tuple[_Word, ...]


# Time and split ---------------------------------------------------------------------------------


def _split(segments: Sequence[Segment]) -> list[_Block]:
    spoken = [
        (max(0, segment.start), segment.end, words)
        for segment in sorted(segments, key=lambda segment: max(0, segment.start))
        if (words := _words(segment.text))
    ]
    blocks: list[_Block] = []
    for number, (start, end, words) in enumerate(spoken):
        starts, ends = _offsets(words)
        lasts = max(end, start + _least(ends[-1]))
        if number + 1 < len(spoken):
            lasts = min(lasts, spoken[number + 1][0])
        each = (lasts - start) / ends[-1]
        times = [start + round(at * each) for at in starts] + [lasts]
        blocks += [
            _Block(times[first], times[after], words[first:after])
            for first, after in _cuts(words, each)
        ]
    return blocks


def _cuts(words: tuple[_Word, ...], each: float) -> list[tuple[int, int]]:
    """The cheapest way to cut words into cues; a character takes ``each`` milliseconds."""
    starts, ends = _offsets(words)
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


def _offsets(words: Sequence[_Word]) -> tuple[list[int], list[int]]:
    """Where each word starts and ends in the text of all."""
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for word in words:
        at += word.space if starts else 0
        starts.append(at)
        at += len(word.text)
        ends.append(at)
    return starts, ends


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
    return time < SHORTEST or time < min(_HURRIED, _least(_width(block.words)))


def _joined(first: _Block, second: _Block) -> _Block | None:
    """Both as one, or ``None`` if they are too much for a cue or too far apart."""
    words, end = first.words + second.words, max(first.end, second.end)
    reach = _reach(*_offsets(words))
    fits = reach[reach[0]] == len(words) and end - first.start <= LONGEST
    return _Block(first.start, end, words) if fits and second.start - first.end <= _NEAR else None


def _shown(block: _Block, until: float) -> _Block:
    """The block with the end that its cue has; the next one wants the screen at ``until``."""
    read = max(block.end, block.start + _least(_width(block.words)))
    end = max(min(read, until, block.start + LONGEST), block.start + SHORTEST)
    return replace(block, end=int(end))


def _least(characters: int) -> int:
    """Milliseconds that it takes to read so many characters."""
    return max(SHORTEST, -(-characters * 1000 // READING_SPEED))


def _width(words: Sequence[_Word]) -> int:
    return _offsets(words)[1][-1]


# Words and lines --------------------------------------------------------------------------------

_CONTROLS = {
    code: " " if chr(code).isspace() else None for code in (*range(0x20), *range(0x7F, 0xA0))
}
_SENTENCE = (".", "!", "?", "…", "。", "！", "？", "؟", "।")  # noqa: RUF001
_CLAUSE = (",", ";", ":", "—", "–", "，", "、", "；", "：", "،")  # noqa: RUF001
_PUNCTUATION = re.escape("".join((*_SENTENCE, *_CLAUSE, "/", "-")))
_CLOSING = "\"'”’»)]}」』"  # noqa: RUF001


def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CONJUNCTIONS = _vocabulary("""
and but or nor so yet because although though while when where who which that whether if unless
until since than &""")
_PREPOSITIONS = _vocabulary("""
of to in on at by for from with without into onto over under about after before between through
during against among like as""")
_ATTRIBUTES = _vocabulary("""
a an the my your his her its our their this these those some any no every each very more most i you
he she it we they is are was were am be been has have had do does did will would can could should
may might must not i'm it's we're they're you're don't mr. mrs. ms. dr. prof. st. vs. e.g. i.e.""")
_LEANING = _CONJUNCTIONS | _PREPOSITIONS | _ATTRIBUTES
"""Words that want the next one on the same line."""


def _words(text: str) -> tuple[_Word, ...]:
    parts = [
        (part, number == 0)
        for word in text.translate(_CONTROLS).split()
        for number, part in enumerate(_parts(word))
    ]
    following = [part for part, _ in parts[1:]] + [""] * bool(parts)
    costs = map(_break_cost, (part for part, _ in parts), following)
    return tuple(_Word(*part, cost) for part, cost in zip(parts, costs, strict=True))


def _parts(word: str) -> list[str]:
    """A word that fits a line, or pieces of one that does not: by punctuation, then by length."""
    if len(word) <= LINE:
        return [word]
    clauses = re.findall(f"[^{_PUNCTUATION}]+[{_PUNCTUATION}]*|[{_PUNCTUATION}]+", word)
    return [
        clause[at : at + size]
        for clause in clauses
        for size in [-(-len(clause) // -(-len(clause) // LINE))]
        for at in range(0, len(clause), size)
    ]


def _break_cost(word: str, following: str) -> float:
    """What it costs to end a cue, or half as much a line, after a word."""
    said, bare = word.lower(), word.rstrip(_CLOSING)
    if said in _LEANING or re.fullmatch("[A-HJ-Z][.]", word):
        return 3
    if bare.endswith(_SENTENCE):
        return 0
    if bare.endswith(_CLAUSE) or not following:
        return 0.8
    if following.lower() in _CONJUNCTIONS:
        return 1.2
    return 1.6 if following.lower() in _PREPOSITIONS else 2


def _lines(words: tuple[_Word, ...]) -> tuple[str, ...]:
    """One line, or two of about the same length with the break where the sense allows it."""
    starts, ends = _offsets(words)
    if ends[-1] <= LINE:
        return (_text(words),)

    def cost(cut: int) -> float:
        upper, lower = ends[cut - 1], ends[-1] - starts[cut]
        if max(upper, lower) > LINE:
            return inf
        return words[cut - 1].cost / 2 + abs(upper - lower) / LINE

    best = min(range(1, len(words)), key=cost)
    return _text(words[:best]), _text(words[best:])


def _text(words: Sequence[_Word]) -> str:
    return "".join(" " * word.space + word.text for word in words).removeprefix(" ")
