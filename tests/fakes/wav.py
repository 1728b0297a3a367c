"""Samples as a WAV file."""

import io
import wave

import numpy as np
import numpy.typing as npt


def wav(samples: npt.NDArray[np.int16], *, rate: int = 16_000) -> bytes:
    """Return a mono file of 16-bit samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, rate, len(samples), "NONE", ""))
        writer.writeframes(samples.tobytes())
    return file.getvalue()
