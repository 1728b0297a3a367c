"""A job as its owner sees it: over HTTP, by invoke, in webhooks and events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import BaseModel

from audio_translation.aws.bucket_keys import bucket_and_key, is_s3, job_of_source
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.records.record_links import RecordLinks, record_links
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.transcript import seconds
from audio_translation.translation.models import price_of

_LINK_SECONDS = 3600
"""How long a link to a result works."""
_BEGINS_WITHIN = timedelta(seconds=15)
"""A job that is queued for longer is not just about to begin."""


class ChunkCount(BaseModel):
    """Chunks that are translated, and all; 0 until all are found."""

    done: int
    total: int


class AudioSeconds(BaseModel):
    """The same in seconds of audio; the whole is 0 until it is known."""

    done: float
    total: float


class Progress(BaseModel):
    """How far a job is."""

    chunks: ChunkCount
    audioSeconds: AudioSeconds  # noqa: N815  JSON's name


class SpokenLanguage(BaseModel):
    """A language that is spoken in the audio, as its code, and its share of the spoken time."""

    language: str
    share: float


class Result(BaseModel):
    """Where the translation is until `expires`, in the format that the request asked for."""

    url: str
    format: ResponseFormat
    expires: datetime


class LastError(BaseModel):
    """What the latest try failed with."""

    message: str
    code: str


class JobView(BaseModel):
    """A job as its owner sees it. `error` is OpenAI's error object if the job failed.

    `fileName`, `audioFileUrl` (without its query; null for a file that was sent), `targetLanguage`
    and `responseFormat` are those of the request. `waitingFor` says what a job that has not ended
    waits for: its `upload`, `capacity`, or a `retry`, which begins at `nextTry`. `attempts` are the
    tries that failed since it last went on, `lastError` is the latest one's.
    `model` and `provider` are what served, once the job has ended. `partial`: the job failed, and
    what was translated until then can be read at `/jobs/{id}/translation`. `estimatedDollars` is
    what the minutes that were sent to the provider cost, once the job has ended. `warnings` are
    sentences about what is lost or odd. `cached`: it was made for an earlier request, and this one
    cost nothing. `languages` are those spoken, where that is known.
    `reference` is the request's. `record` is there if a record was asked for and the job succeeded.
    `live`: the job is a live session, whose chunks are utterances.
    """

    id: str
    status: JobStatus
    fileName: str | None  # noqa: N815
    audioFileUrl: str | None  # noqa: N815
    targetLanguage: str  # noqa: N815
    responseFormat: ResponseFormat  # noqa: N815
    progress: Progress
    waitingFor: Literal["upload", "capacity", "retry"] | None  # noqa: N815
    attempts: int
    nextTry: datetime | None  # noqa: N815
    lastError: LastError | None  # noqa: N815
    created: datetime
    updated: datetime
    error: dict[str, Any] | None
    result: Result | None
    model: str | None
    provider: str | None
    partial: bool
    estimatedDollars: float | None  # noqa: N815
    cached: bool
    warnings: tuple[str, ...]
    languages: tuple[SpokenLanguage, ...]
    reference: str | None
    record: RecordLinks | None
    live: bool


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
    """Makes views of jobs; links to results come from their ``files``.

    ``default_price_per_minute`` is in dollars, for models without a price of their own.
    """

    files: JobFiles
    default_price_per_minute: float = 0

    def view(self, job: Job) -> JobView:
        """Return what its owner sees of a job; raises RateLimited or Internal."""
        url = job.request.audio_file_url
        tried = not job.status.final and job.last_error is not None
        return JobView(
            id=job.id,
            status=job.status,
            fileName=file_name_of(job),
            audioFileUrl=shown_url(url),
            targetLanguage=job.request.target_language,
            responseFormat=job.request.response_format,
            progress=Progress(
                chunks=ChunkCount(done=job.chunks_done, total=job.chunks),
                audioSeconds=AudioSeconds(done=seconds(job.audio_done), total=seconds(job.audio)),
            ),
            waitingFor=_waiting_for(job, datetime.now(UTC)),
            attempts=job.attempts if tried else 0,
            nextTry=job.next_try if tried else None,
            lastError=LastError.model_validate(job.last_error) if tried else None,
            created=job.created,
            updated=job.updated,
            error=job.error,
            result=self._result(job) if job.status is JobStatus.SUCCEEDED else None,
            model=job.model,
            provider=job.provider,
            partial=job.partial,
            estimatedDollars=self._dollars(job),
            cached=job.cached,
            warnings=job.warnings,
            languages=tuple(
                SpokenLanguage(language=code, share=share) for code, share in job.languages
            ),
            reference=job.request.reference,
            record=record_links(self.files, job, seconds=_lasting(job)),
            live=job.live_until is not None,
        )

    def _dollars(self, job: Job) -> float | None:
        """Return the price of what was sent, without the text model's; None where it is not known.

        It is known at the end; of a cancelled job nobody counts it.
        """
        if not job.status.final or job.status is JobStatus.CANCELLED:
            return None
        return round(price_of(job.paid, job.served, self.default_price_per_minute), 6)

    def _result(self, job: Job) -> Result:
        link = self.files.result_link(job, seconds=_lasting(job))
        return Result(url=link.url, format=job.request.response_format, expires=link.expires)


def file_name_of(job: Job) -> str | None:
    """Return what the job's audio file is called, as far as that is known."""
    return job.file_name or _last_name(job.request.audio_file_url)


def _lasting(job: Job) -> int:
    """Return for how many seconds links to a job's files are made."""
    kept = int((job.expires - datetime.now(UTC)).total_seconds())
    return max(1, min(_LINK_SECONDS, kept))


def shown_url(url: str) -> str | None:
    """Return scheme, host and path: signatures are in the query, passwords before the host.

    None for what was sent to the service and has no URL of its own, and for what is no URL.
    """
    if is_s3(url):
        bucket, key = bucket_and_key(url)
        return None if job_of_source(key) else f"s3://{bucket}/{_without_signature(key)}"
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return None


def _last_name(url: str) -> str | None:
    """Return the end of the URL's path, as the file is probably called."""
    if is_s3(url):
        return _without_signature(bucket_and_key(url)[1]).rpartition("/")[2] or None
    path = (shown_url(url) or "").partition("://")[2]
    return unquote(path.rpartition("/")[2]) or None if "/" in path else None


def _without_signature(key: str) -> str:
    """Return an S3 key, which may have a ``?`` in it, without what is rather a query."""
    name, _, query = key.partition("?")
    return name if "=" in query else key


def _waiting_for(job: Job, now: datetime) -> Literal["upload", "capacity", "retry"] | None:
    if job.status is JobStatus.RUNNING:
        return "retry" if job.next_try else None
    if job.status.final:
        return None
    if job.kept_until and not job.arrived:
        return "upload"
    return "capacity" if now - (job.arrived or job.created) > _BEGINS_WITHIN else None
