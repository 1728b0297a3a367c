"""An audio file on disk, and its type."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AudioType:
    """The type of an audio file, detected from its bytes.

    - ``extension``: without a dot. Providers choose the decoder by the file name's extension, so
      it must match the bytes.
    - ``mime``: the media type that is sent with the file.
    - ``direct``: whether providers accept it. If not, a job decodes it with ffmpeg first.
    """

    extension: str
    mime: str
    direct: bool = True


@dataclass(frozen=True)
class FetchedFile:
    """A downloaded file whose type is not known yet; ``size`` is in bytes."""

    path: Path
    size: int
    name: str
    """The last part of the URL's path, unchanged: not safe in an S3 key or a header."""


@dataclass(frozen=True)
class Audio:
    """A file of a known type; ``size`` is in bytes."""

    path: Path
    type: AudioType
    size: int

    @property
    def upload_name(self) -> str:
        """Return the file name for the provider: "audio" and the extension of the type."""
        return f"audio.{self.type.extension}"
