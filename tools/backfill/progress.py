"""How far a run is, in a small file that outlives it."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Progress(BaseModel):
    """``after`` is the last key that is done, empty at the start; ``queued`` counts recordings.

    ``again`` is the stamp that makes new jobs of failed recordings: fixed when the run begins, so
    that a recording that is queued twice by one run is still one job.
    """

    after: str = ""
    queued: int = 0
    again: str = Field(default_factory=_now)


class ProgressFile:
    """Where the progress of one backfill is kept: the same bucket, prefix, queue and ``retry``."""

    def __init__(self, folder: Path, *, bucket: str, prefix: str, queue: str, retry: bool) -> None:
        name = "\n".join((bucket, prefix, queue, str(retry)))
        self._path = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.json"

    def read(self) -> Progress:
        """Return the progress of a run that was stopped, or that of one that begins."""
        try:
            return Progress.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return Progress()

    def write(self, progress: Progress) -> None:
        """Replace the file at once: a process that is killed leaves the old one or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(f".{os.getpid()}")
        with new.open("w", encoding="utf-8") as file:
            file.write(progress.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def delete(self) -> None:
        self._path.unlink(missing_ok=True)
