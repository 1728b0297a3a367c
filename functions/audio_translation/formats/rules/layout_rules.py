"""The rules of a layout of subtitles: how much text, how fast, how long, how far apart."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

FRAME_GAP = 84
"""Milliseconds of two frames at 24 a second, the least gap that Netflix's guide asks for."""

_COMFORT_SPEED = 17
"""Columns a second at which nearly everybody reads."""
_COMFORT_WORD = 334
"""Milliseconds for each word: 180 words a minute, the BBC's and Ofcom's upper limit."""
_COMFORT_WAIT = 1500
"""Milliseconds after speech that a cue waits for comfort alone. BBC, Subtitle Guidelines, 5.2."""
_JOINED_BELOW = 1000
"""Milliseconds; a cue that has less, and cannot be read in its time, is joined with a neighbour."""

_FLOOR = 700
"""Milliseconds that every cue has, whatever follows."""
_MOST_LAG = 1000
"""Milliseconds that a cue may begin after its words so that the one before has its least time."""


@dataclass(frozen=True)
class Rules:
    """What every cue of a file keeps to. Times are integer milliseconds.

    A column is the width of a Latin letter; a wide sign (Chinese, Japanese, Korean) takes two.
    """

    line: int = 42
    """Most columns of a line."""

    lines: int = 2
    """Most lines of a cue; two texts always have one line each."""

    shortest: int = 700
    longest: int = 7000
    """Least and most time on screen. Later cues wait for the least, up to a second."""

    speed: float = 21
    """Most columns a second, with spaces; of a source and its translation the longer one counts."""

    word_time: int = 0
    """Least time for each word; 0 if words are not counted."""

    gap: int = FRAME_GAP
    """Least time between two cues."""

    chain: int = 500
    """Least time between two cues that is seen as a pause; a shorter one is closed to ``gap``."""

    @cached_property
    def room(self) -> int:
        """Return the most columns of a cue: what fits its lines and is read in the most time."""
        return min(self.full, int(self.longest * self.speed / 1000))

    @cached_property
    def full(self) -> int:
        """Return the columns of full lines, with the spaces at which they are broken."""
        return self.line * self.lines + self.lines - 1

    @cached_property
    def short(self) -> int:
        """Return the time below which a cue is better joined with a neighbour."""
        return max(_JOINED_BELOW, self.shortest + self.gap)

    def but(self, **changed: Any) -> "Rules":
        """Return the same with some figures changed; a pause is never less than the gap."""
        rules = replace(self, **changed)
        return replace(rules, chain=max(rules.chain, rules.gap))

    def reading_time(self, columns: int, words: int) -> int:
        """Return the least time of a cue with so much text."""
        time = -int(-columns * 1000 // self.speed)
        return max(self.shortest, time, words * self.word_time)

    def comfortable_end(self, start: int, end: int, columns: int, words: int) -> int:
        """Return until when a cue stays, spoken until ``end``, if nothing follows soon."""
        comfort = start + max(columns * 1000 // _COMFORT_SPEED, words * _COMFORT_WORD)
        waits = max(end, min(comfort, end + _COMFORT_WAIT))
        return max(waits, start + self.reading_time(columns, words))

    def end(self, start: int, end: int, until: float) -> int:
        """Return the end of a cue that would stay until ``end``; the next starts at ``until``."""
        latest = min(until - self.gap, start + self.longest)
        if until - end < self.chain:
            end = int(min(until, latest))
        least = start + self.shortest
        if least > until - self.gap + _MOST_LAG:
            least = max(start + min(self.shortest, _FLOOR), int(until) - self.gap + _MOST_LAG)
        return max(int(min(end, latest)), least)


DEFAULT = Rules()
"""Results without rules of their own are laid out by these."""
