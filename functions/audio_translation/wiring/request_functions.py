"""What HttpFunction and InvokeFunction are made of, once per sandbox.

What a request may not need, or needs only after the audio is there, is imported and made when it
is first asked for.
"""

import functools
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.aws.save_source import SavedSources
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import InvalidRequest, NotFound
from audio_translation.jobs.direct_or_job import DirectOrJob
from audio_translation.jobs.management import JobManagement
from audio_translation.settings import Settings
from audio_translation.translation.direct import DirectTranslation
from audio_translation.translation.direct_limits import DirectLimits
from audio_translation.translation.engine import Engine
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import offered_models
from audio_translation.translation.request import TranslationOptions
from audio_translation.translation.retranslate import Retranslate, RetranslateFile
from audio_translation.wiring.job_storage import job_management
from audio_translation.wiring.lazy_decoder import LazyDecoder

if TYPE_CHECKING:
    from audio_translation.aws.idempotency_store import IdempotencyStore
    from audio_translation.download.download import Download


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
            retranslate=RetranslateFile(self._decoder, Retranslate(self._detector, self.telemetry)),
            limits=DirectLimits(
                max_bytes=settings.provider_max_audio_bytes,
                max_duration=settings.direct_max_seconds * 1000,
                jobs=bool(settings.job_function),
            ),
            saved_sources=SavedSources(
                Bucket(self._clients, settings.bucket), folder=settings.audio_folder
            ),
            telemetry=self.telemetry,
            work_folder=settings.work_folder,
            default_model=settings.default_model,
            default_price_per_minute=settings.price_per_minute_usd,
        )
        return DirectOrJob(
            direct,
            jobs=self.jobs if settings.job_function else None,
            download=self.download,
            telemetry=self.telemetry,
        )

    @functools.cached_property
    def download(self) -> "Download":
        """Audio by its URL, and checks of URLs; its libraries are imported here."""
        from audio_translation.download.download import Download

        return Download(self._settings, self._clients, max_bytes=self._settings.max_audio_bytes)

    @functools.cached_property
    def jobs(self) -> JobManagement:
        """What callers do with their jobs; raises NotFound where there are none."""
        if not self._settings.job_table:
            raise NotFound("There are no jobs here.")
        return job_management(self._settings, self._clients)

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

    @property
    def models(self) -> list[str]:
        """The models that a request may name."""
        configured = (self._settings.default_model, self._settings.transcription_model)
        return offered_models(configured, datetime.now(UTC).date())

    def model_asked(self, request: TranslationOptions) -> str:
        """Return the model that a request names, or the one for requests that name none."""
        return request.model or self._settings.default_model

    def warm_up(self) -> None:
        """Import and make everything that needs no secret, for a snapshot."""
        from audio_translation.wiring.engines import import_two_steps

        import_two_steps()
        self._engine.warm_up()
        self._detector.is_foreign("Hello.", "en")
        _ = self.direct_or_job, self.download.http.tls
        self._clients.make("s3")
        if self._settings.job_table:
            self._clients.make("dynamodb", "functions")
            _ = self.idempotency_store

    def _make_engine(self) -> Engine:
        from audio_translation.wiring.engines import make_engine

        return make_engine(
            self._settings, self._clients, decoder=self._decoder, telemetry=self.telemetry
        )
