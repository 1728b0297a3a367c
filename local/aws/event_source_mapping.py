"""Lambda's event source mapping on one machine: from SQS queues to the upload function.

It also delivers asynchronous invokes of the function, which Lambda keeps in a queue of its own.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.lambda_context import Invoke, LambdaContext
from local.aws.s3_event_routing import UploadQueues
from local.aws.template import ACCOUNT, REGION

UPLOAD_FUNCTION = "audio-translation-upload"

_POLL_SECONDS = 0.25
_Deliver = Callable[[list[Any]], list[Any]]
"""Takes SQS messages to the function; returns those to delete. The others are delivered again."""


@contextmanager
def delivering_uploads(
    session: boto3.Session,
    endpoint: str,
    queues: UploadQueues,
    invoke: Invoke,
    close: Callable[[], object] = lambda: None,
) -> Iterator[None]:
    """Invoke the upload function for what comes into the queues, until the block ends.

    ``close`` must then end the invocations that are under way.
    """
    batches = (queues.recordings, queues.batch_size, _deliver_batch(invoke, queues))
    singly = (queues.single_events, 1, _deliver_singly(invoke, queues))
    pollers = [
        _Poller(session, endpoint, *each) for each in [batches] * queues.concurrency + [singly]
    ]
    for poller in pollers:
        poller.start()
    try:
        yield
    finally:
        for poller in pollers:
            poller.ends.set()
        close()
        for poller in pollers:
            poller.join()


class _Poller(threading.Thread):
    """Takes a queue's messages to the function, and deletes those that are done."""

    def __init__(
        self, session: boto3.Session, endpoint: str, queue: str, at_most: int, deliver: _Deliver
    ) -> None:
        super().__init__(name="event-source-mapping")
        self.ends = threading.Event()
        self._sqs = session.client("sqs", endpoint_url=endpoint)
        self._queue = queue
        self._at_most = at_most
        self._deliver = deliver

    def run(self) -> None:
        with closing(self._sqs):
            while not self.ends.is_set():
                try:
                    found = self._poll()
                except (ClientError, BotoCoreError):
                    found = False  # such as a message that another poller has received, too
                if not found:
                    self.ends.wait(_POLL_SECONDS)

    def _poll(self) -> bool:
        """Deliver what is there; return False if nothing is."""
        messages = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=self._at_most, AttributeNames=["All"]
        ).get("Messages", [])
        if not messages:
            return False
        try:
            done = self._deliver(messages)
        except Exception:  # noqa: BLE001  the function failed or was ended: SQS delivers again
            return True
        for message in done:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return True


def _deliver_batch(invoke: Invoke, queues: UploadQueues) -> _Deliver:
    def deliver(messages: list[Any]) -> list[Any]:
        event = {"Records": [_record(message) for message in messages]}
        answer = invoke(event, _context(queues)) or {}
        failures = answer.get("batchItemFailures", []) if queues.reports_failures else []
        failed = {item["itemIdentifier"] for item in failures}
        return [message for message in messages if message["MessageId"] not in failed]

    return deliver


def _deliver_singly(invoke: Invoke, queues: UploadQueues) -> _Deliver:
    def deliver(messages: list[Any]) -> list[Any]:
        for message in messages:
            invoke(json.loads(message["Body"]), _context(queues))
        return messages

    return deliver


def _context(queues: UploadQueues) -> LambdaContext:
    ends_at = time.time() + queues.timeout
    return LambdaContext(str(uuid.uuid4()), ends_at, function_name=UPLOAD_FUNCTION)


def _record(message: dict[str, Any]) -> dict[str, Any]:
    """Return an SQS message as a record of Lambda's event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:UploadQueue",
        "awsRegion": REGION,
    }
