"""The end of a live session: what was said in it becomes the translation of a finished job."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audio_translation.errors import ServiceError
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.management import JobManagement
from audio_translation.live.session_table import SessionTable
from audio_translation.live.utterance import Spoken
from audio_translation.live.utterance_files import UtteranceFiles
from audio_translation.transcript import milliseconds

if TYPE_CHECKING:
    from audio_translation.jobs.records.job_records import JobRecords

LIST = "utterances.json"
"""What a record calls the list of the utterances that were heard."""


@dataclass(frozen=True)
class EndSession:
    """The steps of a session's end, in the job function. They raise RateLimited or Internal."""

    jobs: JobManagement
    table: SessionTable
    files: UtteranceFiles
    default_model: str
    records: "JobRecords | None" = None

    def seconds_left(self, session_id: str) -> int:
        """Return for how long the session still takes utterances, 0 if it is over or gone."""
        job = self.jobs.table.find(session_id)
        if job is None or job.live_until is None or job.status is not JobStatus.RUNNING:
            return 0
        return max(0, math.ceil((job.live_until - datetime.now(UTC)).total_seconds()))

    def take(self, session_id: str, execution: str) -> bool:
        """Return whether this execution is the one that ends the session."""
        return self.table.take_end(session_id, execution)

    def is_silent(self, session_id: str) -> bool:
        """Return whether no utterance is being translated any more."""
        try:
            return self.table.under_way(session_id) == 0
        except ServiceError:
            return False

    def assemble(self, session_id: str) -> None:
        """Store what was said as the job's translation, unless the job is over."""
        job = self.jobs.table.find(session_id)
        if job is None or job.status is not JobStatus.RUNNING:
            return
        spoken = self.files.all(session_id)
        translation = spoken.translation(job, self.default_model, duration=_length(job))
        if self.records and job.request.record:
            self.records.note_list(job, LIST, _list(spoken))
        self.jobs.files.save_translation(session_id, translation)
        self.jobs.table.translated(
            session_id,
            duration=translation.duration,
            chunks=len(spoken.in_order()),
            paid=spoken.paid,
            warnings=translation.warnings,
            languages=translation.languages,
        )


def _length(job: Job) -> int:
    """Return the session's milliseconds."""
    until = job.live_until or job.created
    return milliseconds((until - job.created).total_seconds())


def _list(spoken: Spoken) -> bytes:
    """Return what was heard, by number: when, how many bytes, and their checksums."""
    heard = [
        {
            "seq": one.seq,
            "start": one.start,
            "end": one.end,
            "bytes": one.size,
            "sha256": one.sha256,
        }
        for one in sorted(spoken.utterances, key=lambda one: one.seq)
    ]
    return json.dumps(heard, separators=(",", ":")).encode()
