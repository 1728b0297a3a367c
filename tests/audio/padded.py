"""A recording with more silence after it than a request translates: it takes a job, and little."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from audio_translation.audio.media.pcm import encoded
from audio_translation.settings import Settings
from tests.audio.long_files import RATE, trimmed

SECONDS = Settings().direct_max_seconds + 60


def write_padded(recording: Path, to: Path) -> None:
    """Write a FLAC file of ``SECONDS`` seconds."""

    def blocks() -> Iterator[bytes]:
        speech = np.frombuffer(trimmed(recording), "<i2").astype("<f4") / 32768
        yield speech.tobytes()
        left = SECONDS * RATE - len(speech)
        while left > 0:
            yield bytes(4 * min(left, RATE))
            left -= RATE

    encoded(blocks(), to, gain=1.0)
