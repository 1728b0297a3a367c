"""What callers do with jobs: make one, look at it, list theirs, read it, delete it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from audio_translation.domain.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    NeedsJob,
    NotFound,
    ProviderTimedOut,
)
from audio_translation.domain.job import (
    Job,
    JobStatus,
    folder,
    is_job_id,
    result_key,
    source_key,
    translation_key,
)
from audio_translation.domain.request import ResponseFormat, TranslationRequest
from audio_translation.domain.transcript import Translation, from_json, seconds
from audio_translation.domain.upload_request import LARGEST_PUT, UploadRequest
from audio_translation.usecases.translate import Outcome, safe_name

POLL_SECONDS = 5
"""How often a caller should look at a job that has not ended."""

_LINK_SECONDS = 3600
_UPLOAD_SECONDS = 15 * 60
"""In these an upload has to begin; S3 does not ask again while it goes on."""
_WAIT = timedelta(days=1)
"""How long a job waits for its audio before it is forgotten."""


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


class Table(Protocol):
    """The part of the job table that is used here."""

    def create(self, job: Job) -> None: ...
    def find(self, job_id: str) -> Job | None: ...
    def page(
        self, owner: str, *, limit: int, cursor: str | None
    ) -> tuple[list[Job], str | None]: ...
    def cancel(self, job_id: str) -> Job | None: ...
    def delete(self, job_id: str, *, states: tuple[JobStatus, ...] = ...) -> None: ...


class Files(Protocol):
    """The part of a job's objects that is used here."""

    def read(self, key: str) -> bytes | None: ...
    def url(self, key: str) -> str: ...
    def link(self, key: str, *, seconds: int) -> str: ...
    def upload_link(self, key: str, *, size: int, mime: str, seconds: int) -> str: ...
    def save(self, key: str, content: bytes, *, mime: str) -> None: ...
    def delete_all(self, folder: str) -> None: ...


def translate_or_submit(
    request: TranslationRequest,
    *,
    respond_async: bool,
    translate: Callable[[], Outcome],
    submit: Callable[[], Job],
) -> Outcome | Job:
    """Translate while the caller waits if that can be had, else make a job.

    A job it is when the caller asks for one, when the audio is more than one request translates
    (``fits_a_request``), and when the time of the request runs out, for its source or its
    translation.
    """
    if respond_async or request.callback_url:
        return submit()
    try:
        return translate()
    except (NeedsJob, AudioTooLarge, ProviderTimedOut):
        return submit()
    except AudioNotRetrievable as error:
        if not error.slow:
            raise
        return submit()


@dataclass(frozen=True)
class Jobs:
    """Jobs as their owners deal with them; to anybody else they do not exist.

    Everything raises NotFound for a job that is not ``owner``'s, and what the table, the bucket
    and the function raise: RateLimited and Internal.
    """

    table: Table
    files: Files
    start: Callable[[str], None]
    retention: timedelta
    max_audio_bytes: int

    def submit(self, request: TranslationRequest, *, job_id: str, owner: str) -> Job:
        """Make a job and start it; the same id again is the same job."""
        now = datetime.now(UTC)
        job = Job(
            id=job_id,
            owner=owner,
            request=request,
            created=now,
            updated=now,
            expires=now + self.retention,
        )
        self.table.create(job)
        try:
            self.start(job_id)
        except Exception:
            # Nobody will know its id. Should it have been started all the same, it finds no job.
            self.table.delete(job_id, states=(JobStatus.QUEUED,))
            raise
        return job

    def prepare(self, request: UploadRequest, *, owner: str) -> PreparedUpload:
        """Make a job that begins when its audio is uploaded; raises AudioTooLarge.

        If that never happens, the job is forgotten after a day. Its id is in the URL of the upload
        and cannot be guessed.
        """
        limit = min(self.max_audio_bytes, LARGEST_PUT)
        if request.size > limit:
            raise AudioTooLarge(
                f"The file has {request.size} bytes; at most {limit} are taken. "
                "Compress or split it.",
                param="size",
            )
        job_id = secrets.token_hex(16)
        key = source_key(job_id, safe_name(request.file_name, request.extension))
        now = datetime.now(UTC)
        job = Job(
            id=job_id,
            owner=owner,
            request=request.translation_of(self.files.url(key)),
            created=now,
            updated=now,
            expires=now + min(_WAIT, self.retention),
            kept_until=now + self.retention,
        )
        upload = Upload(
            url=self.files.upload_link(
                key, size=request.size, mime=request.mime, seconds=_UPLOAD_SECONDS
            ),
            headers={"Content-Type": request.mime, "Content-Length": str(request.size)},
            expires=now.replace(microsecond=0) + timedelta(seconds=_UPLOAD_SECONDS),
        )
        self.table.create(job)
        return PreparedUpload(job=self.view(job), upload=upload)

    def find(self, job_id: str, owner: str) -> Job:
        """Return a job of ``owner``."""
        job = self.table.find(job_id) if is_job_id(job_id) else None
        if job is None or job.owner != owner:
            raise NotFound("There is no such job of yours, or it is no longer kept.")
        return job

    def page(self, owner: str, *, limit: int, cursor: str | None) -> JobList:
        """Return a page; raises InvalidRequest for a wrong cursor."""
        jobs, following = self.table.page(owner, limit=limit, cursor=cursor)
        return JobList(jobs=[self.view(job) for job in jobs], cursor=following)

    def view(self, job: Job) -> JobView:
        """Return what its owner sees of a job."""
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

    def translation(self, job: Job) -> Translation:
        """Return a job's stored segments.

        Raises NotFound while there are none; ``retry_after`` if there will be some.
        """
        if not (job.status is JobStatus.SUCCEEDED or job.partial):
            raise NotFound(
                f"This job has no translation: it is {job.status.value}.",
                retry_after=None if job.status.final else POLL_SECONDS,
            )
        stored = self.files.read(translation_key(job.id))
        if stored is None:
            raise NotFound("The translation of this job is no longer kept.")
        return from_json(stored)

    def delete(self, job: Job) -> None:
        """Cancel a job that has not ended, forget one that has; delete all that it stored.

        A cancelled job stays in the table, so that the function that runs it sees it and stops.
        """
        cancelled = None if job.status.final else self.table.cancel(job.id)
        self.files.delete_all(folder(job.id))
        if cancelled is None:
            self.table.delete(job.id)

    def _result(self, job: Job) -> Result:
        asked = job.request.response_format
        now = datetime.now(UTC).replace(microsecond=0)
        lasts = max(1, min(_LINK_SECONDS, int((job.expires - now).total_seconds())))
        url = self.files.link(result_key(job.id, asked.extension), seconds=lasts)
        return Result(url=url, format=asked, expires=now + timedelta(seconds=lasts))
