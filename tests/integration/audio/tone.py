"""Audio files with a tone in silence, so that it is seen where things are once decoded."""

import functools
import math
import struct
from pathlib import Path
from typing import Any

from audio_translation.audio import decoding
from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoded
from audio_translation.audio.speech import WINDOW
from audio_translation.deadline import Deadline
from tests.audio import media_files
from tests.audio.long_files import RATE

HOUR = 3_600_000
M = 1_000_000
SECONDS = 6
BEEP = (2.0, 2.5)  # seconds; loud there, silent around it


def decode(path: Path, *, max_duration: int = HOUR, seconds: float = 60) -> Decoded:
    folder = path.parent / f"{path.name}.decoded"
    folder.mkdir(exist_ok=True)
    deadline = Deadline.after(seconds)
    return decoding.decode(path, folder, max_duration=max_duration, deadline=deadline)


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
    return decode(audio.path).pcm.read_bytes()
