"""The ``Decoder`` protocol and its results. ``audio.decoding`` implements it.

It is a protocol because some functions import ``audio.decoding``, which is slow, at first use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline


@dataclass(frozen=True)
class AudioInfo:
    """What decoding has found out about a file. Times are integer milliseconds.

    - ``duration``: from the file's beginning, counted in samples, because the durations in
      containers are not reliable.
    - ``start``: when the sound begins, from the file's beginning; a video may begin without sound.
    - ``streams``: the number of audio tracks. Only the first one is decoded.
    - ``damaged``: the number of packets that could not be decoded and were replaced by silence.
    """

    container: str
    codec: str
    duration: int
    streams: int
    start: int
    damaged: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return English sentences about the file for the reader of the translation."""
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
    """A file's sound as plain samples: 16-bit little-endian, mono, 16 kHz.

    ``pcm`` is the file of samples. It starts at the source's beginning, so that the sample for a
    time in milliseconds has the number 16 * time. ``levels`` has the level of each
    ``speech.WINDOW`` in whole dBFS; -128 is digital silence.
    """

    pcm: Path
    levels: Sequence[int]
    info: AudioInfo


class Decoder(Protocol):
    """Decodes audio files and cuts slices from the result. Times are integer milliseconds."""

    def decode(self, path: Path, folder: Path, *, max_duration: int, deadline: Deadline) -> Decoded:
        """Decode the file at ``path`` into ``folder``; raises UnsupportedAudio or AudioTooLarge."""
        ...

    def cut(self, pcm: Path, start: int, end: int, to: Path) -> Audio:
        """Write a slice of the decoded samples at ``pcm`` as FLAC, to the path ``to``."""
        ...

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        """Write a slice of a FLAC file that ``cut`` has made as FLAC, to the path ``to``."""
        ...
