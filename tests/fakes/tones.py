"""Speech that a test can recognize: tones, each of which stands for a sentence, and who hears them.

A sentence is ``SPOKEN`` milliseconds of one pitch; pauses lie between. A provider that hears them
knows which part of a recording it was sent, whatever that was cut into and encoded as.
"""

import functools
import io
import math
import threading
import wave
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

import av
from av.audio.frame import AudioFrame

from tests.fakes.provider import Answer, Provider, Received

RATE = 16_000
SPOKEN = 1_500
PAUSE = 1_000

_LOWEST = 200
_STEP = 25
_WINDOW = RATE // 20


def recording(sentences: int) -> bytes:
    """A wav in which the sentences 0, 1, 2 ... are spoken."""
    return spoken(range(sentences))


def spoken(sentences: Iterable[int]) -> bytes:
    """A wav in which these sentences are spoken."""
    file = io.BytesIO()
    with closing(wave.open(file, "wb")) as writer:
        writer.setparams((1, 2, RATE, 0, "NONE", ""))
        writer.writeframes(bytes(2 * RATE * PAUSE // 1000))
        for number in sentences:
            writer.writeframes(_tone(_LOWEST + _STEP * number))
            writer.writeframes(bytes(2 * RATE * PAUSE // 1000))
    return file.getvalue()


def text(number: int) -> str:
    """What a sentence says in English."""
    return f"This is sentence {number}."


class Heard(NamedTuple):
    """What is spoken in a file that was sent; ``start`` and ``end`` are milliseconds of it."""

    number: int
    start: int
    end: int
    english: str


def heard(audio: bytes) -> list[Heard]:
    """The sentences in a file."""
    found: list[tuple[int, int, int]] = []
    for start, pitch in _pitches(decoded(audio)):
        number = round((pitch - _LOWEST) / _STEP)
        end = start + 1000 * _WINDOW // RATE
        if found and found[-1][0] == number and start - found[-1][2] < PAUSE // 2:
            found[-1] = (number, found[-1][1], end)
        else:
            found.append((number, start, end))
    return [
        Heard(number, start, end, text(number))
        for number, start, end in found
        if end - start > SPOKEN // 3
    ]


def decoded(audio: bytes) -> bytes:
    """The samples of a FLAC or wav file."""
    samples = bytearray()
    with av.open(io.BytesIO(audio), "r") as container:
        for frame in container.decode(audio=0):
            assert isinstance(frame, AudioFrame)
            samples += memoryview(frame.planes[0])[: 2 * frame.samples]
    return bytes(samples)


class Listener(Provider):
    """A provider that says what it hears, after ``seconds`` for each call.

    ``paid`` counts, for each set of sentences, the answers that were sent. ``instead`` holds other
    answers for whoever sends a sentence, to be given first; ``asked`` is called with the sentences
    of every call before it is answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.paid: Counter[tuple[int, ...]] = Counter()
        self.instead: dict[int, deque[Answer]] = {}
        self.asked: Callable[[tuple[int, ...]], object] = lambda _: None
        self._lock = threading.Lock()

    def hear(self, audio: bytes) -> list[Heard]:
        """What is spoken in a file, in order."""
        return heard(audio)

    def answer(self, received: Received) -> Answer:
        spoken = self.hear(received.file)
        numbers = tuple(one.number for one in spoken)
        self.asked(numbers)
        with self._lock:
            for number in numbers:
                if self.instead.get(number):
                    return self.instead[number].popleft()
            self.paid[numbers] += 1
        segments = [
            {"start": one.start / 1000, "end": one.end / 1000, "text": f" {one.english}"}
            for one in spoken
        ]
        said = {"duration": 1.0, "text": "", "language": "english", "segments": segments}
        return Answer(said, delay=self.seconds)

    def reset(self) -> None:
        super().reset()
        self.seconds = 0.0
        self.paid.clear()
        self.instead.clear()
        self.asked = lambda _: None


@functools.cache
def _tone(pitch: int) -> bytes:
    turn = 2 * math.pi * pitch / RATE
    samples = (round(8_000 * math.sin(turn * at)) for at in range(RATE * SPOKEN // 1000))
    return array("h", samples).tobytes()


def _pitches(data: bytes) -> Iterator[tuple[int, float]]:
    """Start in milliseconds and pitch of each window that sounds."""
    samples = array("h", data)
    loud = max(1_000, *samples) * 7 // 8 if samples else 0
    for at in range(0, len(samples) - _WINDOW + 1, _WINDOW):
        window = samples[at : at + _WINDOW]
        if min(abs(window[0]), abs(window[-1])) + max(window) < loud:
            continue
        rises = [i for i in range(1, _WINDOW) if window[i - 1] < 0 <= window[i]]
        if len(rises) > 2:
            yield 1000 * at // RATE, (len(rises) - 1) * RATE / (rises[-1] - rises[0])
