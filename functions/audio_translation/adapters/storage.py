"""S3: audio that comes from a bucket, and sources that are kept."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from audio_translation.domain.audio import FetchedFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    SourceNotSaved,
    UrlNotAllowed,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PIECE = 1024 * 1024


class Storage:
    """Reads ``s3://`` URLs of the buckets that are allowed and writes to the stack's own."""

    def __init__(
        self, client: "S3Client", *, bucket: str, allowed_buckets: tuple[str, ...], max_bytes: int
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._readable = {bucket, *allowed_buckets} - {""}
        self._max_bytes = max_bytes

    def fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        """Stream ``s3://bucket/key`` into ``folder``; the key is taken as it stands, unescaped.

        Raises UrlNotAllowed, AudioNotRetrievable or AudioTooLarge.
        """
        bucket, _, key = url.partition("://")[2].partition("/")
        if bucket not in self._readable:
            raise UrlNotAllowed(
                f"The bucket {bucket!r} is not one that this service may read.",
                param="audioFileUrl",
            )
        path = folder / "source"
        try:
            self._download(bucket, key, path, deadline)
        except (ClientError, BotoCoreError) as error:
            raise AudioNotRetrievable(
                f"The object in bucket {bucket!r} cannot be read ({_reason(error)}).",
                param="audioFileUrl",
                passes=_passes(error),
            ) from None
        return FetchedFile(path=path, size=path.stat().st_size, name=PurePosixPath(key).name)

    def save(self, path: Path, key: str, mime: str) -> str:
        """Copy ``path`` to the stack's bucket as it streams from disk; return its ``s3://`` URL.

        Raises SourceNotSaved.
        """
        if not self._bucket:
            raise SourceNotSaved("this service has no bucket")
        try:
            with path.open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=mime)
        except (ClientError, BotoCoreError, OSError) as error:
            raise SourceNotSaved(f"the bucket did not take it ({_reason(error)})") from error
        return f"s3://{self._bucket}/{key}"

    def _download(self, bucket: str, key: str, path: Path, deadline: Deadline) -> None:
        if not key:
            raise AudioNotRetrievable("The s3:// URL names no key.", param="audioFileUrl")
        answer = self._client.get_object(Bucket=bucket, Key=key)
        if answer["ContentLength"] > self._max_bytes:
            raise AudioTooLarge(
                f"The audio is larger than {self._max_bytes / 2**20:.4g} MiB, the most we take.",
                param="audioFileUrl",
            )
        with path.open("wb") as file:
            for piece in answer["Body"].iter_chunks(_PIECE):
                file.write(piece)
                if not deadline.left():
                    raise AudioNotRetrievable(
                        "The object could not be read in time.", param="audioFileUrl", slow=True
                    )


def _passes(error: Exception) -> bool:
    """Whether S3 may give the object when it is asked again: a throttle, a connection that broke.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status == 429 or status >= 500


def _reason(error: Exception) -> str:
    """A name for what went wrong; botocore's own texts may quote URLs."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__
