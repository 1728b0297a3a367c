"""Downloads from S3: ``s3://bucket/key``, from the allowed buckets."""

import hashlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audio_translation.audio.arriving_file import write_all
from audio_translation.audio.audio_file import FetchedFile
from audio_translation.aws.bucket_keys import bucket_and_key
from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, may_pass
from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM
from audio_translation.download.arrival import Arrival
from audio_translation.download.request_url_checks import check_bucket
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class S3Download:
    """Downloads objects of at most ``max_bytes`` from ``buckets``."""

    clients: Clients
    buckets: frozenset[str]
    max_bytes: int

    def fetch(self, url: str, folder: Path, deadline: Deadline, arrival: Arrival) -> FetchedFile:
        """Download ``s3://bucket/key`` to a file in ``folder``; %-escapes in keys are not decoded.

        ``arrival`` is told how far it is. Raises UrlNotAllowed, AudioNotRetrievable or
        AudioTooLarge.
        """
        check_bucket(url, self.buckets)
        bucket, key = bucket_and_key(url)
        if not key:
            raise AudioNotRetrievable("The s3:// URL names no key.", param=PARAM)
        try:
            return self._download(bucket, key, folder / "source", deadline, arrival)
        except AWS_ERRORS as error:
            raise AudioNotRetrievable(
                f"The object in bucket {bucket!r} cannot be read ({error_code(error)}).",
                param=PARAM,
                passes=may_pass(error),
            ) from None

    def _download(
        self, bucket: str, key: str, path: Path, deadline: Deadline, arrival: Arrival
    ) -> FetchedFile:
        answer = self.clients.s3.get_object(Bucket=bucket, Key=key)
        size, name = answer["ContentLength"], PurePosixPath(key).name
        with closing(answer["Body"]) as body:
            if size > self.max_bytes:
                raise AudioTooLarge(
                    f"The audio is larger than {self.max_bytes / 2**20:.4g} MiB, the most we take.",
                    param=PARAM,
                )
            digest = hashlib.sha256()
            with path.open("wb", buffering=0) as file:
                for piece in body.iter_chunks(_PIECE):
                    write_all(file, piece)
                    digest.update(piece)
                    arrival.told(path, size, name, file.tell())
                    if not deadline.left():
                        raise AudioNotRetrievable(
                            "The object could not be read in time.", param=PARAM, slow=True
                        )
                return FetchedFile(path, file.tell(), name, sha256=digest.hexdigest())
