"""An audio file on disk, and what its bytes say it is."""

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
class Audio:
    """A file of a known type; ``size`` is in bytes."""

    path: Path
    type: AudioType
    size: int

    @property
    def upload_name(self) -> str:
        """The name that a provider is given: neutral, with the extension of the bytes."""
        return f"audio.{self.type.extension}"
