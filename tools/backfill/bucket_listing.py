"""Lists the objects of a bucket, in the order of their keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef

PAGE_KEYS = 1000
"""Keys that S3 lists at once, at most."""

_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")


class Object(NamedTuple):
    """An object as it is listed: ``size`` in bytes, ``archived`` if it must be restored first."""

    key: str
    size: int = 0
    etag: str = ""
    archived: bool = False


class ListedPage(NamedTuple):
    """A part of a listing, and whether ``more`` comes after it. With more it is not empty."""

    objects: list[Object]
    more: bool


Listing = Callable[[str, str, int], ListedPage]
"""Lists the objects whose keys have a prefix and come after a key, at most so many."""


class BucketListing:
    """The ``Listing`` of a bucket in S3. Needs ``s3:ListBucket``; raises botocore's errors."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def __call__(self, prefix: str, after: str, limit: int) -> ListedPage:
        answer = self._list(prefix, limit, {"StartAfter": after} if after else {})
        while answer["IsTruncated"] and not answer.get("Contents"):  # S3 may do that
            token = answer["NextContinuationToken"]
            answer = self._list(prefix, limit, {"ContinuationToken": token})
        objects = [
            Object(item["Key"], item["Size"], item["ETag"].strip('"'), _archived(item))
            for item in answer.get("Contents", [])
        ]
        return ListedPage(objects, answer["IsTruncated"])

    def _list(self, prefix: str, limit: int, start: dict[str, Any]) -> "ListObjectsV2OutputTypeDef":
        return self._client.list_objects_v2(
            Bucket=self._name,
            Prefix=prefix,
            MaxKeys=limit,
            OptionalObjectAttributes=["RestoreStatus"],
            **start,
        )


def _archived(item: "ObjectTypeDef") -> bool:
    """Return whether an object lies in an archive and has no restored copy."""
    restored = item.get("RestoreStatus", {}).get("RestoreExpiryDate")
    return item.get("StorageClass") in _ARCHIVES and not restored
