"""Recordings in buckets, and what is written beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from audio_translation.adapters.job_files import bucket_error, error_code
from audio_translation.domain.errors import AudioNotRetrievable, InvalidRequest
from audio_translation.domain.upload import OPTIONS_FILE, Recording

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LARGEST_OPTIONS = 65_536
_FORBIDDEN = {"403", "AccessDenied", "Forbidden"}
_GONE = {"404", "NoSuchKey", "NotFound"}


class Recordings:
    """Looks at recordings in any bucket that the function may read.

    Whose function may list the bucket is told what is missing; to others it is forbidden, as what
    they may not read. All raise RateLimited or Internal.
    """

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    def find(self, bucket: str, key: str) -> Recording | None:
        """Return a recording as it is now; raises AudioNotRetrievable if it may not be read."""
        with _mapped():
            try:
                head = self._client.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if error_code(error) in _GONE:
                    return None
                if error_code(error) in _FORBIDDEN:
                    raise AudioNotRetrievable(
                        "The recording may not be read: the bucket's policy, its key for "
                        "encryption or the parameter UploadBucket does not let the service."
                    ) from None
                raise
        return Recording(
            etag=head["ETag"].strip('"'),
            modified=head["LastModified"].isoformat(),
            metadata=head["Metadata"],
        )

    def options(self, bucket: str, key: str) -> bytes | None:
        """Return a folder's options, None if there are none; raises InvalidRequest, too."""
        with _mapped():
            try:
                answer = self._client.get_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if error_code(error) in _GONE | _FORBIDDEN:
                    return None
                raise
            with answer["Body"] as body:
                content = body.read(_LARGEST_OPTIONS + 1)
        if len(content) > _LARGEST_OPTIONS:
            raise InvalidRequest(f"{OPTIONS_FILE} of the folder is larger than 64 KiB.")
        return content

    def write(self, bucket: str, key: str, content: bytes, mime: str) -> None:
        """Store an object."""
        with _mapped():
            self._client.put_object(Bucket=bucket, Key=key, Body=content, ContentType=mime)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, if there is one."""
        with _mapped():
            self._client.delete_object(Bucket=bucket, Key=key)


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise bucket_error(error) from error
