"""Where the owner of a job reads its record."""

from datetime import datetime

from pydantic import BaseModel

from audio_translation.jobs.job import Job
from audio_translation.jobs.storage.job_files import JobFiles


class PreviousRecord(BaseModel):
    """The record, and its signature, of what a correction has replaced."""

    url: str
    signatureUrl: str  # noqa: N815


class RecordLinks(BaseModel):
    """Where the signed record is until `expires`, its signature, and the transcript (html).

    `revision` counts corrections; `previous` is the record before the last one. Check them with
    the key at `GET /record/key`.
    """

    url: str
    signatureUrl: str  # noqa: N815
    transcriptUrl: str  # noqa: N815
    expires: datetime
    revision: int
    previous: PreviousRecord | None


def record_links(files: JobFiles, job: Job, *, seconds: int) -> RecordLinks | None:
    """Return links to a job's record, good for at most ``seconds``; None if it has none.

    Raises RateLimited or Internal.
    """
    if job.revision is None:
        return None
    links = files.record_links(job.id, job.revision, seconds=seconds)
    record, signature, transcript, *before = links
    return RecordLinks(
        url=record.url,
        signatureUrl=signature.url,
        transcriptUrl=transcript.url,
        expires=min(link.expires for link in links),
        revision=job.revision,
        previous=PreviousRecord(url=before[0].url, signatureUrl=before[1].url) if before else None,
    )
