"""Telling a job's owner that it waits: when a failed step is tried again, and why it failed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.errors import Internal, ServiceError
from audio_translation.jobs.steps.retries import TooLittleTime, pause_before_retry
from audio_translation.jobs.storage.job_table import JobTable


def pause_and_tell(table: JobTable, job_id: str, error: Exception, attempt: int) -> int | None:
    """Return the pause before a step is tried again, as ``pause_before_retry``, and tell of it."""
    pause = pause_before_retry(error, attempt)
    if pause is not None:
        tell_wait(table, job_id, error, pause)
    return pause


def tell_wait(
    table: JobTable, job_id: str, error: Exception, pause: int, *, went_on: bool = False
) -> None:
    """Store in the table that the job is tried again in ``pause`` seconds.

    ``went_on``: something was translated before this failure, so that it is the first in a row. A
    table that fails is left alone: the job does not depend on it.
    """
    if isinstance(error, TooLittleTime):  # it goes on, only in another invocation
        return
    with suppress(ServiceError):
        job = None if went_on else table.find(job_id)
        table.waits(
            job_id,
            attempts=1 + (job.attempts if job else 0),
            until=datetime.now(UTC) + timedelta(seconds=pause),
            error=_envelope(error),
        )


def _envelope(error: Exception) -> dict[str, Any]:
    """Return OpenAI's error object; of what is not of the table nothing is told."""
    known = error if isinstance(error, ServiceError) else Internal("Something went wrong for us.")
    told: dict[str, Any] = known.envelope()["error"]
    return told
