"""A bucket's objects are listed in order, and archived ones are told apart."""

import uuid
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.fakes.aws.moto_server import Aws
from tools.backfill.bucket_listing import BucketListing, ListedPage, Object


def test_keys_with_a_prefix_come_in_order_a_page_at_a_time(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    for key in ("calls/ñ.mp3", "calls/a.mp3", "calls/B.mp3", "other/c.mp3"):
        etag = s3.put_object(Bucket=bucket, Key=key, Body=b"12345")["ETag"].strip('"')
    listing = BucketListing(s3, bucket)

    first = listing("calls/", "", 2)
    rest = listing("calls/", "calls/a.mp3", 2)

    assert first == ListedPage(
        [Object("calls/B.mp3", 5, etag), Object("calls/a.mp3", 5, etag)], more=True
    )
    assert rest == ListedPage([Object("calls/ñ.mp3", 5, etag)], more=False)


def answered(*answers: dict[str, Any]) -> tuple[BucketListing, Stubber]:
    """A listing of which S3's answers are given."""
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    stub = Stubber(client)
    for answer in answers:
        stub.add_response("list_objects_v2", answer)
    return BucketListing(client, "bucket"), stub


@pytest.mark.parametrize(
    ("listed", "archived"),
    [
        ({"StorageClass": "STANDARD"}, False),
        ({"StorageClass": "GLACIER_IR"}, False),
        ({"StorageClass": "GLACIER"}, True),
        ({"StorageClass": "DEEP_ARCHIVE", "RestoreStatus": {"IsRestoreInProgress": True}}, True),
        (
            {
                "StorageClass": "GLACIER",
                "RestoreStatus": {"RestoreExpiryDate": "2030-01-01T00:00:00Z"},
            },
            False,
        ),
    ],
)
def test_an_object_in_an_archive_is_readable_once_it_is_restored(
    listed: dict[str, Any], archived: bool
) -> None:
    found = {"Key": "a.mp3", "Size": 1, "ETag": '"e"', **listed}
    listing, stub = answered({"IsTruncated": False, "Contents": [found]})
    with stub:
        ((item,), _) = listing("", "", 10)
    assert item.archived == archived


def test_an_empty_page_with_more_behind_it_is_passed_over() -> None:
    found = {"Key": "a.mp3", "Size": 1, "ETag": '"e"'}
    listing, stub = answered(
        {"IsTruncated": True, "NextContinuationToken": "next"},
        {"IsTruncated": False, "Contents": [found]},
    )
    with stub:
        assert listing("", "", 10) == ListedPage([Object("a.mp3", 1, "e")], more=False)
