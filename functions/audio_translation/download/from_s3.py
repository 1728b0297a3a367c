"""Downloads from S3: ``s3://bucket/key``, from the allowed buckets."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audio_translation.audio.arriving_file import write_all
from audio_translation.audio.audio_file import FetchedFile
from audio_translation.aws.bucket_keys import bucket_and_key
from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, may_pass, service_error
from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM
from audio_translation.download.arrival import Arrival
from audio_translation.download.request_url_checks import check_bucket
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge, ServiceError

_PIECE = 1024 * 1024
_CONTINUATIONS = 4
"""So often a download that broke off goes on from where it was; botocore does not do that."""
_LEAST_SECONDS = 8.0
"""With less time left it is not begun again: S3 may take so long to say that it fails."""
_REPLACED = {"412", "PreconditionFailed"}


@dataclass(frozen=True)
class S3Download:
    """Downloads objects of at most ``max_bytes`` from ``buckets``."""

    clients: Clients
    buckets: frozenset[str]
    max_bytes: int

    def fetch(self, url: str, folder: Path, deadline: Deadline, arrival: Arrival) -> FetchedFile:
        """Download ``s3://bucket/key`` to a file in ``folder``; %-escapes in keys are not decoded.

        ``arrival`` is told how far it is. Raises UrlNotAllowed, AudioTooLarge, AudioNotRetrievable
        for what S3 will go on to refuse, and RateLimited or Internal for what may pass.
        """
        check_bucket(url, self.buckets)
        bucket, key = bucket_and_key(url)
        if not key:
            raise AudioNotRetrievable("The s3:// URL names no key.", param=PARAM)
        path = folder / "source"
        try:
            with _S3Object(self.clients, bucket, key, deadline) as source:
                return self._saved(source, path, PurePosixPath(key).name, deadline, arrival)
        except AWS_ERRORS as error:
            raise _told(error) from error

    def _saved(
        self, source: "_S3Object", path: Path, name: str, deadline: Deadline, arrival: Arrival
    ) -> FetchedFile:
        if source.size > self.max_bytes:
            raise AudioTooLarge(
                f"The audio is larger than {self.max_bytes / 2**20:.4g} MiB, the most we take.",
                param=PARAM,
            )
        digest = hashlib.sha256()
        with path.open("wb", buffering=0) as file:
            for piece in source.pieces():
                write_all(file, piece)
                digest.update(piece)
                arrival.told(path, source.size, name, file.tell())
                if not deadline.left():
                    raise AudioNotRetrievable(
                        "The object could not be read in time.", param=PARAM, slow=True
                    )
            return FetchedFile(path, file.tell(), name, sha256=digest.hexdigest())


class _S3Object:
    """One version of an object, from its first byte to its last, though connections break off."""

    def __init__(self, clients: Clients, bucket: str, key: str, deadline: Deadline) -> None:
        self._s3 = clients.s3
        self._bucket, self._key = bucket, key
        self._deadline = deadline
        self._there = 0
        self._answer = self._s3.get_object(Bucket=bucket, Key=key)
        self.size = self._answer["ContentLength"]
        self._left = _CONTINUATIONS

    def __enter__(self) -> "_S3Object":
        return self

    def __exit__(self, *_: object) -> None:
        self._answer["Body"].close()

    def pieces(self) -> Iterator[bytes]:
        """Yield the content; raises botocore's errors when S3 fails too often, or for too long."""
        while True:
            try:
                for piece in self._answer["Body"].iter_chunks(_PIECE):
                    self._there += len(piece)
                    yield piece
            except AWS_ERRORS as error:
                self._go_on_after(error)
            else:
                return

    def _go_on_after(self, error: Exception) -> None:
        """Ask for the rest; raises ``error`` if that is not to be had."""
        self._answer["Body"].close()
        self._left -= 1
        if self._left < 0 or self._deadline.left() < _LEAST_SECONDS:
            raise error
        self._answer = self._s3.get_object(
            Bucket=self._bucket,
            Key=self._key,
            Range=f"bytes={self._there}-",
            IfMatch=self._answer["ETag"],
        )
        if not self._answer.get("ContentRange", "").startswith(f"bytes {self._there}-"):
            raise error


def _told(error: Exception) -> ServiceError:
    """Return what a caller is told: of S3's own trouble that it may pass."""
    if may_pass(error):
        return service_error(error, "bucket of the audio")
    if error_code(error) in _REPLACED:
        return AudioNotRetrievable(
            "The object was replaced while it was read.", param=PARAM, passes=True
        )
    return AudioNotRetrievable(
        f"The object at this s3:// URL cannot be read ({error_code(error)}).", param=PARAM
    )
