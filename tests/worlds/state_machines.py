"""docs/step-functions.yaml, deployed to moto and run by its interpreter of the states language.

What is played is what moto lacks: EventBridge hands events to a queue here, because moto's does not
start state machines, and whoever asks starts the rule's target with each of them; and a task that
invokes a function goes to a Lambda endpoint of ours. Two of moto's errors are mended: it sends
parameters of SDK tasks under the states language's names, and drops the cause of a failed task.
The definitions, the rule's pattern and the inputs are those of the file, as SAM's own translator
has them.
"""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
import requests
from botocore.config import Config
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (  # noqa: E501
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.responses import StepFunctionResponse

from local import REPOSITORY
from tests.fakes.aws.moto_server import Aws

TEMPLATE = REPOSITORY / "docs" / "step-functions.yaml"
INVOKE_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:audio-translation-invoke:live"

_ROLE = "arn:aws:iam::123456789012:role/any"
_TRANSLATE = """
import json, logging, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.disable()
template = yaml_parse(sys.stdin.read())
policies = type("Policies", (), {"load": lambda self: {}})()
json.dump(transform(template, {}, policies)["Resources"], sys.stdout)
"""


def resources() -> dict[str, Any]:
    """What SAM makes of the file."""
    ran = subprocess.run(
        [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _TRANSLATE],
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        input=TEMPLATE.read_text(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    made: dict[str, Any] = json.loads(ran.stdout)
    return made


@dataclass(frozen=True)
class StateMachines:
    """Both machines and the rule between them."""

    aws: Aws
    machines: Mapping[str, str]
    """ARNs by logical ids."""
    rule_target: str
    queue: str

    def start(self, recording: str) -> str:
        """Start an execution for a recording's URL; return its ARN."""
        answer = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.machines["TranslateRecording"],
            name=str(uuid.uuid4()),
            input=json.dumps({"audioFileUrl": recording}),
        )
        return str(answer["executionArn"])

    def ended(self, execution: str, seconds: float = 120) -> Any:
        """Hand events on until the execution has ended; return it."""
        stepfunctions = self.aws.client("stepfunctions")
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.hand_on()
            described = stepfunctions.describe_execution(executionArn=execution)
            if described["status"] != "RUNNING":
                return described
            time.sleep(0.2)
        raise AssertionError("The state machine still waits.")

    def hand_on(self) -> list[str]:
        """Start the rule's target with every event that the rule let through since."""
        sqs, stepfunctions = self.aws.client("sqs"), self.aws.client("stepfunctions")
        started = []
        for message in sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            answer = stepfunctions.start_execution(
                stateMachineArn=self.machines[self.rule_target],
                name=str(uuid.uuid4()),
                input=message["Body"],
            )
            started.append(str(answer["executionArn"]))
        return started


@contextmanager
def running_state_machines(aws_url: str, lambda_url: str) -> Iterator[StateMachines]:
    """Deploy the file to the moto server of this process; its tasks invoke at ``lambda_url``."""
    aws = Aws(aws_url)
    requests.post(f"{aws_url}/moto-api/config", json=_config(run=True), timeout=10)
    environ = {"MOTO_PORT": aws_url.rpartition(":")[2]}
    lambda_client = boto3.client(
        "lambda",
        endpoint_url=lambda_url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(read_timeout=120, retries={"total_max_attempts": 1}),
    )
    with (
        patch.dict(os.environ, environ),
        patch.object(lambda_eval_utils, "boto_client_for", lambda **_: lambda_client),
        patch.object(StateTaskServiceAwsSdk, "_normalise_parameters", _as_the_sdk_has_them),
        patch.object(StepFunctionResponse, "send_task_failure", _send_task_failure),
    ):
        try:
            yield _deployed(aws, resources())
        finally:
            lambda_client.close()
            requests.post(f"{aws_url}/moto-api/config", json=_config(run=False), timeout=10)


def _as_the_sdk_has_them(_: Any, parameters: dict[str, Any], **__: Any) -> None:
    for name in list(parameters):
        parameters[name[0].lower() + name[1:]] = parameters.pop(name)


def _send_task_failure(self: Any) -> ActionResult:
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
    return EmptyResult()


def _config(*, run: bool) -> dict[str, Any]:
    return {"stepfunctions": {"execute_state_machine": run}}


def _deployed(aws: Aws, made: dict[str, Any]) -> StateMachines:
    suffix = uuid.uuid4().hex[:8]
    stepfunctions = aws.client("stepfunctions")
    machines = {
        name: stepfunctions.create_state_machine(
            name=f"{name}-{suffix}", definition=definition(resource["Properties"]), roleArn=_ROLE
        )["stateMachineArn"]
        for name, resource in made.items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }
    (rule,) = (r["Properties"] for r in made.values() if r["Type"] == "AWS::Events::Rule")
    (target,) = rule["Targets"]
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = sqs.create_queue(QueueName=f"events-{suffix}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name=f"rule-{suffix}", EventPattern=json.dumps(rule["EventPattern"]))
    events.put_targets(
        Rule=f"rule-{suffix}", Targets=[{"Id": target["Id"], "Arn": arn["QueueArn"]}]
    )
    return StateMachines(aws, machines, target["Arn"]["Ref"], queue)


def definition(properties: dict[str, Any]) -> str:
    """A state machine's definition with its substitutions filled in, as CloudFormation does."""
    joined = properties["DefinitionString"]["Fn::Join"]
    text = str(joined[0].join(joined[1]))
    known = {"InvokeFunctionArn": INVOKE_FUNCTION, "AWS::Partition": "aws"}
    for name, value in properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{name}}}", known[value["Ref"]])
    return text
