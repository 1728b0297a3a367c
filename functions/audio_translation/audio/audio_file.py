"""An audio file on disk, and its type."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

LARGE = 5_000_000
"""Bytes: some minutes of audio. For less, to start a process takes longer than it saves.

Only files that are decoded in a process of their own are read while they still arrive: who reads
waits for the network with the memory limit of ``media.media_file`` on.
"""


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
    rest: "Future[FetchedFile] | None" = field(default=None, compare=False)
    """The download, while the file still arrives: see ``arriving_file``."""
    cancel: Callable[[], None] = field(default=lambda: None, compare=False)
    """Ends the download."""
    sha256: str = field(default="", compare=False)
    """Of its bytes, taken as they came; empty if nobody has taken it."""


@dataclass(frozen=True)
class Audio:
    """A file of a known type; ``size`` is in bytes. For the rest see ``FetchedFile``."""

    path: Path
    type: AudioType
    size: int
    rest: "Future[FetchedFile] | None" = field(default=None, compare=False)
    cancel: Callable[[], None] = field(default=lambda: None, compare=False)
    sha256: str = field(default="", compare=False)

    @property
    def upload_name(self) -> str:
        """Return the file name for the provider: "audio" and the extension of the type."""
        return f"audio.{self.type.extension}"
