"""A job: a translation that outlives the request which asked for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording

MOST_RESTARTS = 3
"""How many lost executions of a job are replaced by new ones; after that it fails."""


class JobStatus(StrEnum):
    """The status of a job. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self not in {JobStatus.QUEUED, JobStatus.RUNNING}


class Job(BaseModel):
    """What the job table keeps of a job. Texts and audio are in S3, under the job's id.

    - ``duration``: the whole audio's, in integer milliseconds.
    - ``chunk_durations``: integer milliseconds of each chunk; empty until the audio is split.
    - ``chunks_done``: indexes of the chunks whose text is stored.
    - ``expires``: when the job is deleted. For a job that waits for its upload this is soon;
      once it runs, ``expires`` becomes ``kept_until``.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    owner: str
    """Who may see it: an id of the API key that made it, never the key itself."""
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
    """OpenAI's error object without its envelope, if the job failed."""
    partial: bool = False
    """The job failed, and the stored translation lacks chunks."""
    warnings: tuple[str, ...] = ()
    """Sentences about the audio for whoever reads the translation."""
    model: str | None = None
    """The models that served, separated by commas, once the job has ended."""
    upload: UploadedRecording | None = None
    """The uploaded recording that the job translates, if it was made for one."""

    @property
    def audio_done(self) -> int:
        """Return the milliseconds of audio in the chunks that are done."""
        return sum(self.chunk_durations[index] for index in self.chunks_done)

    @property
    def audio_total(self) -> int:
        """Return the milliseconds of audio in all chunks; 0 until the audio is split."""
        return sum(self.chunk_durations)
