"""What the two channels of a recording hold: the same, or on each side somebody else.

Every quarter of a second is counted by the level of each side and by how alike they are. So the
counts of parts of a file add up, and what is loud is known when all is heard.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10

WINDOW_SECONDS = 0.25

_BIN = 3  # dB; levels are counted in such steps
_QUIETEST = -90  # dBFS
_LEAST_ALIKE = 0.9
"""Of the power of one side, that is explained by the other where both are the same sound."""

# Windows:
_CLICKS = 4  # so many may be louder than what is said
_LEAST = 4

# dB:
_LOUD = 25  # below the loudest; what is less loud is a pause
_SPEECH = -65  # dBFS; a side that is nowhere louder holds none
_RANGE = 15  # from the quiet to the loud of a side with speech; noise is steadier
_ALONE = 10  # from the side that speaks to the other one

_LEAST_SHARE = 0.02
"""Of the loud time: in less, sides that differ are a chance, and so are such that are alike."""


@dataclass(frozen=True)
class Window:
    """The mean power of each of two channels, and the mean of their product; full scale is 1."""

    left: float
    right: float
    product: float

    @property
    def mid(self) -> float:
        """The power of half their sum."""
        return max(0.0, (self.left + self.right + 2 * self.product) / 4)

    @property
    def side(self) -> float:
        """The power of half their difference."""
        return max(0.0, (self.left + self.right - 2 * self.product) / 4)


def counted(windows: Sequence[Window]) -> Counter[str]:
    """Return how many windows have which levels and likeness, by a key of all three."""
    return Counter(
        f"{_level(one.left)} {_level(one.right)} "
        f"{int(one.product**2 >= _LEAST_ALIKE * one.left * one.right > 0)}"
        for one in windows
    )


class TwoSides:
    """What is known from the counts of all windows."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._windows: list[tuple[int, int, bool, int]] = []
        for key, count in counts.items():
            left, right, alike = map(int, key.split())
            self._windows.append((left, right, bool(alike), count))

    @property
    def are_alike(self) -> bool:
        """Whether both hold the same sound, as loud or not; False if they hold none."""
        loud = self._loudest((0, 1)) - _LOUD
        heard = [(alike, count) for *both, alike, count in self._windows if max(both) >= loud]
        other = sum(count for alike, count in heard if not alike)
        total = sum(count for _, count in heard)
        return total >= _LEAST and other <= _LEAST_SHARE * total

    @property
    def differ(self) -> bool:
        """Whether somebody speaks on each side while the other one is silent."""
        alone = [self._alone(side) for side in (0, 1)]
        loud = self._loudest((0, 1)) - _LOUD
        total = sum(count for *both, _, count in self._windows if max(both) >= loud)
        return min(alone) >= max(_LEAST, _LEAST_SHARE * total)

    def _alone(self, side: int) -> int:
        """Return in how many windows one side alone is loud."""
        loudest, quiet = self._loudest((side,)), self._quiet(side)
        if loudest < _SPEECH or loudest - quiet < _RANGE:
            return 0
        return sum(
            window[3]
            for window in self._windows
            if window[side] >= max(loudest - _LOUD, _SPEECH)
            and window[side] - window[1 - side] >= _ALONE
        )

    def _loudest(self, sides: tuple[int, ...]) -> int:
        """Return the highest level without clicks."""
        left = min(_CLICKS, sum(window[3] for window in self._windows) // 10)
        levels = sorted(
            ((max(window[side] for side in sides), window[3]) for window in self._windows),
            reverse=True,
        )
        for level, count in levels:
            left -= count
            if left < 0:
                return level
        return _QUIETEST

    def _quiet(self, side: int) -> int:
        """Return the level that a tenth of the windows do not exceed."""
        left = sum(window[3] for window in self._windows) // 10
        for level, count in sorted((window[side], window[3]) for window in self._windows):
            left -= count
            if left < 0:
                return level
        return _QUIETEST


def _level(power: float) -> int:
    """Return dBFS in steps."""
    return max(_QUIETEST, _BIN * round(10 * log10(power) / _BIN)) if power > 0 else _QUIETEST
