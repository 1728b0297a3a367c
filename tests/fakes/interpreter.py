"""A provider that knows long files of recordings, and says what is spoken in what it is sent.

It finds the sound in the file, sample by sample, and answers what the manifest has for that time.
So whatever is lost, doubled or moved on the way is seen.
"""

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.fakes.provider import Answer, Received
from tests.fakes.tones import Heard, Listener, decoded
from tests.long_audio import Spoken

_MILLISECOND = 32  # bytes: 16-bit mono samples at 16 kHz
_MARK = 2 * _MILLISECOND
_EVERY = 100 * _MILLISECOND
_SHORT = 15_000  # milliseconds


class Slice(NamedTuple):
    """From when to when in the file, in milliseconds."""

    start: int
    end: int


class KnownFile:
    """Samples of a file, what is spoken in it, and where each bit of the sound is."""

    def __init__(self, pcm: Path, spoken: list[Spoken], *, head: int = 0) -> None:
        """``pcm`` holds plain samples after ``head`` bytes, of wav for instance."""
        self.spoken = spoken
        self._pcm, self._head = pcm, head
        self._marks = self._indexed()

    def place(self, data: bytes) -> Slice:
        """Where the sound is in the file; recordings occur many times, pauses once."""
        with self._pcm.open("rb") as file:
            for at in range(0, len(data) - _MARK + 1, _MILLISECOND):
                mark = self._marks.get(data[at : at + _MARK])
                if mark is not None and mark >= at:
                    file.seek(self._head + mark - at)
                    if file.read(len(data)) == data:
                        start = (mark - at) // _MILLISECOND
                        return Slice(start, start + len(data) // _MILLISECOND)
        raise AssertionError("a chunk that is no part of the file")

    def _indexed(self) -> dict[bytes, int]:
        """Where the marks are that are there once."""
        found: dict[bytes, int] = {}
        twice = set()
        with (
            self._pcm.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            for at in range(0, len(data) - self._head - _MARK, _EVERY):
                mark = data[self._head + at : self._head + at + _MARK]
                if mark in found:
                    twice.add(mark)
                found[mark] = at
        return {mark: at for mark, at in found.items() if mark not in twice}


@dataclass(frozen=True)
class _Words:
    """Those words of a recording that have their middle in the time of a slice."""

    start: float
    end: float
    text: str


class Interpreter(Listener):
    """Answers for the file that ``known`` says, and notes in ``sent`` what it was sent of it.

    A recording that is there only in part is told in part. What begins at a time in ``deaf`` is
    not heard in a chunk of over 15 s.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known: KnownFile | None = None
        self.deaf: frozenset[int] = frozenset()
        self.sent: list[Slice] = []

    def hear(self, audio: bytes) -> list[Heard]:
        assert self.known is not None
        place = self.known.place(decoded(audio))
        self.sent.append(place)
        long = place.end - place.start > _SHORT
        found = []
        for number, one in enumerate(self.known.spoken):
            if one.start < place.end and one.end > place.start:
                words = _words(one, place)
                if words and not (long and one.start in self.deaf):
                    start, end = round(words.start - place.start), round(words.end - place.start)
                    found.append(Heard(number, start, end, words.text))
        return found

    def answer(self, received: Received) -> Answer:
        self.received.clear()  # hours of audio
        return super().answer(received)

    def reset(self) -> None:
        super().reset()
        self.known = None
        self.deaf = frozenset()
        self.sent.clear()


def _words(one: Spoken, place: Slice) -> _Words | None:
    words = one.english.split()
    each = (one.end - one.start) / len(words)
    within = [
        number
        for number in range(len(words))
        if place.start <= one.start + each * (number + 0.5) < place.end
    ]
    if not within:
        return None
    first, last = within[0], within[-1]
    return _Words(
        one.start + each * first,
        one.start + each * (last + 1),
        " ".join(words[first : last + 1]),
    )
