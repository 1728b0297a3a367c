"""What a job leaves when it has succeeded: its result, files beside a recording, a record."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.jobs.job import Job
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.transcript import Translation
from audio_translation.translation.direct import Outcome
from audio_translation.uploads.write_results import UploadedRecording, WriteResults

if TYPE_CHECKING:
    from audio_translation.jobs.records.job_records import JobRecords


@dataclass(frozen=True)
class JobResults:
    """``beside`` writes beside uploaded recordings; ``records`` is None where there are none.

    The methods raise RateLimited or Internal.
    """

    files: JobFiles
    beside: WriteResults
    records: "JobRecords | None" = None

    def note_heard(self, job: Job, audio: Audio, deadline: Deadline) -> None:
        """Store which file a job has listened to, if it gets a record."""
        if records := self._records(job):
            records.note_heard(job, audio, deadline)

    def store(self, job: Job, translation: Translation) -> bool:
        """Store all that is made of a translation; return whether a record is beside the result.

        That of an uploaded recording is beside its translations.
        """
        asked, records = job.request, self._records(job)
        rendered = Outcome.of(translation, asked).rendered
        self.files.save_result(job, rendered)
        if job.upload:
            self._put_beside(job.upload, job, translation)
            return False
        if records:
            records.keep(job, translation, rendered)
        return records is not None

    def _put_beside(self, upload: UploadedRecording, job: Job, translation: Translation) -> None:
        records = self._records(job)
        written = self.beside.translated(
            upload,
            translation,
            job.request,
            extra=records.transcript(job, translation) if records else {},
        )
        if records and written:
            self.beside.add(upload, records.signed(job, translation, written))

    def _records(self, job: Job) -> "JobRecords | None":
        return self.records if job.request.record else None
