"""What UploadFunction is made of, once per sandbox."""

import functools
import os
from datetime import timedelta

from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.recording_jobs import RecordingJobs
from audio_translation.jobs.slots import UPLOADS, Slots
from audio_translation.settings import Settings
from audio_translation.uploads.recording_storage import RecordingStorage
from audio_translation.uploads.write_results import WriteResults
from audio_translation.wiring.job_storage import job_management


@functools.cache
def upload_function() -> "UploadFunction":
    """Return the sandbox's one set, made at its first event."""
    return UploadFunction(Settings.from_environment(os.environ))


class UploadFunction:
    """What turns recordings in buckets into jobs, and telemetry."""

    def __init__(self, settings: Settings) -> None:
        clients = Clients()
        clients.make("s3", "dynamodb", "functions")
        jobs = job_management(settings, clients)
        buckets = RecordingStorage(clients)
        self.telemetry = Telemetry()
        self.recording_jobs = RecordingJobs(
            table=jobs.table,
            slots=Slots(clients, settings.job_table, UPLOADS, settings.upload_jobs_at_once),
            buckets=buckets,
            results=WriteResults(buckets),
            starter=jobs.starter,
            allow_loopback=settings.fetch_allow_loopback,
            retention=timedelta(days=settings.job_retention_days),
            formats=tuple(map(ResponseFormat, settings.upload_formats)),
            audio_folder=settings.audio_folder,
            defaults=jobs.defaults,
        )
