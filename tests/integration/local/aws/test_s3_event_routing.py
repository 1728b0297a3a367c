"""What is put into a bucket comes into the template's queues, if their policies let it in."""

import copy
import json
import uuid
from typing import Any

import boto3
import pytest

from local.aws.s3_event_routing import UploadQueues, connect_upload_events
from local.aws.template import load_template
from tests.fakes.aws.moto_server import Aws, running_aws


@pytest.fixture
def aws() -> Any:
    with running_aws() as running:
        yield running


def connected(aws: Aws, bucket: str, **options: Any) -> UploadQueues:
    aws.client("s3").create_bucket(Bucket=bucket)
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    return connect_upload_events(session, aws.endpoint, bucket=bucket, **options)


def keys_in(aws: Aws, queue: str) -> list[str]:
    found = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    events = [json.loads(message["Body"]) for message in found.get("Messages", [])]
    return sorted(event["detail"]["object"]["key"] for event in events)


def test_recordings_and_audio_of_jobs_come_into_queues_of_their_own(aws: Aws) -> None:
    bucket, job = "b-own", str(uuid.uuid4())
    queues = connected(aws, bucket)

    for key in ("uploads/a.mp3", f"jobs/{job}/source/b.mp3", "audio/c.mp3", "translations/a.json"):
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")

    assert keys_in(aws, queues.recordings) == ["uploads/a.mp3"]
    assert keys_in(aws, queues.single_events) == [f"jobs/{job}/source/b.mp3"]
    assert keys_in(aws, queues.lost) == []


def test_the_template_says_how_queues_are_delivered(aws: Aws) -> None:
    properties = load_template()["Resources"]["UploadFunction"]["Properties"]
    mapping = properties["Events"]["Recordings"]["Properties"]

    queues = connected(aws, "b-delivery")

    assert queues.batch_size == mapping["BatchSize"]
    assert queues.concurrency == mapping["ScalingConfig"]["MaximumConcurrency"]
    assert queues.timeout == properties["Timeout"]
    assert queues.reports_failures


def test_an_event_that_the_queue_does_not_let_in_is_lost(aws: Aws) -> None:
    template = copy.deepcopy(load_template())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SQS::QueuePolicy":
            queues = resource["Properties"]["Queues"]
            resource["Properties"]["Queues"] = [q for q in queues if q["Ref"] != "UploadQueue"]

    found = connected(aws, "b-closed", template=template)
    aws.client("s3").put_object(Bucket="b-closed", Key="uploads/a.mp3", Body=b"x")

    assert keys_in(aws, found.recordings) == []
    assert keys_in(aws, found.lost) == ["uploads/a.mp3"]
