"""Any parameter can be changed alone: a deployment with another value goes through and counts.

Lambda publishes no version of a function that did not change, and CloudFormation, which then takes
the old version for another resource's, rolls the update back. So a function and its version must
change together. What changes them is worked out here as SAM and CloudFormation do it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import pytest

from local.aws.template import references as names_of_resources
from local.aws.template import resolved
from tests.integration.template.deployed import (
    FUNCTIONS,
    PARAMETERS,
    every_function,
    translated_with,
)

OTHER_TEXTS = {
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
    "AllowedBuckets": ",".join(f"a-bucket-with-a-rather-long-name-{n}" for n in range(60)),
    "AllowedOrigins": "https://app.example.com",
    "ApiKeyParameter": "/another/key",
    "AudioFolder": "kept",
    "AudioKmsKeys": "arn:aws:kms:us-east-1:123456789012:key/a-b",
    "DefaultModel": "whisper-large-v3",
    "EventBusName": "ours",
    "ProvidersParameter": "/audio-translation/providers",
    "ProviderBaseUrl": "https://api.groq.com/openai/v1",
    "SpeakerModel": "gpt-4o-transcribe-diarize",
    "StageName": "v2",
    "Subtitles": '{"style":"bbc","maxLines":1}',
    "TextApiKeyParameter": "/text/key",
    "TextBaseUrl": "https://text.example.com/v1",
    "TextModel": "another-model",
    "TranscriptionApiKeyParameter": "/transcription/key",
    "TranscriptionBaseUrl": "https://transcription.example.com/v1",
    "TranscriptionModel": "another-model",
    "UploadBucket": "recordings",
    "UploadFormats": "srt",
    "WebhookSecretParameter": "/another/secret",
}
"""Values of the parameters that have neither numbers nor a list to choose from."""

NOT_OF_A_VERSION = {"ReservedConcurrentExecutions", "Tags"}
"""Properties of a function that a version does not copy, so a change of them alone publishes none.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""


def other_value(name: str) -> str:
    """Return a value that the parameter may have and that is not its default."""
    parameter = PARAMETERS[name]
    default = str(parameter["Default"])
    if "AllowedValues" in parameter:
        return next(str(v) for v in parameter["AllowedValues"] if str(v) != default)
    if parameter["Type"] == "Number":
        more = parameter["Default"] + 1
        return str(more if more <= parameter.get("MaxValue", more) else more - 2)
    assert re.match(parameter.get("AllowedPattern", ""), OTHER_TEXTS[name])
    return OTHER_TEXTS[name]


@dataclass(frozen=True)
class Deployment:
    """What CloudFormation would make of the template with the defaults and one other value."""

    template: dict[str, Any]
    values: dict[str, str]

    def function(self, name: str) -> dict[str, Any]:
        """Return what a version of the function would copy."""
        properties = self._resolved(self.template["Resources"][name]["Properties"])
        return {n: v for n, v in properties.items() if n not in NOT_OF_A_VERSION}

    def version(self, function: str) -> tuple[str, dict[str, Any]]:
        """Return what makes the version another resource: its logical id and its properties.

        CloudFormation updates none of a version's properties; it replaces the version.
        """
        (name,) = [
            n
            for n, resource in self.template["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Version"
            and resource["Properties"]["FunctionName"] == {"Ref": function}
        ]
        return name, self._resolved(self.template["Resources"][name]["Properties"])

    def alias(self, function: str) -> Any:
        return self.template["Resources"][f"{function}Aliaslive"]["Properties"]["FunctionVersion"]

    def _resolved(self, node: Any) -> Any:
        known = names_of_resources(self.template, {}) | self.values
        known |= {"AWS::StackName": "audio-translation", "AWS::URLSuffix": "amazonaws.com"}
        for resource in self.template["Resources"]:
            for attribute in ("Arn", "Version", "QueueName"):
                known.setdefault(f"{resource}.{attribute}", f"{resource}.{attribute}")
        return resolved(self.template, node, known)


@pytest.fixture(scope="module")
def deployments() -> dict[str, Deployment]:
    """Return the deployment with the defaults as "", and one for each parameter that is changed."""
    nothing: dict[str, dict[str, str]] = {"": {}}
    changes = nothing | {name: {name: other_value(name)} for name in PARAMETERS}
    templates = translated_with([*changes.values()])
    return {
        name: Deployment(template, changes[name])
        for name, template in zip(changes, templates, strict=True)
    }


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_changed_parameter_changes_a_function_and_its_version_or_neither(
    deployments: dict[str, Deployment], parameter: str
) -> None:
    before, after = deployments[""], deployments[parameter]
    for function in FUNCTIONS:
        changed = after.function(function) != before.function(function)
        replaced = after.version(function) != before.version(function)
        assert changed == replaced, function


@every_function
def test_the_alias_is_that_of_the_version(
    deployments: dict[str, Deployment], function: str
) -> None:
    for deployment in deployments.values():
        name, _ = deployment.version(function)
        assert deployment.alias(function) == {"Fn::GetAtt": [name, "Version"]}


def test_a_parameter_that_no_function_reads_leaves_all_of_them_alone(
    deployments: dict[str, Deployment],
) -> None:
    for name in ("AlarmTopicArn", "LogRetentionDays", "MonthlyQuota", "StageName", "ThrottleRate"):
        for function in FUNCTIONS:
            assert deployments[name].function(function) == deployments[""].function(function)


def test_long_values_need_no_room_in_the_layers_description(
    deployments: dict[str, Deployment],
) -> None:
    deployment = deployments["AllowedBuckets"]
    (layer,) = [n for n in deployment.template["Resources"] if n.startswith("DependenciesLayer")]
    described = deployment._resolved(deployment.template["Resources"][layer]["Properties"])
    assert described["Description"] == "Third-party code as uv.lock pins it."


def test_the_jobs_that_run_keep_the_version_that_they_began_with(
    deployments: dict[str, Deployment],
) -> None:
    """A version goes when it is replaced, and when the template's next text names another."""
    for deployment in deployments.values():
        version = deployment.template["Resources"][deployment.version("JobFunction")[0]]
        assert version["UpdateReplacePolicy"] == "Retain"
        assert version["DeletionPolicy"] == "Retain"


def test_the_translated_template_has_no_cycle(deployments: dict[str, Deployment]) -> None:
    for deployment in deployments.values():
        TopologicalSorter(_dependencies(deployment.template)).prepare()  # raises CycleError


def _dependencies(template: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each resource refers to or waits for, conditional or not."""
    resources = template["Resources"]

    def mentioned(node: Any) -> Iterator[str]:
        if isinstance(node, list):
            for child in node:
                yield from mentioned(child)
        if isinstance(node, dict):
            for name, child in node.items():
                if name in {"Ref", "DependsOn"}:
                    yield from [child] if isinstance(child, str) else child
                elif name == "Fn::GetAtt":
                    yield child[0] if isinstance(child, list) else child.split(".")[0]
                elif name == "Fn::Sub":
                    text = child if isinstance(child, str) else child[0]
                    yield from re.findall(r"\$\{(\w+)", text)
                    yield from mentioned(child)
                else:
                    yield from mentioned(child)

    return {name: set(mentioned(each)) & set(resources) for name, each in resources.items()}
