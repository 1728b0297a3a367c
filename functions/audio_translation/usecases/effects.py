"""What the steps of a job do to the world outside, as they need it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from audio_translation.domain.job import Job


class JobTable(Protocol):
    """Where jobs' states are. Every change is conditional: a job that is over stays as it is.

    What changes a job returns it as it is afterwards, None where it is over or not there.
    """

    def find(self, job_id: str) -> Job | None:
        """Return a job as it is now, None if there is none."""
        ...

    def begin(self, job_id: str) -> Job | None:
        """Make a queued job run; one that runs already goes on."""
        ...

    def split(
        self,
        job_id: str,
        *,
        duration: int,
        chunk_durations: Iterable[int],
        warnings: Iterable[str],
    ) -> Job | None:
        """Note what the audio was split into, in milliseconds, and what is odd about it."""
        ...

    def chunk_done(self, job_id: str, index: int) -> Job | None:
        """Note that a chunk's text is stored."""
        ...

    def succeed(self, job_id: str, *, model: str) -> Job | None:
        """End a running job; ``model`` is what served it."""
        ...

    def fail(
        self, job_id: str, error: dict[str, Any], *, partial: bool, model: str | None
    ) -> Job | None:
        """End a job with OpenAI's error object."""
        ...


class JobFiles(Protocol):
    """The stack's bucket."""

    def read(self, key: str) -> bytes | None:
        """Return an object, None if there is none."""
        ...

    def write(self, key: str, content: bytes, mime: str) -> None:
        """Store an object."""
        ...

    def download(self, key: str, to: Path) -> None:
        """Bring an object into a file."""
        ...

    def upload(self, path: Path, key: str, mime: str) -> None:
        """Store a file."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""
        ...
