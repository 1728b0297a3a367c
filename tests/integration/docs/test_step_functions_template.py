"""docs/step-functions.yaml fits the service, and is allowed what it does and no more."""

import functools
import json
from typing import Any

import pytest

from audio_translation.aws.eventbridge import SOURCE
from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.job_question import JobQuestion
from audio_translation.jobs.steps import notify
from audio_translation.translation.request import InvokeRequest
from local.aws.template import load_template
from tests.worlds.state_machines import definition, resources

SERVICE = load_template()
ACTIONS = {
    "lambda:invoke.waitForTaskToken": "lambda:InvokeFunction",
    "lambda:invoke": "lambda:InvokeFunction",
    "aws-sdk:sfn:sendTaskSuccess": "states:SendTaskSuccess",
    "aws-sdk:sfn:sendTaskFailure": "states:SendTaskFailure",
}
"""What a task's resource needs to be allowed."""

made = functools.cache(resources)


def states(machine: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(definition(made()[machine]["Properties"]))["States"]
    return found


@pytest.mark.parametrize(
    ("machine", "target"),
    [("TranslateRecording", "InvokeFunctionArn"), ("TellWhoWaits", "TranslateRecording")],
)
def test_a_state_machine_is_allowed_what_its_tasks_do_and_no_more(
    machine: str, target: str
) -> None:
    tasks = [state["Resource"] for state in states(machine).values() if state["Type"] == "Task"]
    needed = {ACTIONS[task.removeprefix("arn:aws:states:::")] for task in tasks}
    (policy,) = made()[f"{machine}Role"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    allowed = statement["Action"]
    assert set([allowed] if isinstance(allowed, str) else allowed) == needed
    assert statement["Resource"] == {"Ref": target}


def test_the_rule_lets_through_what_the_service_tells_of_jobs() -> None:
    (rule,) = [r["Properties"] for r in made().values() if r["Type"] == "AWS::Events::Rule"]
    told = [notify._EVENTS[status] for status in (JobStatus.SUCCEEDED, JobStatus.FAILED)]
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": told}
    assert set(told) == set(notify._EVENTS.values())
    assert rule["EventBusName"] == {"Ref": "EventBusName"}
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Ref": "TellWhoWaits"}


def test_what_is_sent_is_a_request_for_a_job_with_the_token_and_then_a_question_for_it() -> None:
    def payload(state: str) -> dict[str, Any]:
        sent = states("TranslateRecording")[state]["Parameters"]["Payload"]
        return {name.removesuffix(".$"): value for name, value in sent.items()}

    request = InvokeRequest.model_validate(payload("Translate"))
    assert request.prefer == "respond-async"
    assert request.reference == "$$.Task.Token"
    assert JobQuestion.model_validate(payload("GetResult")).job_id == "$.id"


def test_it_waits_longer_than_a_job_waits_for_its_turn() -> None:
    job = SERVICE["Resources"]["JobFunction"]["Properties"]
    waits = job["EventInvokeConfig"]["MaximumEventAgeInSeconds"]
    assert states("TranslateRecording")["Translate"]["TimeoutSeconds"] >= waits + 6 * 3600
