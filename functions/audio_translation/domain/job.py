"""A job: a translation that outlives the request which asked for it."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from audio_translation.domain.audio import Audio
from audio_translation.domain.request import ResponseFormat, TranslationRequest

JOBS = "jobs/"
"""Everything that jobs store is below this."""

MOST_RESTARTS = 3
"""So often a job goes on after AWS has lost its execution; then it fails."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SOURCE = re.compile(rf"{JOBS}({_ID.pattern})/source/.+", re.DOTALL)
_BITS_PER_SECOND = 32_000


class JobStatus(StrEnum):
    """Where a job is. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self not in {JobStatus.QUEUED, JobStatus.RUNNING}


class Upload(BaseModel):
    """A recording in a bucket whose translation is put beside it; ``version`` is the object's."""

    model_config = ConfigDict(frozen=True)

    bucket: str
    key: str
    version: str
    formats: tuple[ResponseFormat, ...]


class Job(BaseModel):
    """What the job table keeps of a job. Texts and audio are in S3, under the job's id.

    ``chunk_durations`` is in integer milliseconds, one entry a chunk, empty until the audio is
    split; ``chunks_done`` holds the indexes of the chunks whose text is stored. ``duration`` is
    the whole audio's, in milliseconds. ``expires`` is when the job is forgotten; a job that waits
    for its audio is then kept until ``kept_until`` once it has begun.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    owner: str
    """Who may see it: what identifies the API key that made it, never the key itself."""
    status: JobStatus = JobStatus.QUEUED
    request: TranslationRequest
    created: datetime
    updated: datetime
    expires: datetime
    kept_until: datetime | None = None
    duration: int = 0
    chunk_durations: tuple[int, ...] = ()
    chunks_done: frozenset[int] = Field(default_factory=frozenset)
    error: dict[str, Any] | None = None
    """OpenAI's error object without its envelope, of a job that failed."""
    partial: bool = False
    """The stored translation lacks chunks, because the job failed or was cancelled."""
    warnings: tuple[str, ...] = ()
    """What is odd about the audio: sentences for whoever reads the translation."""
    model: str | None = None
    """What served, once the job has ended: several are separated by commas."""
    upload: Upload | None = None
    """The recording beside which the result is wanted, if the job is of one."""

    @property
    def audio_done(self) -> int:
        """Milliseconds of audio in the chunks that are done."""
        return sum(self.chunk_durations[index] for index in self.chunks_done)

    @property
    def audio_total(self) -> int:
        """Milliseconds of audio in all chunks; 0 until the audio is split."""
        return sum(self.chunk_durations)


def fits_a_request(
    audio: Audio, duration: int | None, *, max_bytes: int, max_duration: int
) -> bool:
    """Whether the audio is translated while its caller waits; all other audio is a job.

    It must fit one call of the provider in size (``max_bytes``) and type, and its ``duration``
    must leave the call time to answer. Durations are in integer milliseconds; one that is not
    known (None or 0) is taken for that of the same bytes at 32 kbit/s, about the least that speech
    is sent with.
    """
    if not audio.type.direct or audio.size > max_bytes:
        return False
    return (duration or audio.size * 8000 // _BITS_PER_SECOND) <= max_duration


def is_job_id(text: str) -> bool:
    """Whether ``text`` could be a job's id: what Lambda takes as an execution's name."""
    return bool(_ID.fullmatch(text))


def chunk_key(job_id: str, index: int) -> str:
    """Where a chunk's audio lies in the bucket."""
    return f"{folder(job_id)}chunks/{index:05}.flac"


def part_key(job_id: str, index: int) -> str:
    """Where a chunk's translation lies in the bucket."""
    return f"{folder(job_id)}parts/{index:05}.json"


def plan_key(job_id: str) -> str:
    """Where the list of chunks lies in the bucket."""
    return f"{folder(job_id)}plan.json"


def translation_key(job_id: str) -> str:
    """Where the stitched translation lies in the bucket."""
    return f"{folder(job_id)}translation.json"


def result_key(job_id: str, extension: str) -> str:
    """Where the translation lies in the format that was asked for."""
    return f"{folder(job_id)}result.{extension}"


def source_key(job_id: str, name: str) -> str:
    """Where audio that is uploaded for a job lies in the bucket."""
    return f"{folder(job_id)}source/{name}"


def job_of_source(key: str) -> str | None:
    """The id of the job whose audio lies under ``key``, None if it is no such key."""
    match = _SOURCE.fullmatch(key)
    return match[1] if match else None


def folder(job_id: str) -> str:
    """Everything that a job stores; gone when the job is deleted."""
    return f"{JOBS}{job_id}/"
