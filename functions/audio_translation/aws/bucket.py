"""One S3 bucket: every write, read and link of the service goes through here."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import IncompleteReadError

from audio_translation.aws.bucket_keys import bucket_and_key
from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import (
    AWS_ERRORS,
    EXISTS,
    FORBIDDEN,
    MISSING,
    error_code,
    mapped,
)
from audio_translation.errors import Internal

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

BUCKET = "bucket"
"""What errors call it."""

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Link:
    """A presigned URL, with which anybody can do one thing with one object until ``expires``."""

    url: str
    expires: datetime


@dataclass(frozen=True)
class Bucket:
    """Objects by their keys. All methods that ask S3 raise RateLimited or Internal."""

    clients: Clients
    name: str

    def url(self, key: str) -> str:
        """Return the object as an ``audioFileUrl``."""
        return f"s3://{self.name}/{key}"

    def read(self, key: str, *, at_most: int | None = None, listed: bool = True) -> bytes | None:
        """Return an object's content, or its first bytes; None if it is not there.

        ``listed``: whether our role has s3:ListBucket for the key. Without it S3 answers 403 for a
        key that does not exist, so that an object that we may not read counts as missing; with it
        that is an error, or what is paid for would be taken for missing and paid again.
        """
        missing = MISSING if listed else MISSING | FORBIDDEN
        with mapped(BUCKET):
            try:
                answer = self.clients.s3.get_object(Bucket=self.name, Key=key)
            except AWS_ERRORS as error:
                if error_code(error) in missing:
                    return None
                raise
            # Not ``with body``: inside that is urllib3's answer, whose end nobody checks.
            with closing(answer["Body"]) as body:
                content = body.read(at_most)
                whole = answer["ContentLength"]
                if len(content) < min(whole, whole if at_most is None else at_most):
                    raise IncompleteReadError(actual_bytes=len(content), expected_bytes=whole)
                return content

    def download(self, key: str, to: Path) -> None:
        """Write an object to a file with one request, in constant memory."""
        with mapped(BUCKET):
            body = self.clients.s3.get_object(Bucket=self.name, Key=key)["Body"]
            with to.open("wb") as file:
                for piece in body.iter_chunks(_PIECE):
                    file.write(piece)

    def write(self, key: str, content: bytes | IO[bytes], mime: str) -> None:
        """Store bytes, or a file of at most 5 GiB as it streams from disk."""
        with mapped(BUCKET):
            self.clients.s3.put_object(Bucket=self.name, Key=key, Body=content, ContentType=mime)

    def write_new(self, key: str, content: bytes, mime: str) -> bool:
        """Store bytes unless there is such an object already; return whether they are stored."""
        with mapped(BUCKET):
            try:
                self.clients.s3.put_object(
                    Bucket=self.name, Key=key, Body=content, ContentType=mime, IfNoneMatch="*"
                )
            except AWS_ERRORS as error:
                if error_code(error) not in EXISTS:
                    raise
                return False
        return True

    def copy(self, source: str, key: str) -> None:
        """Store a copy of an object, ``s3://bucket/key``, without reading it.

        The copy gets a checksum of its own: moto would give it that of the source's parts.
        """
        bucket, name = bucket_and_key(source)
        with mapped(BUCKET):
            self.clients.s3.copy_object(
                Bucket=self.name,
                Key=key,
                CopySource={"Bucket": bucket, "Key": name},
                ChecksumAlgorithm="CRC32",
            )

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""
        with mapped(BUCKET):
            self.clients.s3.delete_object(Bucket=self.name, Key=key)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, in order."""
        with mapped(BUCKET):
            pages = self.clients.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=prefix
            )
            return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def delete_folder(self, prefix: str) -> None:
        """Delete every object whose key begins with ``prefix``, a page at a time."""
        with mapped(BUCKET):
            pages = self.clients.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=prefix
            )
            for page in pages:
                keys: list[ObjectIdentifierTypeDef] = [
                    {"Key": item["Key"]} for item in page.get("Contents", [])
                ]
                if keys:
                    answer = self.clients.s3.delete_objects(
                        Bucket=self.name, Delete={"Objects": keys, "Quiet": True}
                    )
                    if answer.get("Errors"):
                        raise Internal("Not all of the job was deleted. Delete it again.")

    def link(self, key: str, *, seconds: int) -> Link:
        """Return a link with which to get the object, if it is there, for at most ``seconds``."""
        return self._signed("get_object", {"Key": key}, seconds)

    def upload_link(self, key: str, *, size: int, mime: str, seconds: int) -> Link:
        """Return a link with which to put the object, for at most ``seconds``.

        The signature covers both headers, so S3 takes exactly ``size`` bytes of type ``mime``.
        """
        headers = {"ContentLength": size, "ContentType": mime}
        return self._signed("put_object", {"Key": key, **headers}, seconds)

    def _signed(self, operation: str, parameters: dict[str, Any], seconds: int) -> Link:
        # Both times are taken before the signature's, so that it does not end before it is told to.
        with mapped(BUCKET):
            lasts = max(1, self.clients.credentials_last(seconds))
            expires = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=lasts)
            url = self.clients.s3.generate_presigned_url(
                operation, Params={"Bucket": self.name, **parameters}, ExpiresIn=lasts
            )
        return Link(url, expires)
