"""The sources of a request's audio: a URL, or a file in the request."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline

if TYPE_CHECKING:
    from audio_translation.download.download import Download


class AudioSource(Protocol):
    """Audio that can be written to a folder."""

    @property
    def log_name(self) -> str:
        """The audio's name in the log; telemetry removes secrets from URLs."""
        ...

    def fetch(self, folder: Path, deadline: Deadline) -> FetchedFile:
        """Write the audio to a new file in ``folder``; raises ServiceError."""
        ...


@dataclass(frozen=True)
class AudioUrl:
    """The audio at a URL."""

    url: str
    download: "Download"

    @property
    def log_name(self) -> str:
        return self.url

    def fetch(self, folder: Path, deadline: Deadline) -> FetchedFile:
        """See ``AudioSource``."""
        return self.download.fetch(self.url, folder, deadline)


@dataclass(frozen=True)
class SentFile:
    """A file in the request. Its ``name`` is not safe in an S3 key or a header."""

    name: str
    content: bytes

    @property
    def log_name(self) -> str:
        return "sent"

    def fetch(self, folder: Path, deadline: Deadline) -> FetchedFile:  # noqa: ARG002
        """See ``AudioSource``."""
        path = folder / "source"
        path.write_bytes(self.content)
        digest = hashlib.sha256(self.content).hexdigest()
        return FetchedFile(path, len(self.content), self.name, sha256=digest)
