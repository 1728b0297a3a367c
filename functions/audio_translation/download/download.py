"""Downloads of audio by URL: over HTTP from public addresses, or from S3."""

import socket
from pathlib import Path

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.aws.bucket_keys import is_s3
from audio_translation.aws.clients import Clients
from audio_translation.deadline import Deadline
from audio_translation.download import request_url_checks
from audio_translation.download.arrival import fetched_early
from audio_translation.download.from_s3 import S3Download
from audio_translation.download.from_url import HttpDownload
from audio_translation.settings import Settings


class Download:
    """Downloads from the hosts and buckets in the settings, up to ``max_bytes`` for each file."""

    def __init__(self, settings: Settings, clients: Clients, *, max_bytes: int) -> None:
        self._own_bucket = settings.bucket
        self._buckets = frozenset({settings.bucket, *settings.allowed_buckets} - {""})
        self._allow_loopback = settings.fetch_allow_loopback
        self._s3 = S3Download(clients, buckets=self._buckets, max_bytes=max_bytes)
        self.http = HttpDownload(
            max_bytes=max_bytes,
            connect_seconds=settings.fetch_connect_seconds,
            total_seconds=settings.fetch_total_seconds,
            allow_loopback=settings.fetch_allow_loopback,
            resolve=socket.getaddrinfo,
        )

    def fetch(
        self, url: str, folder: Path, deadline: Deadline, *, own_job: str = ""
    ) -> FetchedFile:
        """Download the audio at ``url`` to a new file in ``folder``; a large one goes on arriving.

        ``own_job`` is the id of a job, which may read the audio that was uploaded for it. Raises
        UrlNotAllowed, AudioNotRetrievable or AudioTooLarge.
        """
        source: S3Download | HttpDownload = self.http
        if is_s3(url):
            request_url_checks.refuse_files_of_others(url, self._own_bucket, own_job=own_job)
            source = self._s3
        return fetched_early(lambda arrival: source.fetch(url, folder, deadline, arrival))

    def check_audio_url(self, url: str) -> None:
        """Raise UrlNotAllowed for a URL that is not allowed; nothing is resolved or downloaded."""
        request_url_checks.check_audio_url(
            url,
            own_bucket=self._own_bucket,
            buckets=self._buckets,
            allow_loopback=self._allow_loopback,
        )

    def check_callback_url(self, url: str | None) -> None:
        """Raise UrlNotAllowed for a callback URL that is not allowed; None is allowed."""
        request_url_checks.check_callback_url(url, allow_loopback=self._allow_loopback)
