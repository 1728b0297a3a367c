"""Puts the service together, once per sandbox; the only place with lazy imports.

What a request may not need, or needs only after the audio is there, is imported and made when it
is first asked for: ``openai`` takes longer to import than everything else together, so that
happens in a thread while the audio downloads.
"""

import functools
import os
import shutil
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audio_translation.adapters.telemetry import Telemetry
from audio_translation.domain.audio import FetchedFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine
from audio_translation.domain.errors import Internal, ServiceError
from audio_translation.domain.request import TranslationRequest
from audio_translation.settings import Settings
from audio_translation.usecases.translate import Outcome, dated_key, translate

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

    from audio_translation.adapters.fetch import Fetcher
    from audio_translation.adapters.secrets import Secrets
    from audio_translation.adapters.storage import Storage

_RESERVE_SECONDS = 1.0
"""Kept back from the time that Lambda leaves us, to answer in."""


@functools.cache
def service() -> "Service":
    """The sandbox's one service, made at its first request."""
    return Service(Settings.from_environment(os.environ))


class Service:
    """Settings, telemetry and adapters, and the use cases with all of that filled in."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        self._settings = settings
        self._aws_lock = threading.Lock()
        self._engine: Future[Engine] | None = None
        shutil.rmtree(settings.work_folder, ignore_errors=True)  # a crash may have left files
        settings.work_folder.mkdir(parents=True, mode=0o700)

    def translate(
        self, request: TranslationRequest, *, request_id: str, seconds_left: float
    ) -> Outcome:
        """Translate, log and count; ``seconds_left`` is what the invocation has.

        Raises ServiceError and nothing else.
        """
        try:
            outcome = self._translate(request, request_id, seconds_left)
        except ServiceError:
            raise
        except Exception as error:
            raise self._internal(error) from error
        self.telemetry.translated(
            request.audio_file_url,
            audio_time=outcome.audio_time,
            provider_time=outcome.provider_time,
            dollars=outcome.audio_time / 60_000 * self._settings.price_per_minute_usd,
        )
        if outcome.source_error:
            self.telemetry.source_not_saved(outcome.source_error)
        return outcome

    def failed(self, error: Exception) -> ServiceError:
        """Log and count what a caller is going to be told."""
        known = error if isinstance(error, ServiceError) else self._internal(error)
        self.telemetry.failed(known)
        return known

    def _internal(self, error: Exception) -> Internal:
        self.telemetry.crashed(error)
        return Internal("Something went wrong on our side. The log has it under the request id.")

    def _translate(
        self, request: TranslationRequest, request_id: str, seconds_left: float
    ) -> Outcome:
        engine = self._begin_engine()
        return translate(
            request,
            fetch=self._fetch,
            engine=engine.result,
            save=self._save,
            work_folder=self._settings.work_folder,
            default_model=self._settings.default_model,
            source_key=dated_key(self._settings.audio_folder, datetime.now(UTC).date(), request_id),
            deadline=Deadline.after(seconds_left - _RESERVE_SECONDS),
        )

    def warm_up(self) -> None:
        """Import and make everything that needs no secret, for a snapshot."""
        self._begin_engine().result()
        _ = self._storage, self._http_fetcher.tls

    def _begin_engine(self) -> "Future[Engine]":
        """Start making the engine in a thread unless that was done, and did not fail, before."""
        if self._engine is None or (self._engine.done() and self._engine.exception()):
            pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
            self._engine = pool.submit(self._make_engine)
            pool.shutdown(wait=False)
        return self._engine

    def _make_engine(self) -> Engine:
        from audio_translation.adapters.provider import provider_client
        from audio_translation.engines.openai_translations import OpenAITranslations

        secrets = self._secrets
        return OpenAITranslations(
            provider_client(self._settings.provider_base_url, secrets.provider_key),
            refresh_key=secrets.refresh_provider_key,
            max_audio_bytes=self._settings.provider_max_audio_bytes,
        )

    def _fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        if url[:5].lower() == "s3://":
            return self._storage.fetch(url, folder, deadline)
        return self._http_fetcher.fetch(url, folder, deadline)

    def _save(self, path: Path, key: str, mime: str) -> str:
        return self._storage.save(path, key, mime)

    @functools.cached_property
    def _http_fetcher(self) -> "Fetcher":
        from audio_translation.adapters.fetch import Fetcher

        return Fetcher(
            max_bytes=self._settings.max_audio_bytes,
            connect_seconds=self._settings.fetch_connect_seconds,
            total_seconds=self._settings.fetch_total_seconds,
            allow_loopback=self._settings.fetch_allow_loopback,
            resolve=socket.getaddrinfo,
        )

    @functools.cached_property
    def _storage(self) -> "Storage":
        from audio_translation.adapters.storage import Storage

        return Storage(
            self._s3,
            bucket=self._settings.bucket,
            allowed_buckets=self._settings.allowed_buckets,
            max_bytes=self._settings.max_audio_bytes,
        )

    @functools.cached_property
    def _secrets(self) -> "Secrets":
        from audio_translation.adapters.secrets import Secrets

        return Secrets(
            self._ssm,
            parameter=self._settings.api_key_parameter,
            cache_seconds=self._settings.api_key_cache_seconds,
        )

    @functools.cached_property
    def _ssm(self) -> "SSMClient":
        with self._aws_lock:
            return self._session.client("ssm", config=self._aws_config)

    @functools.cached_property
    def _s3(self) -> "S3Client":
        with self._aws_lock:
            return self._session.client("s3", config=self._aws_config)

    @functools.cached_property
    def _session(self) -> "boto3.Session":
        import boto3

        return boto3.Session()

    @functools.cached_property
    def _aws_config(self) -> "Config":
        from botocore.config import Config

        return Config(
            connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
        )
