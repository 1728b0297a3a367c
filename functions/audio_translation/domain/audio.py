"""An audio file on disk, and what its bytes say it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AudioType:
    """A container, known by its bytes.

    ``extension`` has no dot. Providers decide the format by the file name's extension, so it must
    be the one that matches the bytes; ``mime`` goes with the upload. ``direct`` is whether a
    provider takes it; the others are for ffmpeg to decode first, in a job.
    """

    extension: str
    mime: str
    direct: bool = True


@dataclass(frozen=True)
class FetchedFile:
    """A downloaded file before anybody looked into it; ``size`` is in bytes."""

    path: Path
    size: int
    name: str
    """The last part of the URL's path, as it came: unsafe in a key or a header until cleaned."""


@dataclass(frozen=True)
class SentFile:
    """A file that came in a request; the ``name`` is as unsafe as that of a ``FetchedFile``."""

    name: str
    content: bytes

    def fetch(self, folder: Path) -> FetchedFile:
        """Put it into ``folder``."""
        path = folder / "source"
        path.write_bytes(self.content)
        return FetchedFile(path, len(self.content), self.name)


@dataclass(frozen=True)
class Audio:
    """A file of a known type; ``size`` is in bytes."""

    path: Path
    type: AudioType
    size: int

    @property
    def upload_name(self) -> str:
        """The name that a provider is given: neutral, with the extension of the bytes."""
        return f"audio.{self.type.extension}"


@dataclass(frozen=True)
class AudioInfo:
    """What a file turned out to be when it was decoded. Times are integer milliseconds.

    ``duration`` is counted in samples, because containers' clocks lie; it begins where the file
    does, so it has the ``start`` in it: how much later the sound begins than the file (a video
    may run before it). Of several ``streams`` of sound the first one is used. ``damaged`` counts
    the packets that could not be decoded; where they were, there is silence.
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
    loudness of each ``chunking.WINDOW`` in whole dBFS, -128 where there is nothing at all.
    """

    pcm: Path
    levels: Sequence[int]
    info: AudioInfo
