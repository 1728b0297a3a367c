"""What HttpFunction and InvokeFunction are made of, once per sandbox.

What a request may not need, or needs only after the audio is there, is imported and made when it
is first asked for.
"""

import functools
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import InvalidRequest, NotFound, ServiceError
from audio_translation.jobs.direct_or_job import DirectOrJob
from audio_translation.jobs.job_retry import JobRetry
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.direct import DirectTranslation
from audio_translation.translation.engine import Engine
from audio_translation.translation.fields.subtitle_rules import default_rules
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import Model, model_named, offered_models
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.request import TranslationOptions
from audio_translation.translation.translate_chunk import TranslateChunk
from audio_translation.wiring.job_storage import job_management, kept_answers, saved_sources
from audio_translation.wiring.lazy_decoder import LazyDecoder
from audio_translation.wiring.listening import listening

if TYPE_CHECKING:
    from audio_translation.aws.example_recording import ExampleRecording
    from audio_translation.aws.idempotency_store import IdempotencyStore
    from audio_translation.aws.record_key import RecordKey
    from audio_translation.download.download import Download
    from audio_translation.engines.chain.provider_states import ProviderStates
    from audio_translation.engines.text_translation import TextTranslation
    from audio_translation.jobs.records.corrections import Corrections
    from audio_translation.live.live_sessions import LiveSessions
    from audio_translation.practice.practice import Practice
    from audio_translation.wiring.providers.engines import Engines


@functools.cache
def request_functions() -> "RequestFunctions":
    """Return the sandbox's one set, made at its first request."""
    return RequestFunctions(Settings.from_environment(os.environ))


class RequestFunctions:
    """The use cases of requests, with all that they need."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        self._settings = settings
        self._clients = Clients()
        self._costs = CostLimits.of_settings(settings, self._clients, self.telemetry)
        self._decoder = LazyDecoder()
        self._detector = LanguageDetector()
        self._engine = LazyEngine(self._make_engine)
        shutil.rmtree(settings.work_folder, ignore_errors=True)  # a crash may have left files
        settings.work_folder.mkdir(parents=True, mode=0o700)

    @functools.cached_property
    def direct_or_job(self) -> DirectOrJob:
        """What answers requests for a translation."""
        settings = self._settings
        direct = DirectTranslation(
            engine=self._engine,
            pipeline=self._pipeline(),
            max_duration=settings.direct_max_seconds * 1000,
            estimates=bool(settings.job_function),
            saved_sources=saved_sources(settings, self._clients),
            kept=kept_answers(settings, self._clients, self.telemetry),
            telemetry=self.telemetry,
            default_model=settings.default_model,
            costs=self._costs,
        )
        jobs = self.jobs if settings.job_function else None
        without_jobs = StackDefaults(subtitles=default_rules(settings.subtitles))
        return DirectOrJob(
            direct,
            jobs=jobs,
            download=self.download,
            telemetry=self.telemetry,
            work_folder=settings.work_folder,
            defaults=jobs.defaults if jobs else without_jobs,
        )

    @functools.cached_property
    def practice(self) -> "Practice":
        """What compares recordings with what is to be said in them."""
        from audio_translation.practice.practice import Practice

        return Practice(
            engine=self._engine,
            pipeline=self._pipeline(),
            detector=self._detector,
            texts=self._make_texts,
            telemetry=self.telemetry,
            work_folder=self._settings.work_folder,
            default_model=self._settings.default_model,
            costs=self._costs,
        )

    @functools.cached_property
    def download(self) -> "Download":
        """Audio by its URL, and checks of URLs; its libraries are imported here."""
        from audio_translation.download.download import Download

        return Download(self._settings, self._clients, max_bytes=self._settings.max_audio_bytes)

    @functools.cached_property
    def example_recording(self) -> "ExampleRecording":
        """The recording that examples of requests name."""
        from audio_translation.aws.example_recording import ExampleRecording

        bucket = Bucket(self._clients, self._settings.bucket)
        return ExampleRecording(bucket, folder=self._settings.audio_folder)

    @functools.cached_property
    def jobs(self) -> JobManagement:
        """What callers do with their jobs; raises NotFound where there are none."""
        if not self._settings.job_table:
            raise NotFound("There are no jobs here.")
        return job_management(self._settings, self._clients)

    @property
    def job_retry(self) -> JobRetry:
        """What has failed jobs go on; raises NotFound where there are no jobs."""
        return JobRetry(self.jobs.table, self.jobs.starter, self.jobs.retention)

    @functools.cached_property
    def live(self) -> "LiveSessions":
        """What callers do with live sessions; raises NotFound where there are no jobs."""
        from audio_translation.wiring.live import make_live_sessions

        if not self._settings.job_function:
            raise NotFound("There are no live sessions here, because nothing becomes a job.")
        direct = self.direct_or_job.direct
        return make_live_sessions(self._settings, self._clients, self.jobs, direct)

    @functools.cached_property
    def record_key(self) -> "RecordKey":
        """The key that signs records; raises NotFound where there is none."""
        from audio_translation.wiring.records import make_record_key

        return make_record_key(self._settings, self._clients)

    @functools.cached_property
    def corrections(self) -> "Corrections":
        """What corrects jobs; raises NotFound where there are none."""
        from audio_translation.wiring.records import make_corrections

        return make_corrections(self._settings, self._clients, self.jobs, self._make_texts)

    @functools.cached_property
    def idempotency_store(self) -> "IdempotencyStore":
        """The first answers to Idempotency-Keys; raises InvalidRequest where none are kept."""
        if not self._settings.job_table:
            raise InvalidRequest(
                "This service remembers no Idempotency-Key: leave it out.",
                param="Idempotency-Key",
            )
        from audio_translation.aws.idempotency_store import IdempotencyStore

        return IdempotencyStore(self._clients, table=self._settings.job_table)

    @functools.cached_property
    def files_origin(self) -> str:
        """The origin of links to the bucket, as browsers write it; empty where there is none."""
        if not self._settings.bucket:
            return ""
        link = urlsplit(Bucket(self._clients, self._settings.bucket).link("page", seconds=1).url)
        return f"{link.scheme}://{link.netloc}"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins whose pages may call the API."""
        return self._settings.allowed_origins

    def models(self) -> list[Model]:
        """Return the models that a request may name; their servers are asked for the ends."""
        self._provider_engine.learn_dates()
        configured = (self._settings.default_model, self._settings.transcription_model)
        return offered_models(configured, datetime.now(UTC).date(), self._provider_engine.ends)

    def provider_states(self) -> "ProviderStates":
        """Return how each provider answers; nothing is paid."""
        return self._provider_engine.states()

    def model_asked(self, request: TranslationOptions) -> Model:
        """Return the model that a request names, or the one for requests that name none.

        Its end is the one that its server told, if an engine has asked for it already.
        """
        model = model_named(request.model or self._settings.default_model)
        made = self.__dict__.get("_provider_engine")
        return replace(model, ends=made.ends(model.name)) if made else model

    def warm_up(self) -> None:
        """Import and make everything that needs no secret, for a snapshot."""
        from audio_translation.wiring.providers.engines import import_two_steps

        import_two_steps()
        self._decoder.import_now()
        with suppress(ServiceError):  # a list of providers may be there when it is needed
            self._engine.warm_up()
        self._detector.is_foreign("Hello.", "en")
        _ = self.direct_or_job, self.download.http.tls
        self._clients.make("s3")
        if self._settings.job_table:
            self._clients.make("dynamodb", "functions")
            _ = self.idempotency_store

    def _pipeline(self) -> Pipeline:
        return Pipeline(
            listening(self._settings, self._decoder),
            TranslateChunk(self._engine, self._decoder, self._detector, self.telemetry),
            at_once=self._settings.job_concurrency,
        )

    def _make_engine(self) -> Engine:
        self._decoder.import_now()  # while the audio is downloaded
        self._provider_engine.warm_up()
        return self._provider_engine

    def _make_texts(self) -> "TextTranslation":
        return self._provider_engine.steps().text_translation()

    @functools.cached_property
    def _provider_engine(self) -> "Engines":
        from audio_translation.wiring.providers.engines import Engines

        return Engines(
            self._settings,
            self._clients,
            decoder=self._decoder,
            detector=self._detector,
            telemetry=self.telemetry,
        )
