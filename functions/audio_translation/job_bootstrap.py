"""Puts the job function together, once per sandbox.

Nobody waits for this function to start, and all of it is needed: everything is made at once.
"""

import functools
import os
import socket
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import boto3
from aws_lambda_powertools.utilities.parameters import SSMProvider
from botocore.config import Config

from audio_translation.adapters import media
from audio_translation.adapters.events import Events
from audio_translation.adapters.fetch import Fetcher
from audio_translation.adapters.job_folder import JobFolder
from audio_translation.adapters.job_table import JobTable
from audio_translation.adapters.language import is_foreign
from audio_translation.adapters.recordings import Recordings
from audio_translation.adapters.storage import Storage
from audio_translation.adapters.submitted_urls import refuse_files_of_others
from audio_translation.adapters.telemetry import Telemetry
from audio_translation.adapters.webhook import Webhooks
from audio_translation.bootstrap import service
from audio_translation.domain.audio import AudioType, FetchedFile
from audio_translation.domain.chunking import longest
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import SourceNotSaved, UnsupportedAudio
from audio_translation.domain.job import Job
from audio_translation.domain.models import price_per_minute
from audio_translation.domain.sniff import sniff
from audio_translation.engine_bootstrap import make_engine
from audio_translation.settings import Settings
from audio_translation.usecases.beside import Beside
from audio_translation.usecases.notify import Notify
from audio_translation.usecases.run_job import Limits, RunJob
from audio_translation.usecases.translate import dated_key, safe_name
from audio_translation.usecases.translate_chunk import TranslateChunk

_LONGEST_CHUNK = 300_000
"""Milliseconds; Whisper on one machine needs 0.7 GB of memory for so much."""

_SPANS_AT_ONCE = 4
"""Of a chunk in two steps; all chunks of the job together have ``job_concurrency`` calls."""

_WEBHOOK_SECONDS = 10.0


@functools.cache
def job_service() -> "JobService":
    """The sandbox's one service, made at its first event."""
    return JobService(Settings.from_environment(os.environ))


class JobService:
    """What the job's handler needs: the steps, telling, and telemetry."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        self.concurrency = settings.job_concurrency
        self._settings = settings
        service()  # made now, because it empties the work folder
        session = boto3.Session()
        # Throttles pass: AWS is asked again for up to a minute, and then the step is run again.
        config = Config(
            connect_timeout=2,
            read_timeout=20,
            max_pool_connections=settings.job_concurrency + 10,
            retries={"mode": "standard", "total_max_attempts": 8},
        )
        s3, self._ssm = session.client("s3", config=config), session.client("ssm", config=config)
        table = JobTable(session.client("dynamodb", config=config), table=settings.job_table)
        events = Events(session.client("events", config=config), bus=settings.event_bus)
        storage = partial(
            Storage, s3, bucket=settings.bucket, max_bytes=settings.max_job_audio_bytes
        )
        self._storage = storage(allowed_buckets=settings.allowed_buckets)
        # A bucket of uploads is read for its own recordings, not for whoever knows a key.
        self._uploads = storage(allowed_buckets=(settings.upload_bucket,))
        self._fetcher = Fetcher(
            max_bytes=settings.max_job_audio_bytes,
            connect_seconds=settings.fetch_connect_seconds,
            total_seconds=settings.fetch_total_seconds,
            allow_loopback=settings.fetch_allow_loopback,
            resolve=socket.getaddrinfo,
        )
        engine = make_engine(
            settings,
            ssm=self._ssm,
            media=media,
            took_over=self.telemetry.successor_served,
            calls_at_once=settings.job_concurrency,
            spans_at_once=_SPANS_AT_ONCE,
        )
        self.run = RunJob(
            table=table,
            files=JobFolder(s3, bucket=settings.bucket),
            media=media,
            fetch=self._fetch,
            keep_source=self._keep_source,
            translate=TranslateChunk(engine, media, is_foreign, self.telemetry.crashed),
            beside=Beside(Recordings(s3)),
            ended=self._ended,
            work_folder=settings.work_folder,
            default_model=settings.default_model,
            limits=_limits(settings),
        )
        self.notify = Notify(
            find=table.find, show=_shown, put=events.put, send=self._webhooks().send
        )

    def _webhooks(self) -> Webhooks:
        secret = SSMProvider(boto3_client=self._ssm)
        parameter = self._settings.webhook_secret_parameter
        return Webhooks(
            secret=lambda: str(secret.get(parameter, decrypt=True, max_age=300)).strip(),
            seconds=_WEBHOOK_SECONDS,
            allow_loopback=self._settings.fetch_allow_loopback,
            resolve=socket.getaddrinfo,
            tls=lambda: self._fetcher.tls,
        )

    def _fetch(self, job: Job, folder: Path, deadline: Deadline) -> FetchedFile:
        url = job.request.audio_file_url
        if url[:5].lower() != "s3://":
            return self._fetcher.fetch(url, folder, deadline)
        if job.upload is not None:
            return self._uploads.fetch(url, folder, deadline)
        refuse_files_of_others(url, self._settings.bucket, own=job.id)
        return self._storage.fetch(url, folder, deadline)

    def _keep_source(self, fetched: FetchedFile, job: Job) -> None:
        try:
            with fetched.path.open("rb") as file:
                kind = sniff(file)
        except UnsupportedAudio:  # ffmpeg knows more than we do
            suffix = PurePosixPath(fetched.name).suffix
            kind = AudioType(suffix[1:9] or "bin", "application/octet-stream")
        key = dated_key(self._settings.audio_folder, job.created.date(), job.id)
        try:
            self._storage.save(
                fetched.path, key(safe_name(fetched.name, kind.extension)), kind.mime
            )
        except SourceNotSaved as error:
            self.telemetry.source_not_saved(str(error))

    def _ended(self, job: Job, untranslated: int) -> None:
        price = price_per_minute(job.model or "", self._settings.price_per_minute_usd)
        dollars = job.audio_done / 60_000 * price
        self.telemetry.job_ended(job, dollars=dollars, untranslated=untranslated)


def _shown(job: Job) -> dict[str, Any]:
    """The job as ``GET /jobs/{id}`` has it."""
    return service().jobs.view(job).model_dump(mode="json")


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_duration=round(settings.max_job_audio_hours * 3_600_000),
        chunk_target=settings.chunk_target_seconds * 1000,
        chunk_limit=min(longest(settings.provider_max_audio_bytes), _LONGEST_CHUNK),
        call_seconds=settings.job_call_seconds,
    )
