"""The adapters of a sandbox that answers requests, each made when it is first asked for."""

import functools
import socket
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audio_translation.domain.audio import FetchedFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import NotFound
from audio_translation.settings import Settings
from audio_translation.usecases.jobs import Jobs

if TYPE_CHECKING:
    from audio_translation.adapters.clients import Clients
    from audio_translation.adapters.fetch import Fetcher
    from audio_translation.adapters.idempotency import FirstAnswers
    from audio_translation.adapters.storage import Storage


class Adapters:
    """What reaches the world outside, as the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def warm_up(self) -> None:
        """Make everything that needs no secret."""
        _ = self._storage, self._http_fetcher.tls
        if self._settings.job_table:
            _ = self.jobs, self.aws.functions

    def fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        """Bring the audio of a URL into a folder; raises what its adapter raises."""
        if url[:5].lower() == "s3://":
            from audio_translation.adapters.submitted_urls import refuse_files_of_others

            refuse_files_of_others(url, self._settings.bucket)
            return self._storage.fetch(url, folder, deadline)
        return self._http_fetcher.fetch(url, folder, deadline)

    def save(self, path: Path, key: str, mime: str) -> str:
        """Keep a file in the stack's bucket; raises SourceNotSaved."""
        return self._storage.save(path, key, mime)

    def check_callback(self, url: str | None) -> None:
        """Raise UrlNotAllowed for an address that is told nothing; None is fine."""
        from audio_translation.adapters.submitted_urls import check_callback_url

        if url:
            check_callback_url(url, allow_loopback=self._settings.fetch_allow_loopback)

    def check_audio_url(self, url: str) -> None:
        """Raise UrlNotAllowed for an address that no job fetches."""
        from audio_translation.adapters.submitted_urls import check_audio_url

        check_audio_url(
            url,
            bucket=self._settings.bucket,
            allowed_buckets=self._settings.allowed_buckets,
            allow_loopback=self._settings.fetch_allow_loopback,
        )

    @functools.cached_property
    def jobs(self) -> Jobs:
        """What callers do with their jobs; raises NotFound where there are none."""
        if not self._settings.job_table:
            raise NotFound("There are no jobs here.")
        from audio_translation.adapters.job_files import JobFiles
        from audio_translation.adapters.job_starter import JobStarter
        from audio_translation.adapters.job_table import JobTable

        def start(job_id: str) -> None:
            JobStarter(self.aws.functions, function=self._settings.job_function).start(job_id)

        return Jobs(
            table=JobTable(self.aws.dynamodb, table=self._settings.job_table),
            files=JobFiles(self.aws.s3, bucket=self._settings.bucket),
            start=start,
            retention=timedelta(days=self._settings.job_retention_days),
            max_audio_bytes=self._settings.max_job_audio_bytes,
        )

    @functools.cached_property
    def first_answers(self) -> "FirstAnswers":
        from audio_translation.adapters.idempotency import FirstAnswers

        return FirstAnswers(self.aws.dynamodb, table=self._settings.job_table)

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
            self.aws.s3,
            bucket=self._settings.bucket,
            allowed_buckets=self._settings.allowed_buckets,
            max_bytes=self._settings.max_audio_bytes,
        )

    @functools.cached_property
    def aws(self) -> "Clients":
        from audio_translation.adapters.clients import Clients

        return Clients()
