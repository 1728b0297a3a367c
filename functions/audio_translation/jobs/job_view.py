"""A job as its owner sees it: over HTTP, by invoke, in webhooks and events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_files import JobFiles
from audio_translation.transcript import seconds

_LINK_SECONDS = 3600
"""How long a link to a result works."""


class ChunkCount(BaseModel):
    """Chunks that are translated, and all; 0 until the audio is split."""

    done: int
    total: int


class AudioSeconds(BaseModel):
    """The same in seconds of audio."""

    done: float
    total: float


class Progress(BaseModel):
    """How far a job is."""

    chunks: ChunkCount
    audioSeconds: AudioSeconds  # noqa: N815  JSON's name


class Result(BaseModel):
    """Where the translation is until `expires`, in the format that the request asked for."""

    url: str
    format: ResponseFormat
    expires: datetime


class JobView(BaseModel):
    """A job as its owner sees it. `error` is OpenAI's error object if the job failed.

    `model` is what served, once the job has ended. `partial`: the job failed, and what was
    translated until then can be read at `/jobs/{id}/translation`. `warnings` are sentences about
    what is odd about the audio. `reference` is the request's.
    """

    id: str
    status: JobStatus
    progress: Progress
    created: datetime
    updated: datetime
    error: dict[str, Any] | None
    result: Result | None
    model: str | None
    partial: bool
    warnings: tuple[str, ...]
    reference: str | None


class JobList(BaseModel):
    """Jobs, newest first; `cursor` gives the next page, null where there is none."""

    jobs: list[JobView]
    cursor: str | None


class Upload(BaseModel):
    """The one request with which S3 takes the file: `method`, `url`, `headers`, until `expires`."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires: datetime


class PreparedUpload(BaseModel):
    """The job, which begins when the upload has ended, and how to upload."""

    job: JobView
    upload: Upload


@dataclass(frozen=True)
class JobViews:
    """Makes views of jobs; links to results come from their ``files``."""

    files: JobFiles

    def view(self, job: Job) -> JobView:
        """Return what its owner sees of a job; raises RateLimited or Internal."""
        return JobView(
            id=job.id,
            status=job.status,
            progress=Progress(
                chunks=ChunkCount(done=len(job.chunks_done), total=len(job.chunk_durations)),
                audioSeconds=AudioSeconds(
                    done=seconds(job.audio_done), total=seconds(job.audio_total)
                ),
            ),
            created=job.created,
            updated=job.updated,
            error=job.error,
            result=self._result(job) if job.status is JobStatus.SUCCEEDED else None,
            model=job.model,
            partial=job.partial,
            warnings=job.warnings,
            reference=job.request.reference,
        )

    def _result(self, job: Job) -> Result:
        now = datetime.now(UTC).replace(microsecond=0)
        lasts = max(1, min(_LINK_SECONDS, int((job.expires - now).total_seconds())))
        return Result(
            url=self.files.result_link(job, seconds=lasts),
            format=job.request.response_format,
            expires=now + timedelta(seconds=lasts),
        )
