"""The event of an object that was created in a bucket, and the recording that it is about."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import AliasChoices, BaseModel, Field

from audio_translation.aws.bucket_keys import OPTIONS_FILE, UPLOADS, is_output


@dataclass(frozen=True)
class Recording:
    """A recording as it lies in its bucket; ``metadata`` has S3's names without `x-amz-meta-`.

    ``modified`` is when it was put there: the same content may come again with other options.
    """

    etag: str
    modified: str
    metadata: Mapping[str, str]

    @property
    def version(self) -> str:
        """Return what changes whenever another object is put in its place."""
        return f"{self.etag} {self.modified}"


class _Object(BaseModel):
    key: str = Field(min_length=1)
    etag: str = Field(validation_alias=AliasChoices("etag", "eTag"))


class _Bucket(BaseModel):
    name: str = Field(min_length=1)


class _Detail(BaseModel):
    bucket: _Bucket
    object: _Object
    again: str = ""


class ObjectCreated(BaseModel):
    """EventBridge's event of a created object; `make backfill` writes the same.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """

    source: str
    detail: _Detail

    @property
    def bucket(self) -> str:
        return self.detail.bucket.name

    @property
    def key(self) -> str:
        return self.detail.object.key

    @property
    def etag(self) -> str:
        return self.detail.object.etag.strip('"')

    @property
    def url(self) -> str:
        """Return the object as an ``audioFileUrl``."""
        return f"s3://{self.bucket}/{self.key}"

    def job_id(self, recording: Recording) -> str:
        """Return an id: the same at every delivery, another once the object is replaced."""
        parts = (self.bucket, self.key, recording.version, self.detail.again)
        return "u-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]

    def is_recording(self, audio_folder: str) -> bool:
        """Return whether this is a recording to translate, not a file of our own."""
        name = self.key.rpartition("/")[2]
        if not name or name == OPTIONS_FILE or is_output(self.key, audio_folder):
            return False
        return self.key.startswith(UPLOADS) or self.source == "audio-translation.backfill"
