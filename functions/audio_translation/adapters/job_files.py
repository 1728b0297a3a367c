"""What jobs store in the stack's bucket, as far as their callers want it."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from audio_translation.domain.errors import Internal, RateLimited

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_THROTTLES = {"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "503"}
_MISSING = {"NoSuchKey", "AccessDenied"}
"""Without s3:ListBucket on the whole bucket S3 calls what is missing forbidden."""


class JobFiles:
    """Reads, links to and deletes a job's objects. What asks S3 raises RateLimited or Internal."""

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        """``client`` must sign with version 4, or its links work in some regions only.

        It must also name the bucket and its region in the host, or S3 redirects whoever uses a
        link to a new bucket: a browser does not follow that.
        """
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> bytes | None:
        """Return an object's content, None if it is not there."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if error_code(error) in _MISSING:
                return None
            raise bucket_error(error) from error

    def link(self, key: str, *, seconds: int) -> str:
        """Return a URL that anybody can get the object with, if it is there."""
        try:
            return self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
            )
        except (ClientError, BotoCoreError) as error:
            raise bucket_error(error) from error

    def url(self, key: str) -> str:
        """Return the object as an ``audioFileUrl``."""
        return f"s3://{self._bucket}/{key}"

    def save(self, key: str, content: bytes, *, mime: str) -> None:
        """Keep an object."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=mime)
        except (ClientError, BotoCoreError) as error:
            raise bucket_error(error) from error

    def upload_link(self, key: str, *, size: int, mime: str, seconds: int) -> str:
        """Return a URL that anybody can put the object with.

        The signature covers both headers, so S3 takes exactly ``size`` bytes of the type ``mime``.
        """
        try:
            return self._client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ContentLength": size,
                    "ContentType": mime,
                },
                ExpiresIn=seconds,
            )
        except (ClientError, BotoCoreError) as error:
            raise bucket_error(error) from error

    def delete_all(self, folder: str) -> None:
        """Delete every object whose key begins with ``folder``, a page at a time."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=folder
            )
            for page in pages:
                keys: list[ObjectIdentifierTypeDef] = [
                    {"Key": item["Key"]} for item in page.get("Contents", [])
                ]
                if keys:
                    answer = self._client.delete_objects(
                        Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True}
                    )
                    if answer.get("Errors"):
                        raise Internal("Not all of the job was deleted. Delete it again.")
        except (ClientError, BotoCoreError) as error:
            raise bucket_error(error) from error


def bucket_error(error: Exception) -> Internal | RateLimited:
    """What botocore raises, after its own retries, as an error of the table of errors."""
    code = error_code(error)
    if code in _THROTTLES:
        return RateLimited(
            "The bucket is taking no more requests for now. Try again in a second.", retry_after=1
        )
    return Internal(f"The bucket failed ({code}). Try again later.")


def error_code(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__
