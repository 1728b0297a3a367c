"""Makes a job for each recording that is put into a bucket, and limits how many run at once."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.aws.bucket_keys import has_room_for_results, job_of_source
from audio_translation.deadline import Deadline
from audio_translation.download.request_url_checks import check_callback_url
from audio_translation.errors import AudioNotRetrievable, ServiceError
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.jobs.slots import Slots
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.uploads.object_created import ObjectCreated, Recording
from audio_translation.uploads.options import (
    misspelt_in_metadata,
    options_files,
    options_in_file,
    options_in_metadata,
    requested,
)
from audio_translation.uploads.recording_storage import RecordingStorage
from audio_translation.uploads.write_results import UploadedRecording, WriteResults

OWNER = "uploads"
"""The owner of these jobs: no API key made them, so no caller of the API sees them."""

_LOOK_SECONDS = 1.0


class NoSlot(Exception):
    """The limit of jobs at once is reached; the event must be delivered again."""


class NoRoom(Exception):
    """The recording's key is too long: the keys of its results would exceed S3's limit."""


@dataclass(frozen=True)
class RecordingJobs:
    """Handles events of created objects; the same event may come any number of times.

    Raises NoSlot, RateLimited and Internal: then the event must be delivered again. What is wrong
    with a recording or its options is written beside it as an ``.error.json``.
    """

    table: JobTable
    slots: Slots
    buckets: RecordingStorage
    results: WriteResults
    starter: JobStarter
    allow_loopback: bool
    retention: timedelta
    formats: tuple[ResponseFormat, ...]
    audio_folder: str
    defaults: StackDefaults = field(default_factory=StackDefaults)

    def created(self, event: ObjectCreated, deadline: Deadline) -> None:
        """Start a job for a recording, or the job of POST /uploads that waits for this audio."""
        job_id = job_of_source(event.key)
        if job_id is not None:
            self._start_waiting(job_id)
        elif event.is_recording(self.audio_folder):
            self._translate(event, deadline)

    def _start_waiting(self, job_id: str) -> None:
        """Start the job of POST /uploads whose audio has arrived; it needs no slot."""
        job = self.table.find(job_id)
        if job is not None and job.status is JobStatus.QUEUED:
            self.table.arrived(job_id)
            self.starter.start(job_id)

    def _translate(self, event: ObjectCreated, deadline: Deadline) -> None:
        if not has_room_for_results(event.key):
            raise NoRoom
        try:
            recording = self.buckets.find(event.bucket, event.key)
        except AudioNotRetrievable as error:
            self._refuse(event, "", error)
            return
        if recording is None or recording.etag != event.etag:  # gone, or replaced
            return
        job_id = event.job_id(recording)
        job = self.table.find(job_id) or self._job(job_id, event, recording)
        if job is None or job.status is not JobStatus.QUEUED:
            return
        self._wait_for_slot(job_id, deadline)
        try:
            self.starter.start(job_id)
        except Exception:
            self.slots.give_back([job_id])
            raise

    def _job(self, job_id: str, event: ObjectCreated, recording: Recording) -> Job | None:
        """Make the job; None if its options are wrong, which is written beside the recording."""
        try:
            request, formats = requested(event.url, self._options(event, recording), self.formats)
            request = self.defaults.applied(request)
            check_callback_url(request.callback_url, allow_loopback=self.allow_loopback)
        except ServiceError as error:
            if error.status >= 500 or error.retry_after:
                raise
            self._refuse(event, recording.version, error)
            return None
        now = datetime.now(UTC)
        job = Job(
            id=job_id,
            owner=OWNER,
            request=request,
            created=now,
            updated=now,
            expires=now + self.retention,
            upload=self._upload(event, recording.version, formats).model_copy(
                update={"warnings": misspelt_in_metadata(recording.metadata)}
            ),
        )
        self.table.create(job)
        return job

    def _refuse(self, event: ObjectCreated, version: str, error: ServiceError) -> None:
        upload = self._upload(event, version, self.formats)
        self.results.failed(upload, error.envelope()["error"])

    def _upload(
        self, event: ObjectCreated, version: str, formats: tuple[ResponseFormat, ...]
    ) -> UploadedRecording:
        return UploadedRecording(
            bucket=event.bucket, key=event.key, version=version, formats=formats
        )

    def _options(self, event: ObjectCreated, recording: Recording) -> dict[str, Any]:
        """Return the folder's options, overridden by the object's own."""
        folder: dict[str, Any] = {}
        for key in options_files(event.key):
            content = self.buckets.options(event.bucket, key)
            if content is not None:
                folder = options_in_file(content)
                break
        return folder | options_in_metadata(recording.metadata)

    def _wait_for_slot(self, job_id: str, deadline: Deadline) -> None:
        while not self.slots.take_of_ended(job_id, self.table):
            if deadline.left() <= _LOOK_SECONDS:
                raise NoSlot
            time.sleep(_LOOK_SECONDS)
