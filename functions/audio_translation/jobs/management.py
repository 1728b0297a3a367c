"""What callers do with jobs: make one, look at it, list theirs, read it, delete it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from audio_translation.aws.bucket_keys import is_job_id
from audio_translation.aws.save_source import safe_name
from audio_translation.errors import AudioTooLarge, JobNotFinished, NotFound
from audio_translation.jobs.job import Job, JobStatus, poll_seconds
from audio_translation.jobs.job_starter import JobStarter, LiveStart
from audio_translation.jobs.job_view import JobList, JobViews, PreparedUpload, Upload
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.jobs.upload_request import LARGEST_PUT, UploadRequest
from audio_translation.transcript import Translation
from audio_translation.translation.request import TranslationRequest

_UPLOAD_SECONDS = 15 * 60
"""An upload must begin within these; S3 does not check again while it goes on."""
_WAIT = timedelta(days=1)
"""How long a job waits for its audio before it is deleted."""


@dataclass(frozen=True)
class JobManagement:
    """Jobs for their owners; a job of another owner raises NotFound.

    All methods raise RateLimited and Internal, too, when AWS fails.
    """

    table: JobTable
    files: JobFiles
    starter: JobStarter
    views: JobViews
    retention: timedelta
    max_audio_bytes: int
    defaults: StackDefaults = field(default_factory=StackDefaults)

    def submit(
        self, request: TranslationRequest, *, job_id: str, owner: str, file_name: str | None = None
    ) -> Job:
        """Make a job and start it; the same id again is the same job.

        ``file_name`` is that of a file that was sent.
        """
        now = datetime.now(UTC)
        job = Job(
            id=job_id,
            owner=owner,
            request=request,
            created=now,
            updated=now,
            expires=now + self.retention,
            file_name=file_name,
        )
        self.table.create(job)
        try:
            self.starter.start(job_id)
        except Exception:
            # Nobody will know its id. Should it have been started all the same, it finds no job.
            self.table.delete(job_id, states=(JobStatus.QUEUED,))
            raise
        return job

    def prepare(self, request: UploadRequest, *, owner: str) -> PreparedUpload:
        """Make a job that begins when its audio is uploaded.

        Raises AudioTooLarge, and InvalidRequest if there are no records here.

        If that never happens, the job is deleted after a day. Its id is in the URL of the upload
        and cannot be guessed.
        """
        request = self.defaults.applied(request)
        limit = min(self.max_audio_bytes, LARGEST_PUT)
        if request.size > limit:
            raise AudioTooLarge(
                f"The file has {request.size} bytes; at most {limit} are taken. "
                "Compress or split it.",
                param="size",
            )
        job_id = secrets.token_hex(16)
        source = self.files.source(job_id, safe_name(request.file_name, request.extension))
        now = datetime.now(UTC)
        job = Job(
            id=job_id,
            owner=owner,
            request=request.translation_of(source.url),
            created=now,
            updated=now,
            expires=now + min(_WAIT, self.retention),
            kept_until=now + self.retention,
            file_name=request.file_name,
        )
        link = source.upload_link(size=request.size, mime=request.mime, seconds=_UPLOAD_SECONDS)
        upload = Upload(
            url=link.url,
            headers={"Content-Type": request.mime, "Content-Length": str(request.size)},
            expires=link.expires,
        )
        self.table.create(job)
        return PreparedUpload(job=self.views.view(job), upload=upload)

    def find(self, job_id: str, owner: str) -> Job:
        """Return a job of ``owner``."""
        job = self.table.find(job_id) if is_job_id(job_id) else None
        if job is None or job.owner != owner:
            raise NotFound("There is no such job of yours, or it is no longer kept.")
        return job

    def page(self, owner: str, *, limit: int, cursor: str | None) -> JobList:
        """Return a page; raises InvalidRequest for a wrong cursor."""
        jobs, following = self.table.page(owner, limit=limit, cursor=cursor)
        return JobList(jobs=[self.views.view(job) for job in jobs], cursor=following)

    def translation(self, job: Job) -> Translation:
        """Return a job's stored segments.

        Raises JobNotFinished while there may be some later, NotFound if there are none.
        """
        if not job.status.final:
            raise JobNotFinished(
                f"The translation is not there yet: the job is {job.status.value}.",
                retry_after=poll_seconds(job, datetime.now(UTC)),
            )
        if not (job.status is JobStatus.SUCCEEDED or job.partial):
            why = f"it is {job.status.value}" + (f" ({job.error['code']})" if job.error else "")
            raise NotFound(f"This job has no translation: {why}. GET /jobs/{job.id} says more.")
        return self.files.translation(job.id)

    def delete(self, job: Job) -> None:
        """Cancel a job that has not ended, delete one that has; delete all files of both.

        What is kept of it for later requests goes, too.

        A cancelled job stays in the table, so that the function that runs it sees it and stops.
        That of a live session would see it only when the session's time is over.
        """
        cancelled = None if job.status.final else self.table.cancel(job.id)
        self.files.delete_all(job.id, answer=(cancelled or job).answer)
        if cancelled is None:
            self.table.delete(job.id)
        elif cancelled.live_until:
            self.starter.start(job.id, live=LiveStart.ENDED)
