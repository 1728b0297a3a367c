"""What JobFunction is made of, once per sandbox.

Nobody waits for this function to start, and all of it is needed: everything is made at once.
"""

import functools
import os
import shutil
import socket

from audio_translation.audio.media import decoding
from audio_translation.aws.clients import Clients
from audio_translation.aws.eventbridge import EventBus
from audio_translation.aws.provider_key import SecretParameter
from audio_translation.aws.telemetry import Telemetry
from audio_translation.download.download import Download
from audio_translation.download.from_s3 import S3Download
from audio_translation.jobs.slots import JOBS, Slots
from audio_translation.jobs.steps.job_results import JobResults
from audio_translation.jobs.steps.job_source import JobSource
from audio_translation.jobs.steps.job_turn import JobTurn
from audio_translation.jobs.steps.notify import Notify
from audio_translation.jobs.steps.run_job import RunJob
from audio_translation.jobs.steps.webhook import WebhookSender
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.live.end_session import EndSession
from audio_translation.live.session_table import SessionTable
from audio_translation.live.utterance_files import UtteranceFiles
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.translate_chunk import TranslateChunk
from audio_translation.uploads.recording_storage import RecordingStorage
from audio_translation.uploads.write_results import WriteResults
from audio_translation.wiring.job_storage import job_management, kept_answers, saved_sources
from audio_translation.wiring.listening import listening
from audio_translation.wiring.providers.engines import Engines
from audio_translation.wiring.records import make_records

_PIECES_AT_ONCE = 4
"""Calls at once for one chunk in two steps; all chunks of the job have ``job_concurrency``."""

_WEBHOOK_SECONDS = 10.0
_WEBHOOK_SECRET_SECONDS = 300


@functools.cache
def job_function() -> "JobFunction":
    """Return the sandbox's one set, made at its first event."""
    return JobFunction(Settings.from_environment(os.environ))


class JobFunction:
    """The steps of a job, telling that it has ended, and telemetry."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        # Throttles pass: AWS is asked again for up to a minute, and then the step is run again.
        self._clients = Clients(
            read_seconds=20, attempts=8, connections=settings.job_concurrency + 10
        )
        self._clients.make("s3", "ssm", "dynamodb", "events")
        self._settings = settings
        self._download = Download(settings, self._clients, max_bytes=settings.max_job_audio_bytes)
        jobs = job_management(settings, self._clients)
        detector = LanguageDetector()
        engine = Engines(
            settings,
            self._clients,
            decoder=decoding,
            detector=detector,
            telemetry=self.telemetry,
            calls_at_once=settings.job_concurrency,
            pieces_at_once=_PIECES_AT_ONCE,
        )
        results = JobResults(
            jobs.files,
            WriteResults(RecordingStorage(self._clients)),
            make_records(settings, self._clients, jobs.files),
        )
        turn = JobTurn(
            table=jobs.table,
            source=self._source(jobs.files),
            kept=kept_answers(settings, self._clients, self.telemetry),
            pipeline=Pipeline(
                listening(settings, decoding),
                TranslateChunk(engine, decoding, detector, self.telemetry),
                at_once=settings.job_concurrency,
                call_seconds=settings.job_call_seconds,
            ),
            results=results,
            work_folder=settings.work_folder,
            default_model=settings.default_model,
            costs=CostLimits.of_settings(settings, self._clients, self.telemetry),
        )
        self.run = RunJob(
            table=jobs.table,
            slots=Slots(self._clients, settings.job_table, JOBS, settings.max_jobs_at_once),
            files=jobs.files,
            turn=turn,
            results=results,
            telemetry=self.telemetry,
            default_model=settings.default_model,
            costs=turn.costs,
        )
        self.live = EndSession(
            jobs=jobs,
            table=SessionTable(self._clients, settings.job_table),
            files=UtteranceFiles(jobs.files.bucket),
            default_model=settings.default_model,
            records=results.records,
        )
        self.notify = Notify(
            table=jobs.table,
            views=jobs.views,
            events=EventBus(self._clients, bus=settings.event_bus),
            webhooks=self._webhooks(),
        )
        shutil.rmtree(settings.work_folder, ignore_errors=True)  # a crash may have left files
        settings.work_folder.mkdir(parents=True, mode=0o700)

    def _source(self, files: JobFiles) -> JobSource:
        settings = self._settings
        return JobSource(
            download=self._download,
            # A bucket of uploads is read for its own recordings, not for whoever knows a key.
            uploads=S3Download(
                self._clients,
                buckets=frozenset({settings.bucket, settings.upload_bucket} - {""}),
                max_bytes=settings.max_job_audio_bytes,
            ),
            files=files,
            saved_sources=saved_sources(settings, self._clients),
            telemetry=self.telemetry,
        )

    def _webhooks(self) -> WebhookSender:
        secret = SecretParameter(
            self._clients,
            self.telemetry,
            parameter=self._settings.webhook_secret_parameter,
            cache_seconds=_WEBHOOK_SECRET_SECONDS,
        )
        return WebhookSender(
            secret=secret.current,
            seconds=_WEBHOOK_SECONDS,
            allow_loopback=self._settings.fetch_allow_loopback,
            resolve=socket.getaddrinfo,
            tls=lambda: self._download.http.tls,
        )
