"""S3 events for the upload function on one machine: from buckets to queues, as template.yaml says.

moto's S3 tells moto's EventBridge, whose rules fill moto's queues. ``event_source_mapping`` takes
the messages from the queues to the function.
"""

import json
from dataclasses import dataclass
from typing import Any

import boto3

from local.aws.iam_policies import allows, statements_of_queue
from local.aws.template import load_template, references, resolved

_SINGLE_EVENTS = "EventsOfUploadFunction"
_RETRY_SECONDS = 60
"""Lambda's first pause before an asynchronous invoke that failed is tried again."""


@dataclass(frozen=True)
class UploadQueues:
    """The URLs of the upload function's queues, and how the template wants them delivered."""

    recordings: str
    """Events of new recordings, delivered in batches by an event source mapping."""
    single_events: str
    """Asynchronous invokes: Lambda keeps them in a queue of its own and delivers them singly."""
    lost: str
    """The dead-letter queue of both."""
    batch_size: int
    concurrency: int
    """How many batches are delivered at the same time."""
    reports_failures: bool
    """Whether the function answers with the messages of a batch that failed."""
    timeout: int
    """Seconds that the function may run."""


def connect_upload_events(
    session: boto3.Session,
    endpoint: str,
    *,
    bucket: str,
    upload_bucket: str = "",
    template: dict[str, Any] | None = None,
) -> UploadQueues:
    """Make the queues and rules of the template, and let the buckets send their events there.

    An event that a queue's policy does not let in goes to the rule's dead-letter queue, as in AWS.
    """
    template = template or load_template()
    resources = template["Resources"]
    values = references(template, {"AudioBucket": bucket, "UploadBucket": upload_bucket})
    function = resources["UploadFunction"]["Properties"]
    mapping = resolved(template, function["Events"]["Recordings"]["Properties"], values)
    urls = _make_queues(session.client("sqs", endpoint_url=endpoint), template, values)
    _make_rules(session.client("events", endpoint_url=endpoint), template, values)
    s3 = session.client("s3", endpoint_url=endpoint)
    for name in filter(None, [bucket if _tells_eventbridge(template) else "", upload_bucket]):
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    return UploadQueues(
        recordings=urls[mapping["Queue"].rpartition(":")[2]],
        single_events=urls[_SINGLE_EVENTS],
        lost=urls["LostUploads"],
        batch_size=mapping["BatchSize"],
        concurrency=mapping["ScalingConfig"]["MaximumConcurrency"],
        reports_failures="ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        timeout=function["Timeout"],
    )


def _make_queues(sqs: Any, template: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """Make the template's queues and Lambda's own; return their URLs by name."""
    resources = template["Resources"]
    failures = resolved(
        template, resources["UploadFunction"]["Properties"]["EventInvokeConfig"], values
    )
    queues = {
        name: resolved(template, resources[name]["Properties"], values)
        for name in ("LostUploads", "UploadQueue")
    }
    queues[_SINGLE_EVENTS] = {
        "VisibilityTimeout": _RETRY_SECONDS,
        "RedrivePolicy": {
            "deadLetterTargetArn": failures["DestinationConfig"]["OnFailure"]["Destination"],
            "maxReceiveCount": failures["MaximumRetryAttempts"] + 1,
        },
    }
    urls = {}
    for name, properties in queues.items():
        attributes = {
            key: json.dumps(value) if isinstance(value, dict) else str(value)
            for key, value in properties.items()
        }
        urls[name] = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return urls


def _make_rules(events: Any, template: dict[str, Any], values: dict[str, str]) -> None:
    """Make EventBridge's rules: of recordings, and of audio that was uploaded for a job."""
    resources = template["Resources"]
    rule = resolved(template, resources["UploadsRule"]["Properties"], values)
    targets = [arn for arn in (_target(template, t, values) for t in rule["Targets"]) if arn]
    _put_rule(events, "UploadsRule", rule["EventPattern"], targets)
    sources = resources["UploadFunction"]["Properties"]["Events"]["Sources"]["Properties"]
    # This rule invokes the function: SAM gives it the permission.
    own_queue = values["UploadQueue.Arn"].replace("UploadQueue", _SINGLE_EVENTS)
    pattern = resolved(template, sources, values)["Pattern"]
    _put_rule(events, "UploadFunctionSources", pattern, [own_queue])


def _target(template: dict[str, Any], target: dict[str, Any], values: dict[str, str]) -> str | None:
    """Return the queue that gets the rule's events: the target, or its dead-letter queue.

    None if neither queue's policy lets the rule send.
    """
    for arn in filter(None, [target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")]):
        if allows(
            statements_of_queue(template, arn, values),
            "sqs:SendMessage",
            arn,
            {"aws:SourceArn": values["UploadsRule.Arn"]},
            service="events.amazonaws.com",
        ):
            return str(arn)
    return None


def _put_rule(events: Any, name: str, pattern: dict[str, Any], targets: list[str]) -> None:
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    if targets:
        listed = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)]
        events.put_targets(Rule=name, Targets=listed)


def _tells_eventbridge(template: dict[str, Any]) -> bool:
    """Return whether the stack's own bucket sends its events to EventBridge."""
    properties = template["Resources"]["AudioBucket"]["Properties"]
    configuration = properties.get("NotificationConfiguration", {})
    return bool(configuration.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"))
