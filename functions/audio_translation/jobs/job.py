"""A job: a translation that outlives the request which asked for it."""

import math
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from audio_translation.transcript import ServedBy
from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording

MOST_RESTARTS = 3
"""How many lost executions of a job are replaced by new ones; after that it fails."""

_SHORTEST_POLL, _LONGEST_POLL = 2, 60
"""Seconds."""
_SHARE = 1 / 3
"""Of the time that is left: so a look comes soon after the end, and the next ones nearer to it."""


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

    A live session is a job, too: it runs until the session ends. Its chunks are its utterances.

    - ``chunks``, ``chunks_done``: how many there are, 0 until all are found, and are translated.
    - ``audio``, ``audio_done``: milliseconds of audio, 0 until that is known, and that are behind
      the translated chunks.
    - ``paid``: milliseconds of audio that were sent to the provider, once the job has ended.
    - ``expires``: when the job is deleted. For a job that waits for its upload this is soon;
      once it runs, ``expires`` becomes ``kept_until``.
    - ``arrived``: when its upload was there; ``begun``: when it first ran.
    - ``attempts``: the tries that failed since a chunk was last translated, ``last_error`` what the
      latest failed with, as ``message`` and ``code``; ``next_try``: when the next one begins, None
      while it runs.
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
    arrived: datetime | None = None
    begun: datetime | None = None
    chunks: int = 0
    chunks_done: int = 0
    audio: int = 0
    audio_done: int = 0
    paid: int = 0
    error: dict[str, Any] | None = None
    """OpenAI's error object without its envelope, if the job failed."""
    partial: bool = False
    """The job failed, and the stored translation lacks chunks."""
    warnings: tuple[str, ...] = ()
    """Sentences about the audio and the translation for whoever reads it."""
    languages: tuple[tuple[str, float], ...] = ()
    """The spoken languages that are known, as code and share of the spoken time."""
    model: str | None = None
    """The models that served, separated by commas, once the job has ended."""
    provider: str | None = None
    """The providers that served, likewise."""
    price: float | None = None
    """Dollars a minute, where the provider has a price of its own."""
    upload: UploadedRecording | None = None
    """The uploaded recording that the job translates, if it was made for one."""
    file_name: str | None = None
    """What the audio file was called where it came from; None if its URL is all that is known."""
    attempts: int = 0
    next_try: datetime | None = None
    last_error: dict[str, str] | None = None
    retries: int = 0
    """How often it went on after it had failed."""
    counted: int = 0
    """Milliseconds of ``paid`` that were counted when it failed the last time."""
    cached: bool = False
    """The translation was made for an earlier request of its owner's, and cost nothing."""
    answer: str | None = None
    """The key under which the translation is kept for later requests, too, if it is."""
    live_until: datetime | None = None
    """Until when a live session takes utterances, or took them; None if the job is none."""
    revision: int | None = None
    """Of the job's record: how often it was corrected. None if the job has no record."""

    @property
    def served(self) -> ServedBy:
        """What served, as far as it is known."""
        return ServedBy(self.model or "", self.provider or "", self.price)


def poll_seconds(job: Job, now: datetime) -> int:
    """Return after how many seconds it is worth to look at a job that has not ended, 2 to 60.

    That is a third of the time that is probably left: what is not translated at the pace up to now.
    While nothing is known, as much is left as has passed. A job that waits for its next try is not
    looked at before.
    """
    seconds = _SHARE * _seconds_left(job, now)
    if job.next_try is not None:
        seconds = max(seconds, (job.next_try - now).total_seconds() + 1)
    return math.ceil(min(max(seconds, _SHORTEST_POLL), _LONGEST_POLL))


def _seconds_left(job: Job, now: datetime) -> float:
    if job.live_until and job.status is JobStatus.RUNNING:
        return max(0.0, (job.live_until - now).total_seconds())
    passed = max(0.0, (now - (job.begun or job.arrived or job.created)).total_seconds())
    done, total = (job.audio_done, job.audio) if job.audio else (job.chunks_done, job.chunks)
    if job.status is not JobStatus.RUNNING or not done or not total:
        return passed
    return passed * max(0, total - done) / done
