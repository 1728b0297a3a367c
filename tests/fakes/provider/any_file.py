"""What a provider hears that takes any file, of any loudness, and counts time by its samples.

As servers around FFmpeg do, it takes the first track that can be decoded, mixes its channels, and
knows nothing of packets' times.
"""

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from tests.audio import tones
from tests.audio.tones import Sentence
from tests.fakes.provider.hearing import Heard

_RATE = 16_000
_HOP = _RATE // 50
_WINDOW = 2 * _HOP
_PADDED = 4_096
_HALF = 20  # milliseconds of a window
_LOWEST, _STEP = 200, 25  # Hz, as in ``tones``
_FAINTEST = 3e-5
_BLOCK = 500


@dataclass(frozen=True)
class AnyFile:
    """Hears the sentences that tones stand for in any file."""

    source: Callable[[int], str] = tones.spanish
    """What a sentence says in the language that is spoken."""
    language: Callable[[int], str] = lambda _: "es"
    """The code of that language."""

    def __call__(self, audio: bytes) -> list[Heard]:
        return [
            Heard(
                number,
                start,
                end,
                tones.english(number),
                self.source(number),
                self.language(number),
            )
            for number, start, end in _heard(audio)
        ]


@functools.lru_cache(32)
def _heard(audio: bytes) -> list[Sentence]:
    """Several ways send the same."""
    return sentences(decoded(audio))


def sentences(samples: NDArray[np.float32], *, shortest: int = 300) -> list[Sentence]:
    """Return the tones in samples of 16 kHz that last for ``shortest`` milliseconds."""
    found: list[Sentence] = []
    for at, number in _tones(samples):
        start, end = at * 20, at * 20 + 40
        if found and found[-1].number == number and start - found[-1].end < 300:
            found[-1] = Sentence(number, found[-1].start, end)
        else:
            found.append(Sentence(number, start, end))
    return [
        Sentence(one.number, one.start + _HALF, one.end - _HALF)
        for one in found
        if one.end - one.start > shortest
    ]


def decoded(audio: bytes, track: int | None = None) -> NDArray[np.float32]:
    """Return the samples of a track, all its channels mixed, one after the other."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
    blocks: list[Any] = []
    with av.open(io.BytesIO(audio), "r", metadata_errors="ignore") as container:
        known = [one for one in container.streams.audio if one.codec_context is not None]
        stream = known[0] if track is None else container.streams.audio[track]
        try:
            for frame in container.decode(stream):
                assert isinstance(frame, AudioFrame)
                blocks += [mono.to_ndarray()[0] for mono in _resampled(resampler, frame)]
        except (av.error.FFmpegError, IndexError):
            pass  # what is cut off ends here
        blocks += [mono.to_ndarray()[0] for mono in resampler.resample(None)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _resampled(resampler: av.AudioResampler, frame: AudioFrame) -> list[AudioFrame]:
    frame.pts = None
    try:
        return resampler.resample(frame)
    except ValueError:  # the rate has changed
        return []


def _tones(samples: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return window and sentence number wherever there is a single pitch."""
    count = len(samples) // _HOP - 1
    if count < 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    level = np.sqrt((windows.astype(np.float64) ** 2).mean(axis=1))
    least = max(_FAINTEST, float(level.max()) * 0.1)
    found = []
    shape = np.hanning(_WINDOW)
    loud = np.flatnonzero(level > least)
    for block in np.array_split(loud, len(loud) // _BLOCK + 1):
        power = abs(np.fft.rfft(windows[block] * shape, _PADDED)) ** 2
        at = power.argmax(axis=1)
        pure = [
            row[max(0, peak - 16) : peak + 17].sum() > 0.7 * row.sum()
            for row, peak in zip(power, at, strict=True)
        ]
        pitch = at * _RATE / _PADDED
        found += [
            (int(window), round((one - _LOWEST) / _STEP))
            for window, one, clear in zip(block, pitch, pure, strict=True)
            if clear
        ]
    return found
