"""Events reach the queue once each, also if SQS takes only a part of a batch."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from tests.fakes.aws.large_bucket import BUCKET, PREFIX, LargeBucket
from tools.backfill import Failed
from tools.backfill.upload_queue import UploadQueue, upload_event


@pytest.fixture
def sqs(request: pytest.FixtureRequest) -> Iterator[tuple[LargeBucket, Any]]:
    with LargeBucket(500, refuse_every=request.param) as bucket:
        client = boto3.client(
            "sqs",
            region_name="us-east-1",
            endpoint_url=bucket.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        with closing(client):
            yield bucket, client


def events(count: int) -> list[str]:
    return [upload_event(BUCKET, key=f"{PREFIX}{n:08}.mp3", size=1, etag="e") for n in range(count)]


@pytest.mark.parametrize("sqs", [7], indirect=True)
def test_what_the_queue_refuses_of_a_batch_is_sent_again_and_nothing_else(
    sqs: tuple[LargeBucket, Any],
) -> None:
    bucket, client = sqs
    with UploadQueue(client, bucket.queue_url, longest_pause=0.01) as queue:
        assert sum(queue.send(events(495))) == 495
    assert bucket.refused > 70
    assert list(bucket.sent) == [1] * 495 + [0] * 5


@pytest.mark.parametrize("sqs", [1], indirect=True)
def test_a_queue_that_takes_nothing_is_given_up(sqs: tuple[LargeBucket, Any]) -> None:
    bucket, client = sqs
    with (
        UploadQueue(client, bucket.queue_url, longest_pause=0.01) as queue,
        pytest.raises(Failed, match=r"did not take 10 messages in 8 tries \(InternalError: Later"),
    ):
        list(queue.send(events(10)))
    assert bucket.refused == 80
