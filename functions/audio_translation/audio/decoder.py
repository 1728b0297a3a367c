"""Decoded sound, and what decodes: ``decoding`` itself, or one that is imported late."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline


@dataclass(frozen=True)
class AudioInfo:
    """What a file turned out to be when it was decoded. Times are integer milliseconds.

    ``duration`` is counted in samples, because containers' clocks lie; it begins where the file
    does, so it includes ``start``: how much later the sound begins than the file (a video may run
    before it). Of several ``streams`` of sound the first one is used. ``damaged`` counts the
    packets that could not be decoded; where they were, there is silence.
    """

    container: str
    codec: str
    duration: int
    streams: int
    start: int
    damaged: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever reads the translation should know of the file, in English."""
        found = []
        if self.streams > 1:
            found.append(
                f"The file has {self.streams} audio streams; only the first one was translated."
            )
        if self.damaged:
            found.append(
                "Parts of the audio are damaged or missing; what cannot be decoded is not in the"
                " translation."
            )
        return tuple(found)


@dataclass(frozen=True)
class Decoded:
    """Sound as plain samples: 16-bit little-endian, mono, 16 kHz, from the file's beginning.

    So a time in milliseconds times 16 is the number of a sample in ``pcm``. ``levels`` holds the
    loudness of each ``speech.WINDOW`` in whole dBFS, -128 where there is nothing at all.
    """

    pcm: Path
    levels: Sequence[int]
    info: AudioInfo


class Decoder(Protocol):
    """Sound out of any file, and slices of it. Times are integer milliseconds."""

    def decode(self, path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
        """Decode a file into ``folder``; raises UnsupportedAudio and AudioTooLarge."""
        ...

    def cut(self, pcm: Path, start: int, end: int, to: Path) -> Audio:
        """Make a FLAC file of a part of decoded audio."""
        ...

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """Make a FLAC file of a part of another one."""
        ...
