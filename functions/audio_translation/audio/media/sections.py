"""Decoding of long files by several processes, each a section of a minute at a time.

The sections are told in order, as if one process had decoded all. Each is decoded a little over its
end. If the next one does not begin with the same sound, or cannot be begun with, because the file's
times are odd, the rest is decoded in one go.

For a process with one thread only: it is forked.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from operator import sub
from pathlib import Path

from audio_translation import errors
from audio_translation.audio.decoder import AudioInfo, Sound
from audio_translation.audio.levels import RATE, products
from audio_translation.audio.media import decoding
from audio_translation.audio.media.decoding import TrackSound
from audio_translation.audio.media.gap_filling import Placed
from audio_translation.audio.media.media_file import MOST_MEMORY
from audio_translation.audio.media.section_process import (
    OVERLAP,
    Block,
    SectionProcess,
    Told,
    Work,
    length_of,
    started,
)
from audio_translation.deadline import Deadline

_LENGTH = 60 * RATE  # samples of a section
_LEAST_SECTIONS = 3  # of a file that is decoded by sections
_MOST_PROCESSES = 4
_EXACT = {"aac", "ac3", "aiff", "amr", "au", "caf", "flac", "mov", "mp3", "w64", "wav"}
"""Containers in which what is sought is found. Others round times, or their clock may restart."""

_MOST_DIFFERENCE = 0.2
"""Of the power. Decoders of AAC make noise of their own; other sound differs by 2."""
_NO_POWER = 1e-9  # a sample; -90 dBFS


@dataclass(frozen=True)
class SectionDecoder:
    """``Decoder`` that decodes long files in as many processes as there are ``processors``."""

    processors: int

    tracks = staticmethod(decoding.tracks)
    cut_chunk = staticmethod(decoding.cut_chunk)
    encoded = staticmethod(decoding.encoded)

    @contextmanager
    def sound(
        self,
        path: Path,
        *,
        track: int,
        max_duration: int,
        deadline: Deadline,
        channel: int | None = None,
    ) -> Iterator[Sound]:
        """See ``Decoder.sound``."""
        with decoding.sound(
            path, track=track, max_duration=max_duration, deadline=deadline, channel=channel
        ) as whole:
            processes = min(_MOST_PROCESSES, self.processors)
            memory = MOST_MEMORY // (processes + 1)  # all together take no more than one may
            work = Work(path, track, max_duration, deadline, _LENGTH, processes, memory, channel)
            short = (whole.stated or 0) * RATE // 1000 < _LEAST_SECTIONS * _LENGTH
            exact = _EXACT & set(whole.container.split(","))
            if short or not exact or processes == 1 or whole.limit.used > memory:
                yield whole
            else:
                yield SectionedSound(whole, work)


class SectionedSound:
    """``Sound`` that several processes decode; ``whole`` is open to decode it in one go."""

    info: AudioInfo

    def __init__(self, whole: TrackSound, work: Work) -> None:
        self.faintest, self.stated = whole.faintest, whole.stated
        self._whole, self._work = whole, work
        self._placed = Placed(0)

    def blocks(self) -> Iterator[Block]:
        """See ``Sound``.

        What one of the processes cannot decode, one that has all of the memory may.
        """
        at = begin = 0
        with ExitStack() as processes, suppress(errors.UnsupportedAudio):
            for section in self._joined(started(self._work, processes)):
                begin = section.begin
                for block in section.blocks():
                    at += length_of(block)
                    yield block
                if section.is_last:
                    self._add(section.placed)
                    self.info = self._whole.told(self._placed)
                    return
        yield from self._in_one_go(begin, at)
        self.info = self._whole.told(self._placed)

    def _joined(self, processes: "Sequence[SectionProcess]") -> "Iterator[_Section]":
        """Yield the sections, up to one that the next does not go on."""
        section = _Section(processes[0])
        section.begins()
        number = 0
        while True:
            yield section
            number += 1
            following = _Section(processes[number % len(processes)])
            if section.placed.jumped or not following.goes_on(section.overlap):
                return
            self._add(section.placed)
            section = following

    def _in_one_go(self, begin: int, at: int) -> Iterator[Block]:
        """Yield the sound from sample ``at`` on, decoded from ``begin`` on."""
        blocks = self._whole.blocks()
        if begin:
            next(blocks)
            blocks.close()
            blocks = self._whole.blocks_from(begin)
        told = begin
        for block in blocks:
            _, rest = _split(block, at - told)
            told += length_of(block)
            if length_of(rest):
                yield rest
        self._add(self._whole.timeline.placed)

    def _add(self, placed: Placed) -> None:
        """Take what is known of the next section."""
        before = self._placed
        self._placed = replace(
            placed,
            gaps=before.gaps + placed.gaps,
            damaged=before.damaged + placed.damaged,
            inverted=before.inverted or placed.inverted,
            channels=max(before.channels, placed.channels),
            sides=Counter(before.sides) + Counter(placed.sides),
        )


class _Section:
    """A section that a process tells; ``overlap`` and ``placed`` are there after its blocks."""

    placed: Placed

    def __init__(self, process: "SectionProcess") -> None:
        self._process = process
        self._waiting: list[Block] = []
        self.begin = self._end = 0
        self.overlap: list[Block] = []
        self.is_last = self._is_read = False

    def begins(self) -> bool:
        """Return whether the process can begin with it; raises its error."""
        kind, content = self._process.message()
        if kind is Told.BEGINS:
            self.begin, self._end = json.loads(content)
        return kind is Told.BEGINS

    def goes_on(self, overlap: list[Block]) -> bool:
        """Return whether it begins with the sound that is decoded after the end of the one before.

        Its errors are none of the file: what is not read does not fail.
        """
        try:
            if not self.begins():
                return False
            while sum(map(length_of, self._waiting)) < OVERLAP and self._read():
                pass
        except errors.ServiceError:
            return False
        return _are_alike(_first(overlap), _first(self._waiting))

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks up to its end, or up to that of the file."""
        at = self.begin
        while self._waiting or self._read():
            block, over = _split(self._waiting.pop(0), self._end - at)
            at += length_of(block)
            if length_of(block):
                yield block
            if length_of(over):
                self.overlap.append(over)
        if self.is_last:
            yield from self.overlap

    def _read(self) -> bool:
        """Wait for a block; False if there is none."""
        if self._is_read:
            return False
        kind, content = self._process.message()
        if kind in {Told.PASSED, Told.ENDED}:
            self.placed = Placed(**json.loads(content))
            self._is_read, self.is_last = True, kind is Told.ENDED
            return False
        self._waiting.append(int(content) if kind is Told.SILENCE else content)
        return True


def _split(block: Block, samples: int) -> tuple[Block, Block]:
    """Return the first samples of a block and the others."""
    samples = max(0, min(samples, length_of(block)))
    if isinstance(block, int):
        return samples, block - samples
    return block[: 4 * samples], block[4 * samples :]


def _first(blocks: list[Block]) -> bytes:
    """Return the first ``OVERLAP`` samples."""
    return b"".join(
        bytes(4 * min(block, OVERLAP)) if isinstance(block, int) else block for block in blocks
    )[: 4 * OVERLAP]


def _are_alike(one: bytes, other: bytes) -> bool:
    """Return whether both are ``OVERLAP`` samples of the same sound."""
    if len(one) != 4 * OVERLAP or len(other) != 4 * OVERLAP:
        return False
    first, second = array("f", one), array("f", other)
    difference = list(map(sub, first, second))
    power = max(products(first, first), products(second, second))
    most = _MOST_DIFFERENCE * power + _NO_POWER * OVERLAP
    return products(difference, difference) <= most
