"""Events of jobs, as rules in the account match them."""

import json
from typing import Any, cast

import pytest

from audio_translation.aws.clients import Clients
from audio_translation.aws.eventbridge import SOURCE, EventBus, EventNotTaken
from audio_translation.errors import Internal
from tests.fakes.aws.moto_server import Aws


def test_an_event_reaches_who_listens_for_its_source_and_kind(aws: Aws) -> None:
    events, sqs = aws.client("events"), aws.client("sqs")
    queue = sqs.create_queue(QueueName="heard-of-jobs")["QueueUrl"]
    pattern = json.dumps({"source": [SOURCE], "detail-type": ["Job Failed"]})
    events.put_rule(Name="heard-of-jobs", EventPattern=pattern)
    arn = "arn:aws:sqs:us-east-1:123456789012:heard-of-jobs"
    events.put_targets(Rule="heard-of-jobs", Targets=[{"Id": "1", "Arn": arn}])
    bus = EventBus(aws.clients, bus="default")
    bus.put("Job Succeeded", {"id": "other"})
    bus.put("Job Failed", {"id": "job-1", "reference": "ñ"})
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    body = json.loads(message["Body"])
    assert (body["source"], body["detail-type"]) == ("audio-translation", "Job Failed")
    assert body["detail"] == {"id": "job-1", "reference": "ñ"}
    sqs.delete_queue(QueueUrl=queue)
    events.remove_targets(Rule="heard-of-jobs", Ids=["1"])
    events.delete_rule(Name="heard-of-jobs")


class _Refusing(Clients):
    """A bus that answers and refuses, which moto has no way to do."""

    @property
    def events(self) -> Any:
        return self

    def put_events(self, **_: object) -> dict[str, object]:
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}


def test_an_event_that_is_refused_is_an_error_with_the_code() -> None:
    with pytest.raises(EventNotTaken, match=r"^ThrottlingException$"):
        EventBus(cast(Clients, _Refusing()), bus="default").put("Job Failed", {})


def test_a_bus_that_is_not_there_is_an_error_of_the_table(aws: Aws) -> None:
    with pytest.raises(Internal, match=r"ResourceNotFoundException"):
        EventBus(aws.clients, bus="nowhere").put("Job Failed", {})
