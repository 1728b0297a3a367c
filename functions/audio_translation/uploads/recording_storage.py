"""Recordings in buckets, their options, and the results beside them."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from audio_translation.aws.bucket import BUCKET, Bucket
from audio_translation.aws.bucket_keys import OPTIONS_FILE
from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import FORBIDDEN, MISSING, error_code, mapped
from audio_translation.errors import AudioNotRetrievable, InvalidRequest
from audio_translation.uploads.object_created import Recording

_LARGEST_OPTIONS = 65_536


@dataclass(frozen=True)
class RecordingStorage:
    """Reads and writes in any bucket that the function's role allows.

    Without s3:ListBucket S3 answers 403 for a missing object as for a forbidden one. All methods
    raise RateLimited or Internal.
    """

    clients: Clients

    def find(self, bucket: str, key: str) -> Recording | None:
        """Return a recording, None if it is gone; raises AudioNotRetrievable if it is forbidden."""
        with mapped(BUCKET):
            try:
                head = self.clients.s3.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if error_code(error) in MISSING:
                    return None
                if error_code(error) in FORBIDDEN:
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
        """Return a folder's options file, None if there is none; raises InvalidRequest."""
        content = Bucket(self.clients, bucket).read(key, at_most=_LARGEST_OPTIONS + 1)
        if content and len(content) > _LARGEST_OPTIONS:
            raise InvalidRequest(f"{OPTIONS_FILE} of the folder is larger than 64 KiB.")
        return content

    def write(self, bucket: str, key: str, content: bytes, mime: str) -> None:
        """Store an object."""
        Bucket(self.clients, bucket).write(key, content, mime)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, if there is one."""
        Bucket(self.clients, bucket).delete(key)
