"""Puts together what turns uploaded recordings into jobs, once per sandbox."""

import functools
import os
from datetime import timedelta

from audio_translation.adapters.clients import Clients
from audio_translation.adapters.job_slots import JobSlots
from audio_translation.adapters.job_starter import JobStarter
from audio_translation.adapters.job_table import JobTable
from audio_translation.adapters.recordings import Recordings
from audio_translation.adapters.submitted_urls import check_callback_url
from audio_translation.adapters.telemetry import Telemetry
from audio_translation.domain.request import ResponseFormat, TranslationRequest
from audio_translation.settings import Settings
from audio_translation.usecases.beside import Beside
from audio_translation.usecases.uploads import Uploads


@functools.cache
def upload_service() -> "UploadService":
    """The sandbox's one service, made at its first event."""
    return UploadService(Settings.from_environment(os.environ))


class UploadService:
    """What the handler of uploads needs."""

    def __init__(self, settings: Settings) -> None:
        clients = Clients()
        recordings = Recordings(clients.s3)

        def check(request: TranslationRequest) -> None:
            if request.callback_url:
                check_callback_url(
                    request.callback_url, allow_loopback=settings.fetch_allow_loopback
                )

        self.telemetry = Telemetry()
        self.uploads = Uploads(
            table=JobTable(clients.dynamodb, table=settings.job_table),
            slots=JobSlots(
                clients.dynamodb, table=settings.job_table, slots=settings.upload_jobs_at_once
            ),
            recordings=recordings,
            beside=Beside(recordings),
            start=JobStarter(clients.functions, function=settings.job_function).start,
            check=check,
            retention=timedelta(days=settings.job_retention_days),
            formats=tuple(map(ResponseFormat, settings.upload_formats)),
            audio_folder=settings.audio_folder,
        )
