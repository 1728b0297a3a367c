"""What wakes the upload function, wired as template.yaml says, on one machine.

moto's S3 tells moto's EventBridge, whose rules fill moto's queues. What takes from them and invokes
the function is here: Lambda's event source mapping, and its queue of events that nobody waits for.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from local.cloudformation import load_template, resolved
from local.front import Event, LambdaContext

UPLOAD_FUNCTION = "audio-translation-upload"
UPLOAD_HANDLER = "audio_translation.handlers.upload.handler"

Call = Callable[[Event, LambdaContext], Any]
_Deliver = Callable[[list[Any]], list[Any]]
"""Takes messages, returns those that need not come again."""

_LOOK_SECONDS = 0.25
_REGION, _ACCOUNT = "us-east-1", "123456789012"


@dataclass(frozen=True)
class Wiring:
    """Two queues: of recordings, for batches, and of single events."""

    recordings: str
    sources: str
    lost: str
    batch_size: int
    timeout: int
    """Seconds that the function may run."""


def wire(
    session: boto3.Session,
    endpoint: str,
    *,
    bucket: str,
    upload_bucket: str = "",
    template: dict[str, Any] | None = None,
) -> Wiring:
    """Let the buckets' events reach the queues, by the template's notifications and rules."""
    template = template or load_template()
    resources = template["Resources"]
    sqs = session.client("sqs", endpoint_url=endpoint)
    arn = f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:"
    values = {
        "AudioBucket": bucket,
        "UploadBucket": upload_bucket,
        "UploadQueue.Arn": f"{arn}UploadQueue",
        "LostUploads.Arn": f"{arn}LostUploads",
    }

    def queue(name: str) -> str:
        properties = resolved(template, resources[name]["Properties"], values)
        attributes = {
            n: json.dumps(v) if isinstance(v, dict) else str(v) for n, v in properties.items()
        }
        return str(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    lost, recordings = queue("LostUploads"), queue("UploadQueue")
    function = resources["UploadFunction"]["Properties"]
    events = function["Events"]
    # Lambda keeps such events in a queue of its own.
    sources = str(sqs.create_queue(QueueName="EventsOfUploadFunction")["QueueUrl"])
    rule = resolved(template, resources["UploadsRule"]["Properties"], values)
    direct = resolved(template, events["Sources"]["Properties"], values)
    bridge = session.client("events", endpoint_url=endpoint)
    for name, pattern, targets in (
        ("UploadsRule", rule["EventPattern"], [target["Arn"] for target in rule["Targets"]]),
        ("Sources", direct["Pattern"], [f"{arn}EventsOfUploadFunction"]),
    ):
        bridge.put_rule(Name=name, EventPattern=json.dumps(pattern))
        listed: Any = [{"Id": str(number), "Arn": target} for number, target in enumerate(targets)]
        bridge.put_targets(Rule=name, Targets=listed)
    notifies = "EventBridgeConfiguration" in resources["AudioBucket"]["Properties"].get(
        "NotificationConfiguration", {}
    )
    s3 = session.client("s3", endpoint_url=endpoint)
    for name in filter(None, [bucket if notifies else "", upload_bucket]):
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    return Wiring(
        recordings=recordings,
        sources=sources,
        lost=lost,
        batch_size=events["Recordings"]["Properties"]["BatchSize"],
        timeout=function["Timeout"],
    )


@contextmanager
def delivering(
    session: boto3.Session,
    endpoint: str,
    wiring: Wiring,
    call: Call,
    close: Callable[[], object] = lambda: None,
) -> Iterator[None]:
    """Take from the queues and invoke the function by ``call`` until the block ends.

    ``close`` ends invocations that are under way then.
    """
    mappings = [
        _Mapping(session, endpoint, wiring.recordings, wiring.batch_size, _batch(call, wiring)),
        _Mapping(session, endpoint, wiring.recordings, wiring.batch_size, _batch(call, wiring)),
        _Mapping(session, endpoint, wiring.sources, 1, _single(call, wiring)),
    ]  # two for the recordings: Lambda's least concurrency
    for mapping in mappings:
        mapping.start()
    try:
        yield
    finally:
        for mapping in mappings:
            mapping.ends.set()
        close()
        for mapping in mappings:
            mapping.join()


class _Mapping(threading.Thread):
    """Brings a queue's messages to the function, and deletes those that it is done with."""

    def __init__(
        self, session: boto3.Session, endpoint: str, queue: str, at_most: int, deliver: _Deliver
    ) -> None:
        super().__init__(name="uploads")
        self.ends = threading.Event()
        self._sqs = session.client("sqs", endpoint_url=endpoint)
        self._queue = queue
        self._at_most = at_most
        self._deliver = deliver

    def run(self) -> None:
        with closing(self._sqs):
            while not self.ends.is_set():
                if not self._turn():
                    self.ends.wait(_LOOK_SECONDS)

    def _turn(self) -> bool:
        """Deliver what is there; False if nothing is."""
        messages = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=self._at_most, AttributeNames=["All"]
        ).get("Messages", [])
        if not messages:
            return False
        try:
            done = self._deliver(messages)
        except Exception:  # noqa: BLE001  the function failed, or is ended: they are delivered again
            return True
        for message in done:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return True


def _batch(call: Call, wiring: Wiring) -> _Deliver:
    def deliver(messages: list[Any]) -> list[Any]:
        event = {"Records": [_record(message) for message in messages]}
        answer = call(event, _context(wiring)) or {}
        failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}
        return [message for message in messages if message["MessageId"] not in failed]

    return deliver


def _single(call: Call, wiring: Wiring) -> _Deliver:
    def deliver(messages: list[Any]) -> list[Any]:
        for message in messages:
            call(json.loads(message["Body"]), _context(wiring))
        return messages

    return deliver


def _context(wiring: Wiring) -> LambdaContext:
    ends_at = time.time() + wiring.timeout
    return LambdaContext(str(uuid.uuid4()), ends_at, function_name=UPLOAD_FUNCTION)


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:UploadQueue",
        "awsRegion": _REGION,
    }
