"""Speech that a test can recognize: tones, each of which stands for a sentence.

A sentence is ``SPOKEN`` milliseconds of one pitch, with pauses of ``PAUSE`` around it. Whoever
hears them knows which part of a recording was sent, whatever that was cut into and encoded as.
"""

import functools
import io
import math
import wave
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame

RATE = 16_000
SPOKEN = 1_500
PAUSE = 1_000

_LOWEST = 200
_STEP = 25
_WINDOW = RATE // 20


def recording(sentences: int) -> bytes:
    """Return a wav in which the sentences 0, 1, 2 ... are spoken."""
    return spoken(range(sentences))


def spoken(sentences: Iterable[int]) -> bytes:
    """Return a wav in which these sentences are spoken."""
    file = io.BytesIO()
    with closing(wave.open(file, "wb")) as writer:
        writer.setparams((1, 2, RATE, 0, "NONE", ""))
        writer.writeframes(bytes(2 * RATE * PAUSE // 1000))
        for number in sentences:
            writer.writeframes(_tone(_LOWEST + _STEP * number))
            writer.writeframes(bytes(2 * RATE * PAUSE // 1000))
    return file.getvalue()


def english(number: int) -> str:
    """Return what a sentence says in English."""
    return f"This is sentence {number}."


def spanish(number: int) -> str:
    """Return what a sentence says in Spanish."""
    return f"Esta es la frase {number}."


class Sentence(NamedTuple):
    """A sentence in a file; ``start`` and ``end`` are milliseconds of it."""

    number: int
    start: int
    end: int


def heard(audio: bytes) -> list[Sentence]:
    """Return the sentences in a file."""
    found: list[tuple[int, int, int]] = []
    for start, pitch in _pitches(decoded(audio)):
        number = round((pitch - _LOWEST) / _STEP)
        end = start + 1000 * _WINDOW // RATE
        if found and found[-1][0] == number and start - found[-1][2] < PAUSE // 2:
            found[-1] = (number, found[-1][1], end)
        else:
            found.append((number, start, end))
    return [
        Sentence(number, start, end) for number, start, end in found if end - start > SPOKEN // 3
    ]


def decoded(audio: bytes) -> bytes:
    """Return the samples of a FLAC or wav file, 16-bit mono."""
    samples = bytearray()
    with av.open(io.BytesIO(audio), "r") as container:
        for frame in container.decode(audio=0):
            assert isinstance(frame, AudioFrame)
            samples += memoryview(frame.planes[0])[: 2 * frame.samples]
    return bytes(samples)


@functools.cache
def _tone(pitch: int) -> bytes:
    turn = 2 * math.pi * pitch / RATE
    samples = (round(8_000 * math.sin(turn * at)) for at in range(RATE * SPOKEN // 1000))
    return array("h", samples).tobytes()


def _pitches(data: bytes) -> Iterator[tuple[int, float]]:
    """Yield start in milliseconds and pitch of each window that sounds."""
    samples = np.frombuffer(data, dtype=np.int16)
    count = len(samples) // _WINDOW
    if not count:
        return
    loud = max(1_000, int(samples.max())) * 7 // 8
    windows = samples[: count * _WINDOW].reshape(count, _WINDOW).astype(np.int32)
    ends = np.minimum(abs(windows[:, 0]), abs(windows[:, -1]))
    rising = (windows[:, :-1] < 0) & (windows[:, 1:] >= 0)
    for number in np.flatnonzero(ends + windows.max(axis=1) >= loud):
        rises = np.flatnonzero(rising[number]) + 1
        if len(rises) > 2:
            start = 1000 * int(number) * _WINDOW // RATE
            yield start, (len(rises) - 1) * RATE / int(rises[-1] - rises[0])
