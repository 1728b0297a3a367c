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
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.api_gateway import Event, LambdaContext
from local.aws.iam_policies import allows, statements_of_queue
from local.aws.template import ACCOUNT, REGION, load_template, references, resolved

UPLOAD_FUNCTION = "audio-translation-upload"
UPLOAD_HANDLER = "audio_translation.handlers.upload.handler"

_EVENTS = "EventsOfUploadFunction"

Call = Callable[[Event, LambdaContext], Any]
_Deliver = Callable[[list[Any]], list[Any]]
"""Takes messages, returns those that need not come again."""

_LOOK_SECONDS = 0.25
_RETRY_SECONDS = 60
"""Lambda's first pause before an event that nobody waits for is tried again."""


@dataclass(frozen=True)
class Wiring:
    """Two queues: of recordings, for batches, and of single events."""

    recordings: str
    sources: str
    lost: str
    batch_size: int
    at_once: int
    """Batches that are delivered at the same time."""
    reports_failures: bool
    """Whether single messages of a batch may fail."""
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
    """Let the buckets' events reach the queues, by the template's notifications and rules.

    What the queues' policies do not let in does not come in; as in AWS it goes to the rule's
    dead-letter queue.
    """
    template = template or load_template()
    resources = template["Resources"]
    values = references(template, {"AudioBucket": bucket, "UploadBucket": upload_bucket})
    function = resources["UploadFunction"]["Properties"]
    mapping = resolved(template, function["Events"]["Recordings"]["Properties"], values)
    single = resolved(template, function["Events"]["Sources"]["Properties"], values)
    failures = resolved(template, function["EventInvokeConfig"], values)
    queues = _Queues(session.client("sqs", endpoint_url=endpoint))
    for name in ("LostUploads", "UploadQueue"):
        queues.make(name, resolved(template, resources[name]["Properties"], values))
    # Lambda keeps such events in a queue of its own.
    queues.make(
        _EVENTS,
        {
            "VisibilityTimeout": _RETRY_SECONDS,
            "RedrivePolicy": {
                "deadLetterTargetArn": failures["DestinationConfig"]["OnFailure"]["Destination"],
                "maxReceiveCount": failures["MaximumRetryAttempts"] + 1,
            },
        },
    )
    rule = resolved(template, resources["UploadsRule"]["Properties"], values)
    bridge = session.client("events", endpoint_url=endpoint)
    _put_rule(bridge, "UploadsRule", rule["EventPattern"], _permitted(template, rule, values))
    # SAM gives the rule its permission to invoke the function.
    own = values["UploadQueue.Arn"].replace("UploadQueue", _EVENTS)
    _put_rule(bridge, "UploadFunctionSources", single["Pattern"], [own])
    configuration = resources["AudioBucket"]["Properties"].get("NotificationConfiguration", {})
    told = configuration.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")
    s3 = session.client("s3", endpoint_url=endpoint)
    for name in filter(None, [bucket if told else "", upload_bucket]):
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    return Wiring(
        recordings=queues.urls[mapping["Queue"].rpartition(":")[2]],
        sources=queues.urls[_EVENTS],
        lost=queues.urls["LostUploads"],
        batch_size=mapping["BatchSize"],
        at_once=mapping["ScalingConfig"]["MaximumConcurrency"],
        reports_failures="ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        timeout=function["Timeout"],
    )


class _Queues:
    def __init__(self, client: Any) -> None:
        self._client = client
        self.urls: dict[str, str] = {}

    def make(self, name: str, properties: dict[str, Any]) -> None:
        attributes = {
            n: json.dumps(v) if isinstance(v, dict) else str(v) for n, v in properties.items()
        }
        answer = self._client.create_queue(QueueName=name, Attributes=attributes)
        self.urls[name] = answer["QueueUrl"]


def _permitted(template: dict[str, Any], rule: dict[str, Any], values: dict[str, str]) -> list[str]:
    """The queues that take the rule's events: each target, or where it fails to deliver."""
    taken = []
    for target in rule["Targets"]:
        for arn in filter(None, [target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")]):
            if allows(
                statements_of_queue(template, arn, values),
                "sqs:SendMessage",
                arn,
                {"aws:SourceArn": values["UploadsRule.Arn"]},
                service="events.amazonaws.com",
            ):
                taken.append(arn)
                break
    return taken


def _put_rule(bridge: Any, name: str, pattern: dict[str, Any], targets: list[str]) -> None:
    bridge.put_rule(Name=name, EventPattern=json.dumps(pattern))
    if targets:
        listed = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)]
        bridge.put_targets(Rule=name, Targets=listed)


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
    batches = (wiring.recordings, wiring.batch_size, _batch(call, wiring))
    plan = [batches] * wiring.at_once + [(wiring.sources, 1, _single(call, wiring))]
    mappings = [_Mapping(session, endpoint, *each) for each in plan]
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
                try:
                    found = self._turn()
                except (ClientError, BotoCoreError):
                    found = False  # as of a message that two have received: the mapping goes on
                if not found:
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
        told = answer.get("batchItemFailures", []) if wiring.reports_failures else []
        failed = {item["itemIdentifier"] for item in told}
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
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:UploadQueue",
        "awsRegion": REGION,
    }
