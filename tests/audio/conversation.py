"""Recordings of people as a call: one on each side of a stereo file, sometimes both at once.

The sides lie beside it as files of one channel, so that either can be compared with its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from tests.audio.recordings import ALL, recordings

Samples = NDArray[np.float32]

PAUSES = (800, -1_500, 400, 2_000, -2_500)
"""Milliseconds from one turn's end to the next one's start, in turn; below 0 both speak."""


@dataclass(frozen=True)
class Conversation:
    """The files, and which recordings each side has, by their names."""

    both: Path
    sides: tuple[Path, Path]
    said: tuple[tuple[str, ...], tuple[str, ...]]


def conversation(
    folder: Path, turns: int, *, languages: Sequence[str] = ("es", "fr"), telephone: bool = False
) -> Conversation:
    """Write a call of so many turns: each side has a language.

    16 kHz and 16 bits, or with ``telephone`` 8 kHz mu-law.
    """
    rate, codec = (8_000, "pcm_mulaw") if telephone else (16_000, "pcm_s16le")
    found = [[r.path for r in recordings(manifest=ALL) if r.language == one] for one in languages]
    paths = [found[turn % 2][turn // 2 % len(found[turn % 2])] for turn in range(turns)]
    ends, placed = [rate // 2], []
    for path, pause in zip(paths, cycle(PAUSES), strict=False):
        sound = decoded(path, rate)
        own = ends[-2] if len(ends) > 1 else 0  # nobody speaks over himself
        start = max(own + rate // 2, ends[-1] + pause * rate // 1_000, 0)
        placed.append((start, sound))
        ends.append(start + len(sound))
    length = max(ends) + rate // 2
    sides = np.zeros((2, length), np.float32)
    for turn, (start, sound) in enumerate(placed):
        sides[turn % 2, start : start + len(sound)] += sound
    files = folder / "both.wav", folder / "left.wav", folder / "right.wav"
    for path, samples in zip(files, (sides, sides[:1], sides[1:]), strict=True):
        write(path, samples, rate, codec)
    names = [path.name for path in paths]
    return Conversation(files[0], (files[1], files[2]), (tuple(names[::2]), tuple(names[1::2])))


def decoded(path: Path, rate: int) -> Samples:
    """Return a file's sound as one channel."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    with av.open(str(path)) as container:
        frames: Iterable[AudioFrame | None] = [*container.decode(audio=0), None]
        found = [part.to_ndarray()[0] for one in frames for part in resampler.resample(one)]
    return np.concatenate(found).astype(np.float32)


def write(path: Path, samples: Samples, rate: int, codec: str) -> None:
    """Write (channels, samples) as a wav."""
    layout = "stereo" if len(samples) == 2 else "mono"
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate, frame_size=1_024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
