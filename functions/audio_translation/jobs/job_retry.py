"""Has a job that has failed go on with what it has stored: nothing of it is paid again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from audio_translation.errors import InvalidRequest, JobNotFinished
from audio_translation.jobs.job import Job, JobStatus, poll_seconds
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.jobs.storage.job_item import ENDED, numbers
from audio_translation.jobs.storage.job_table import JobTable


@dataclass(frozen=True)
class JobRetry:
    """``retention``: how long a job is kept that goes on."""

    table: JobTable
    starter: JobStarter
    retention: timedelta

    def retry(self, job: Job) -> Job:
        """Return the job, queued again.

        Raises JobNotFinished for a job that runs, InvalidRequest for one that has not failed,
        RateLimited or Internal; then it is what it was.
        """
        now = datetime.now(UTC)
        if not job.status.final:
            raise JobNotFinished(
                f"The job is {job.status.value}: it goes on by itself.",
                retry_after=poll_seconds(job, now),
            )
        if job.live_until is not None:
            raise InvalidRequest(
                f"A live session does not go on. What was said is at GET /live/{job.id}."
            )
        again = self.table.change(
            job.id,
            (JobStatus.FAILED,),
            status=JobStatus.QUEUED,
            remove=ENDED,
            **numbers(
                retries=job.retries + 1,
                counted=job.paid,
                expires=int((now + self.retention).timestamp()),
            ),
        )
        if again is None:
            raise InvalidRequest(
                f"Only a job that has failed can go on; this one is {job.status.value}."
            )
        try:
            self.starter.start(job.id, retries=again.retries)
        except Exception:
            self._fail_again(job)
            raise
        return again

    def _fail_again(self, job: Job) -> None:
        self.table.fail(
            job.id,
            job.error or {},
            partial=job.partial,
            served=job.served,
            chunks_done=job.chunks_done,
            audio_done=job.audio_done,
            paid=job.paid,
            warnings=job.warnings,
            languages=job.languages,
        )
