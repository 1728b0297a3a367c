"""One S3 bucket: every write, read and link of the service goes through here."""

from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, FORBIDDEN, MISSING, error_code, mapped
from audio_translation.errors import Internal

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

BUCKET = "bucket"
"""What errors call it."""

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Bucket:
    """Objects by their keys. All methods that ask S3 raise RateLimited or Internal."""

    clients: Clients
    name: str

    def url(self, key: str) -> str:
        """Return the object as an ``audioFileUrl``."""
        return f"s3://{self.name}/{key}"

    def read(self, key: str, *, at_most: int | None = None) -> bytes | None:
        """Return an object's content, or its first bytes; None if it is not there.

        An object that we may not read counts as missing: without s3:ListBucket S3 answers 403
        for a key that does not exist.
        """
        with mapped(BUCKET):
            try:
                answer = self.clients.s3.get_object(Bucket=self.name, Key=key)
            except AWS_ERRORS as error:
                if error_code(error) in MISSING | FORBIDDEN:
                    return None
                raise
            with answer["Body"] as body:
                return body.read(at_most)

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

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""
        with mapped(BUCKET):
            self.clients.s3.delete_object(Bucket=self.name, Key=key)

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

    def link(self, key: str, *, seconds: int) -> str:
        """Return a URL with which anybody can get the object, if it is there."""
        with mapped(BUCKET):
            return self.clients.s3.generate_presigned_url(
                "get_object", Params={"Bucket": self.name, "Key": key}, ExpiresIn=seconds
            )

    def upload_link(self, key: str, *, size: int, mime: str, seconds: int) -> str:
        """Return a URL with which anybody can put the object.

        The signature covers both headers, so S3 takes exactly ``size`` bytes of type ``mime``.
        """
        with mapped(BUCKET):
            return self.clients.s3.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self.name,
                    "Key": key,
                    "ContentLength": size,
                    "ContentType": mime,
                },
                ExpiresIn=seconds,
            )
