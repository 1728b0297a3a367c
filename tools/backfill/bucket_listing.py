"""Lists a bucket."""

from typing import TYPE_CHECKING, Any

from tools.backfill.find_recordings import Listed, Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef

_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")


class Bucket:
    """A ``walk.Listing`` of a bucket. Needs ``s3:ListBucket``; raises botocore's errors."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def __call__(self, prefix: str, after: str, limit: int) -> Listed:
        answer = self._listed(prefix, limit, {"StartAfter": after} if after else {})
        while answer["IsTruncated"] and not answer.get("Contents"):  # nothing forbids S3 that
            token = answer["NextContinuationToken"]
            answer = self._listed(prefix, limit, {"ContinuationToken": token})
        objects = [
            Object(item["Key"], item["Size"], item["ETag"].strip('"'), _archived(item))
            for item in answer.get("Contents", [])
        ]
        return Listed(objects, answer["IsTruncated"])

    def _listed(
        self, prefix: str, limit: int, start: dict[str, Any]
    ) -> "ListObjectsV2OutputTypeDef":
        return self._client.list_objects_v2(
            Bucket=self._name,
            Prefix=prefix,
            MaxKeys=limit,
            OptionalObjectAttributes=["RestoreStatus"],
            **start,
        )


def _archived(item: "ObjectTypeDef") -> bool:
    """Whether an object lies in an archive and has no restored copy."""
    restored = item.get("RestoreStatus", {}).get("RestoreExpiryDate")
    return item.get("StorageClass") in _ARCHIVES and not restored
