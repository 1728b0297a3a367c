"""A long file of which every bit of sound can be found again."""

import mmap
from pathlib import Path
from typing import NamedTuple

from tests.audio.long_files import Spoken

_MILLISECOND = 32  # bytes: 16-bit mono samples at 16 kHz
_MARK = 2 * _MILLISECOND
_EVERY = 100 * _MILLISECOND


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
        """Return where the sound is; recordings occur many times in the file, pauses once."""
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
        """Return where the marks are that are there once."""
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
