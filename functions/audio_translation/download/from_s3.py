"""Downloads from S3: ``s3://bucket/key``, from the allowed buckets."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.aws.bucket_keys import bucket_and_key
from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, may_pass
from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM
from audio_translation.download.request_url_checks import check_bucket
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class S3Download:
    """Downloads objects of at most ``max_bytes`` from ``buckets``."""

    clients: Clients
    buckets: frozenset[str]
    max_bytes: int

    def fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        """Download ``s3://bucket/key`` to a file in ``folder``; %-escapes in keys are not decoded.

        Raises UrlNotAllowed, AudioNotRetrievable or AudioTooLarge.
        """
        check_bucket(url, self.buckets)
        bucket, key = bucket_and_key(url)
        if not key:
            raise AudioNotRetrievable("The s3:// URL names no key.", param=PARAM)
        path = folder / "source"
        try:
            self._download(bucket, key, path, deadline)
        except AWS_ERRORS as error:
            raise AudioNotRetrievable(
                f"The object in bucket {bucket!r} cannot be read ({error_code(error)}).",
                param=PARAM,
                passes=may_pass(error),
            ) from None
        return FetchedFile(path=path, size=path.stat().st_size, name=PurePosixPath(key).name)

    def _download(self, bucket: str, key: str, path: Path, deadline: Deadline) -> None:
        answer = self.clients.s3.get_object(Bucket=bucket, Key=key)
        if answer["ContentLength"] > self.max_bytes:
            raise AudioTooLarge(
                f"The audio is larger than {self.max_bytes / 2**20:.4g} MiB, the most we take.",
                param=PARAM,
            )
        with path.open("wb") as file:
            for piece in answer["Body"].iter_chunks(_PIECE):
                file.write(piece)
                if not deadline.left():
                    raise AudioNotRetrievable(
                        "The object could not be read in time.", param=PARAM, slow=True
                    )
