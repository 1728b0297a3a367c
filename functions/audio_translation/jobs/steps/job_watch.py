"""What a job does while its audio is translated: tell how far it is, and stop where it must."""

import time
from dataclasses import dataclass, field
from math import inf

from audio_translation.deadline import Deadline
from audio_translation.errors import RateLimited
from audio_translation.jobs.steps.retries import TooLittleTime, is_paid, passes
from audio_translation.jobs.storage.job_files import JobParts
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.translation.pipeline import Progress

_TELL_SECONDS = 0.5
_MOST_FAILURES = 8
"""So many chunks may fail in one turn before the rest waits for the next."""
_RESERVE_SECONDS = 5.0


class JobOver(Exception):
    """The job was cancelled or deleted, or has ended otherwise."""


@dataclass
class JobWatch:
    """``Watch`` of a job. ``call_seconds``: the longest time for one chunk, retries included.

    ``parts`` says whether this turn has translated anything: then what failed before is over.
    """

    job_id: str
    table: JobTable
    parts: JobParts
    call_seconds: float
    deadline: Deadline
    _told: float = field(default=-inf, init=False)
    _failed: set[int] = field(default_factory=set, init=False)

    def look(self, progress: Progress) -> None:
        """See ``Watch``; raises JobOver, TooLittleTime, RateLimited or Internal."""
        now = time.monotonic()
        if now - self._told >= _TELL_SECONDS:
            self._told = now
            self.tell(progress)
        left = self.deadline.left()
        if not progress.ended and left < self.call_seconds + _RESERVE_SECONDS:
            raise TooLittleTime

    def tell(self, progress: Progress) -> None:
        """Store the progress; raises JobOver if the job does not run any more."""
        audio = progress.decoded if progress.ended else progress.stated or 0
        audio, translated = audio // progress.streams, progress.translated // progress.streams
        runs = self.table.progress(
            self.job_id,
            chunks=progress.chunks if progress.ended else 0,
            chunks_done=progress.done,
            audio=audio,
            audio_done=min(translated, audio or translated),
            goes_on=self.parts.kept > 0,
        )
        if not runs:
            raise JobOver

    def grace_seconds(self, error: Exception) -> float | None:
        """See ``Watch``: what is under way is waited for, because it is paid for."""
        self._failed.add(id(error))
        stops = isinstance(error, RateLimited | TooLittleTime | JobOver) or is_paid(error)
        goes_on = passes(error) and not stops
        return None if goes_on and len(self._failed) < _MOST_FAILURES else inf
