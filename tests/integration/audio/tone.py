"""Audio files with a tone in silence, so that it is seen where things are once decoded."""

import functools
import math
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import AudioInfo
from audio_translation.audio.levels import LevelMeter
from audio_translation.audio.media import decoding
from audio_translation.audio.speech import WINDOW
from audio_translation.deadline import Deadline
from tests.audio import media_files
from tests.audio.long_files import RATE

HOUR = 3_600_000
M = 1_000_000
SECONDS = 6
BEEP = (2.0, 2.5)  # seconds; loud there, silent around it


@dataclass(frozen=True)
class Decoded:
    """A track as float32 samples, their levels, and what is known of the file."""

    samples: bytes
    levels: Sequence[int]
    info: AudioInfo
    stated: int | None

    @property
    def plain(self) -> bytes:
        """The samples in 16 bits."""
        values = np.frombuffer(self.samples, np.float32)
        return np.clip(np.rint(values * 32768), -32768, 32767).astype("<i2").tobytes()


def decode(
    path: Path,
    *,
    max_duration: int = HOUR,
    seconds: float = 60,
    wish: str | None = None,
    source: str | None = None,
) -> Decoded:
    """Decode the track that is tried first."""
    deadline = Deadline.after(seconds)
    number = decoding.tracks(path, wish=wish, source=source, deadline=deadline)[0]
    meter, levels, samples = LevelMeter(), array("b"), bytearray()
    with decoding.sound(path, track=number, max_duration=max_duration, deadline=deadline) as sound:
        for block in sound.blocks():
            if isinstance(block, int):
                levels.extend(meter.silence(block))
                samples += bytes(4 * block)
            else:
                levels.extend(meter.add(block))
                samples += block
    levels.extend(meter.end())
    return Decoded(bytes(samples), levels, sound.info, sound.stated)


@functools.cache
def beep(seconds: float = SECONDS, start: float = BEEP[0], end: float = BEEP[1]) -> bytes:
    """Samples: silence with a tone in it, so that it is seen where things are."""
    return b"".join(
        struct.pack("<h", round(12_000 * math.sin(n / 5)) if start <= n / RATE < end else 0)
        for n in range(round(seconds * RATE))
    )


def loud(decoded: Decoded) -> tuple[float, float]:
    """From when to when it is loud, in seconds."""
    windows = [number for number, level in enumerate(decoded.levels) if level > -40]
    return windows[0] * WINDOW / 1000, (windows[-1] + 1) * WINDOW / 1000


def encode(to: Path, codec: str, *, data: bytes | None = None, **options: Any) -> None:
    media_files.encode(to, codec, beep() if data is None else data, **options)


def plain(audio: Audio) -> bytes:
    return decode(audio.path).plain
