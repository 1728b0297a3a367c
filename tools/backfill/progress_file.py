"""A file that keeps how far a run has come, so that the next one goes on from there."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Progress(BaseModel):
    """How far a run has come."""

    after: str = ""
    """The last key that is done; empty at the start."""
    queued: int = 0
    """How many recordings are queued."""
    again: str = Field(default_factory=_now)
    """When the run began. Failed recordings get a job for each such time.

    If a run queues a recording twice, it is still one job.
    """


class ProgressFile:
    """The file of one backfill: that of the same bucket, prefix, queue and ``retry``."""

    def __init__(self, folder: Path, *, bucket: str, prefix: str, queue: str, retry: bool) -> None:
        name = "\n".join((bucket, prefix, queue, str(retry)))
        self._path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.json"

    def read(self) -> Progress:
        """Return the progress of a run that was stopped; that of a new one if there is none."""
        try:
            return Progress.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return Progress()

    def write(self, progress: Progress) -> None:
        """Replace the file atomically: a kill leaves either the old one or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(f".{os.getpid()}")
        with new.open("w", encoding="utf-8") as file:
            file.write(progress.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def delete(self) -> None:
        """Delete the file if it is there: the next run begins anew."""
        self._path.unlink(missing_ok=True)
