"""Messages are delivered in batches or singly, and again if the function fails with them."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from local.aws.event_source_mapping import UPLOAD_FUNCTION, delivering_uploads
from local.aws.lambda_context import Event, LambdaContext
from local.aws.s3_event_routing import UploadQueues
from tests.fakes.aws.moto_server import Aws


class Function:
    """Fails with the bodies in ``failing`` the first time; remembers all that it is given."""

    def __init__(self, *failing: str) -> None:
        self.failing = set(failing)
        self.bodies: list[str] = []
        self.contexts: list[LambdaContext] = []

    def __call__(self, event: Event, context: LambdaContext) -> Any:
        self.contexts.append(context)
        if "Records" not in event:
            self.bodies.append(event["name"])
            if event["name"] in self.failing:
                self.failing.remove(event["name"])
                raise RuntimeError("It fails.")
            return None
        self.bodies += [record["body"] for record in event["Records"]]
        failed = [r["messageId"] for r in event["Records"] if r["body"] in self.failing]
        self.failing -= {record["body"] for record in event["Records"]}
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


@pytest.fixture
def queues(aws: Aws) -> UploadQueues:
    """Failed messages come back after a second."""
    sqs, name = aws.client("sqs"), f"q{time.time_ns()}"
    recordings, single, lost = (
        sqs.create_queue(QueueName=f"{name}-{n}", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
        for n in range(3)
    )
    return UploadQueues(
        recordings=recordings,
        single_events=single,
        lost=lost,
        batch_size=10,
        concurrency=2,
        reports_failures=True,
        timeout=60,
    )


def deliver(aws: Aws, queues: UploadQueues, function: Function, until: Callable[[], bool]) -> None:
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    ends = time.monotonic() + 30
    with delivering_uploads(session, aws.endpoint, queues, function):
        while not until():
            assert time.monotonic() < ends, function.bodies
            time.sleep(0.05)


def test_only_the_message_that_failed_comes_again(aws: Aws, queues: UploadQueues) -> None:
    for body in ("a", "b", "c"):
        aws.client("sqs").send_message(QueueUrl=queues.recordings, MessageBody=body)
    function = Function("b")

    deliver(aws, queues, function, lambda: len(function.bodies) >= 4)

    assert sorted(function.bodies) == ["a", "b", "b", "c"]
    assert {context.function_name for context in function.contexts} == {UPLOAD_FUNCTION}
    assert all(context.get_remaining_time_in_millis() > 0 for context in function.contexts)


def test_without_reports_nothing_of_a_batch_comes_again(aws: Aws, queues: UploadQueues) -> None:
    silent = replace(queues, reports_failures=False)
    for body in ("a", "b"):
        aws.client("sqs").send_message(QueueUrl=queues.recordings, MessageBody=body)
    function = Function("a")

    deliver(aws, silent, function, lambda: len(function.bodies) >= 2)

    time.sleep(1.5)
    assert "Messages" not in aws.client("sqs").receive_message(QueueUrl=queues.recordings)


def test_a_single_event_comes_again_when_the_function_raises(
    aws: Aws, queues: UploadQueues
) -> None:
    for name in ("a", "b"):
        event = json.dumps({"name": name})
        aws.client("sqs").send_message(QueueUrl=queues.single_events, MessageBody=event)
    function = Function("a")

    deliver(aws, queues, function, lambda: len(function.bodies) >= 3)

    assert sorted(function.bodies) == ["a", "a", "b"]


def test_invocations_under_way_are_ended_with_the_block(aws: Aws, queues: UploadQueues) -> None:
    ended: list[bool] = []
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    with delivering_uploads(
        session, aws.endpoint, queues, Function(), close=lambda: ended.append(True)
    ):
        assert not ended
    assert ended == [True]
