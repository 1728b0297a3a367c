"""What is heard of a frame's channels: all of them mixed, their difference, or one alone.

On the way it is counted what the two channels of a stereo recording hold: see ``two_sides``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from av.audio.frame import AudioFrame

from audio_translation.audio.levels import products
from audio_translation.audio.media.two_sides import WINDOW_SECONDS, Window, counted
from audio_translation.errors import InvalidRequest

_LOUDER = 4.0
"""A difference with so many times the power of the sum is heard in its place."""

_CODES = {"u8": "B", "s16": "h", "s32": "i", "flt": "f", "dbl": "d"}
_SCALES = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "flt": 1.0, "dbl": 1.0}
_STEP = 61  # a prime: every so many samples are enough to tell which of two signals is louder
_FEWEST = 16  # samples of a frame that are looked at
_NO_POWER = 1e-13  # -130 dBFS; less is what rounding leaves of a DC offset


class Channels:
    """Chooses what is heard of each frame.

    ``most``: the most channels that a frame had. ``inverted``: whether two were heard by their
    difference somewhere. ``sides``: counts for ``TwoSides``.
    """

    def __init__(self, channel: int | None) -> None:
        """``channel``: the only one of two that is heard, from 0; None for all of them."""
        self.most = 0
        self.inverted = False
        self.sides: Counter[str] = Counter()
        self._channel = channel
        self._is_side = False

    def again(self) -> "Channels":
        """Return the same for another part of the track."""
        return Channels(self._channel)

    def heard(self, frame: AudioFrame) -> str | None:
        """Return what is heard, in terms of ``pan``, FFmpeg's filter; None for FFmpeg's own mix.

        Raises InvalidRequest for more than two channels of which one is to be heard alone.
        """
        count = frame.layout.nb_channels
        self.most = max(self.most, count)
        if self._channel is not None and count > 2:
            raise InvalidRequest(
                f"channels: The audio has {count} channels; only two can be kept separate. Leave"
                " the field out to have all of them mixed, or send a stereo recording.",
                param="channels",
            )
        if count == 2:
            return self._of_two(frame)
        if self._channel:
            return "0*c0"  # what has one channel is the first one's alone
        if frame.layout.name.endswith("channels") and count > 2:
            # The positions of the channels are not known, so each gets the same weight.
            return "+".join(f"{1 / count:.6f}*c{channel}" for channel in range(count))
        return None

    def _of_two(self, frame: AudioFrame) -> str:
        windows = list(_windows(frame))
        self.sides += counted(windows)
        if self._channel is not None:
            return f"c{self._channel}"
        mid = sum(window.mid for window in windows) or not windows
        side = sum(window.side for window in windows)
        if side > _LOUDER * mid:
            self._is_side = self.inverted = True
        elif mid > side:
            self._is_side = False
        return "0.5*c0-0.5*c1" if self._is_side else "0.5*c0+0.5*c1"


def _windows(frame: AudioFrame) -> Iterator[Window]:
    """Yield what two channels have, from the frame's beginning on; nothing in unknown formats."""
    name = frame.format.name.removesuffix("p")
    if name not in _CODES or not frame.samples:
        return
    code: Any = _CODES[name]
    planes: list[Any] = [memoryview(plane).cast("B").cast(code) for plane in frame.planes[:2]]
    step = max(1, min(_STEP, frame.samples // _FEWEST))
    if frame.format.is_planar:
        left, right = (plane[: frame.samples : step].tolist() for plane in planes[:2])
    else:
        left, right = (planes[0][n : 2 * frame.samples : 2 * step].tolist() for n in (0, 1))
    length = max(_FEWEST, round(WINDOW_SECONDS * frame.sample_rate / step))
    starts = range(0, max(1, len(left) - length // 2), length)  # a short rest goes with the last
    for start in starts:
        after = start + length if start != starts[-1] else len(left)
        yield _window(left[start:after], right[start:after], _SCALES[name])


def _window(left: Sequence[float], right: Sequence[float], scale: float) -> Window:
    """Return the powers; a DC offset, which differs between channels and is no sound, is left out.

    The sums are exact enough for that: they are of integers, or of few samples.
    """
    count = len(left)
    mean, other = sum(left) / count, sum(right) / count
    own = products(left, left) / count - mean**2
    its = products(right, right) / count - other**2
    both = products(left, right) / count - mean * other
    found = Window(own / scale**2, its / scale**2, both / scale**2)
    return Window(
        found.left if found.left > _NO_POWER else 0.0,
        found.right if found.right > _NO_POWER else 0.0,
        found.product if min(found.left, found.right) > _NO_POWER else 0.0,
    )
