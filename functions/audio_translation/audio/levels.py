"""The level of sound: one number for each ``speech.WINDOW``, in whole dBFS."""

import math
import sys
from array import array
from collections.abc import Sequence
from math import log10
from operator import mul

from audio_translation.audio.speech import SILENCE, WINDOW

RATE = 16_000
"""Samples a second of decoded sound."""

_PER_WINDOW = RATE * WINDOW // 1000
_STEP = 7  # every seventh sample is enough; a prime, so that no usual pitch looks like no sound
_LEAST_POWER = 10 ** (SILENCE / 10)


class LevelMeter:
    """Measures samples, float32 mono at ``RATE``, however they are cut into pieces."""

    def __init__(self) -> None:
        self._rest = b""  # samples of a window that is not complete

    def add(self, samples: bytes) -> "array[int]":
        """Return the levels of the windows that are complete now."""
        data = self._rest + samples if self._rest else samples
        values = memoryview(data).cast("f")
        whole = len(values) - len(values) % _PER_WINDOW
        self._rest = data[4 * whole :]
        return array(
            "b", [_level(values[at : at + _PER_WINDOW]) for at in range(0, whole, _PER_WINDOW)]
        )

    def silence(self, samples: int) -> "array[int]":
        """Return the levels of the windows that so much digital silence completes."""
        fill = min(samples, _PER_WINDOW - len(self._rest) // 4) if self._rest else 0
        levels = self.add(bytes(4 * fill)) if fill else array("b")
        windows, rest = divmod(samples - fill, _PER_WINDOW)
        levels.extend(array("b", [SILENCE]) * windows)
        if rest:
            self._rest = bytes(4 * rest)
        return levels

    def end(self) -> "array[int]":
        """Return the level of the last window, which may be shorter."""
        rest, self._rest = self._rest, b""
        return array("b", [_level(memoryview(rest).cast("f"))] if rest else [])


def _level(window: "memoryview[float]") -> int:
    """Return the level without the DC offset, which is no sound."""
    values = window[::_STEP].tolist()
    mean = sum(values) / len(values)
    power = products(values, values) / len(values) - mean * mean
    if not power > _LEAST_POWER:  # NaN is no sound, either
        return SILENCE
    return min(0, max(SILENCE, round(10 * log10(power)))) if power < 1 else 0


def products(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the sum of the products of two sequences of the same length."""
    if sys.version_info >= (3, 12):
        return float(math.sumprod(one, other))  # five times as fast
    return float(sum(map(mul, one, other)))
