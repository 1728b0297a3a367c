"""Who has the policies can deploy this stack, and do little else."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from local import REPOSITORY
from local.aws.iam_policies import Statement, allows
from local.aws.template import load_template, resolved
from tools.deploy_policy.deploy_policies import (
    LONGEST,
    Place,
    UnknownResource,
    deploy_policies,
    size,
)
from tools.deploy_policy.permissions import ONLY_WITH, has_property, needed_actions
from tools.deploy_policy.sam_resources import SAM_STACK, SamResources, sam_resources

TEMPLATE = load_template()
STACK, REGION, ACCOUNT = "audio-translation", "eu-west-1", "123456789012"
PLACE = Place(STACK, REGION, ACCOUNT)
VALUES = {"AWS::StackName": STACK, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
MOST_ATTACHED = 10
"""Managed policies that a role or user may have, unless the account asked for more."""
NAMED_BY = {
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
}
"""Types of which the template names every resource; CloudFormation names the others."""
ARNS = {
    "AWS::ApiGateway::ApiKey": "apigateway:{r}::/apikeys/a1b2c3",
    "AWS::ApiGateway::Deployment": "apigateway:{r}::/restapis/a1b2c3/deployments",
    "AWS::ApiGateway::RestApi": "apigateway:{r}::/restapis/a1b2c3",
    "AWS::ApiGateway::Stage": "apigateway:{r}::/restapis/a1b2c3/stages/v1",
    "AWS::ApiGateway::UsagePlan": "apigateway:{r}::/usageplans/a1b2c3",
    "AWS::ApiGateway::UsagePlanKey": "apigateway:{r}::/usageplans/a1b2c3/keys/d4",
    "AWS::CloudWatch::Alarm": "cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::CloudWatch::Dashboard": "cloudwatch::{a}:dashboard/{n}",
    "AWS::DynamoDB::Table": "dynamodb:{r}:{a}:table/{n}",
    "AWS::Events::Rule": "events:{r}:{a}:rule/{n}",
    "AWS::IAM::ManagedPolicy": "iam::{a}:policy/{n}",
    "AWS::IAM::Role": "iam::{a}:role/{n}",
    "AWS::KMS::Alias": "kms:{r}:{a}:{n}",
    "AWS::KMS::Key": "kms:{r}:{a}:key/0a1b2c3d",
    "AWS::Lambda::Alias": "lambda:{r}:{a}:function:{n}:live",
    "AWS::Lambda::EventInvokeConfig": "lambda:{r}:{a}:function:{n}:live",
    "AWS::Lambda::EventSourceMapping": "lambda:{r}:{a}:event-source-mapping:0a1b2c3d",
    "AWS::Lambda::Function": "lambda:{r}:{a}:function:{n}",
    "AWS::Lambda::LayerVersion": "lambda:{r}:{a}:layer:{n}:7",
    "AWS::Lambda::Permission": "lambda:{r}:{a}:function:{n}:live",
    "AWS::Lambda::Version": "lambda:{r}:{a}:function:{n}:7",
    "AWS::Logs::LogGroup": "logs:{r}:{a}:log-group:{n}:log-stream:",
    "AWS::S3::Bucket": "s3:::{l}",
    "AWS::S3::BucketPolicy": "s3:::{l}",
    "AWS::SQS::Queue": "sqs:{r}:{a}:{n}",
    "AWS::SQS::QueuePolicy": "sqs:{r}:{a}:{n}",
}
"""What AWS asks about, by the pages of its Service Authorization Reference."""
UNNAMED = {"AWS::KMS::Key", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::LayerVersion"}
"""With API Gateway's: types whose ARNs say nothing of a stack."""
CONTEXT = {
    "iam:PassedToService": "lambda.amazonaws.com",
    "iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/{STACK}-TranslatePolicy-1A2B3C4D5E6F",
    "kms:KeySpec": "ECC_NIST_P256",
    "lambda:FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-UploadFunction-1A",
}


@pytest.fixture(scope="module")
def found() -> SamResources:
    return sam_resources()


@pytest.fixture(scope="module")
def policies(found: SamResources) -> dict[str, dict[str, Any]]:
    return deploy_policies(found, PLACE, TEMPLATE["Parameters"])


@pytest.fixture(scope="module")
def may(policies: dict[str, dict[str, Any]]) -> list[Statement]:
    return [statement for policy in policies.values() for statement in policy["Statement"]]


def arn(kind: str, name: str) -> str:
    return "arn:aws:" + ARNS[kind].format(r=REGION, a=ACCOUNT, n=name, l=name.lower())


def physical(stack: str, logical_id: str, resource: dict[str, Any]) -> str:
    """What a resource is called: as the template says, or as CloudFormation makes names."""
    given = resource["Properties"].get(NAMED_BY.get(resource["Type"], ""))
    made = f"{stack}-{logical_id}-1A2B3C4D5E6F"
    return str(resolved(TEMPLATE, given, VALUES)) if given else made


def asked(found: SamResources) -> Iterator[tuple[str, str]]:
    """Yield action and ARN of all that CloudFormation does to the resources of both stacks."""
    for stack, resources in ((STACK, found.ours), (SAM_STACK, found.sam)):
        for logical_id, resource in resources.items():
            kind = resource["Type"]
            for action in needed_actions(resource, found.handlers[kind], found.actions):
                on = {
                    "iam:PassRole": arn("AWS::IAM::Role", f"{STACK}-JobFunctionRole-1A"),
                    "s3:GetObject": f"arn:aws:s3:::{SAM_STACK}-samclisourcebucket-1a/b2",
                    "s3:GetObjectVersion": f"arn:aws:s3:::{SAM_STACK}-samclisourcebucket-1a/b2",
                    "lambda:GetLayerVersion": arn("AWS::Lambda::LayerVersion", "MediaLayer"),
                }
                own = arn(kind, physical(stack, logical_id, resource))
                yield action, on.get(action, own)


def test_every_type_of_the_template_is_covered(found: SamResources) -> None:
    types = {resource["Type"] for resource in [*found.ours.values(), *found.sam.values()]}
    assert types <= set(ARNS)
    assert len(types) > 20


def test_a_type_without_an_entry_is_told(found: SamResources) -> None:
    more = {**found.ours, "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}
    with pytest.raises(UnknownResource, match="AWS::SNS::Topic"):
        deploy_policies(dataclasses.replace(found, ours=more), PLACE, TEMPLATE["Parameters"])


def test_a_service_that_a_property_brings_in_is_told(found: SamResources) -> None:
    function = found.ours["HttpFunction"]
    other = {**function, "Properties": {**function["Properties"], "VpcConfig": {}}}
    more = {**found.ours, "HttpFunction": other}
    described = dict.fromkeys([a for a in found.actions if a.startswith("ec2:")], True)
    grown = dataclasses.replace(found, ours=more, actions={**found.actions, **described})
    with pytest.raises(UnknownResource, match="ec2:"):
        deploy_policies(grown, PLACE, TEMPLATE["Parameters"])


def test_all_that_cloudformation_does_is_allowed(found: SamResources, may: list[Statement]) -> None:
    refused = {(action, on) for action, on in asked(found) if not allows(may, action, on, CONTEXT)}
    assert not refused


def test_nothing_of_it_is_allowed_on_another_stacks_resources(
    found: SamResources, may: list[Statement]
) -> None:
    lists = {"cloudwatch:DescribeAlarms", "lambda:CreateEventSourceMapping"}
    lists |= {s for statement in may if "*" in statement["Resource"] for s in statement["Action"]}
    for resource in found.ours.values():
        kind = resource["Type"]
        if kind in UNNAMED or "ApiGateway" in kind:
            continue
        other = arn(kind, f"another-stack-{resource['Type'][-5:]}")
        for action in needed_actions(resource, found.handlers[kind], found.actions):
            assert action in lists or not allows(may, action, other, CONTEXT), (action, other)


@pytest.mark.parametrize(
    ("action", "on", "context"),
    [
        (
            "iam:AttachRolePolicy",
            f"iam::{ACCOUNT}:role/{STACK}-HttpFunctionRole-1A",
            {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
        (
            "iam:PassRole",
            f"iam::{ACCOUNT}:role/{STACK}-HttpFunctionRole-1A",
            {"iam:PassedToService": "ec2.amazonaws.com"},
        ),
        ("iam:PassRole", f"iam::{ACCOUNT}:role/admin", CONTEXT),
        ("iam:CreatePolicyVersion", f"iam::{ACCOUNT}:policy/deploy-{STACK}-1", {}),
        (
            "kms:ScheduleKeyDeletion",
            f"kms:{REGION}:{ACCOUNT}:key/1",
            {"kms:KeySpec": "SYMMETRIC_DEFAULT"},
        ),
        ("kms:Sign", f"kms:{REGION}:{ACCOUNT}:key/1", CONTEXT),
        ("kms:DeleteAlias", f"kms:{REGION}:{ACCOUNT}:alias/another-stack", CONTEXT),
        ("iam:CreateUser", f"iam::{ACCOUNT}:user/{STACK}-x", {}),
        ("s3:GetObject", f"s3:::{STACK}-audiobucket-1a/uploads/a.mp3", {}),
        ("dynamodb:GetItem", f"dynamodb:{REGION}:{ACCOUNT}:table/{STACK}-JobTable-1A", {}),
        ("ssm:GetParameter", f"ssm:{REGION}:{ACCOUNT}:parameter/{STACK}/openai-api-key", {}),
        ("lambda:InvokeFunction", f"lambda:{REGION}:{ACCOUNT}:function:{STACK}-HttpFunction", {}),
        ("cloudformation:DeleteStack", f"cloudformation:{REGION}:{ACCOUNT}:stack/other/1", {}),
        (
            "cloudformation:DescribeStacks",
            f"cloudformation:us-east-1:{ACCOUNT}:stack/{STACK}/1",
            {},
        ),
    ],
)
def test_what_deploying_does_not_need_is_refused(
    may: list[Statement], action: str, on: str, context: dict[str, str]
) -> None:
    assert not allows(may, action, f"arn:aws:{on}", context)


def test_the_policies_fit_the_limits_of_iam(
    found: SamResources, policies: dict[str, dict[str, Any]]
) -> None:
    assert len(policies) < MOST_ATTACHED
    assert all(size(policy) <= LONGEST for policy in policies.values())
    longest = Place("a" * 25, "ap-southeast-2", ACCOUNT)
    others = deploy_policies(found, longest, TEMPLATE["Parameters"])
    assert len(others) < MOST_ATTACHED
    assert all(size(policy) <= LONGEST for policy in others.values())


def test_iam_knows_every_action_and_has_such_resources(
    policies: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """By cfn-lint's list of IAM's actions and their resources."""
    resources = {
        f"Policy{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": policy},
        }
        for number, policy in enumerate(policies.values())
    }
    assert _linted(resources, tmp_path) == []
    wrong = {"Effect": "Allow", "Action": ["sqs:MakeQueue"], "Resource": ["*"]}
    resources["Policy0"]["Properties"]["PolicyDocument"]["Statement"][0] = wrong  # type: ignore[index]
    assert [found["Rule"]["Id"] for found in _linted(resources, tmp_path)] == ["W3037"]


def _linted(resources: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    template = folder / "policies.json"
    template.write_text(json.dumps({"Resources": resources}))
    lint = REPOSITORY / ".venv-sam" / "bin" / "cfn-lint"
    options = ["--include-checks", "I3510", "--ignore-checks", "I3042", "--format", "json"]
    command = [str(lint), "--template", str(template), *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    linted: list[dict[str, Any]] = json.loads(ran.stdout)
    return linted


def test_every_rule_about_a_property_leaves_an_action_out(found: SamResources) -> None:
    for kind, rules in ONLY_WITH.items():
        if kind not in found.handlers:
            continue
        listed = {p for handler in found.handlers[kind].values() for p in handler["permissions"]}
        of_kind = [r for r in [*found.ours.values(), *found.sam.values()] if r["Type"] == kind]
        for pattern, key in rules.items():
            left_out = [action for action in listed if fnmatchcase(action, pattern)]
            assert left_out, (kind, pattern)
            assert not all(has_property(resource, key) for resource in of_kind), (kind, key)


def test_the_command_prints_them() -> None:
    asked_for = ["--account", ACCOUNT, "--region", REGION, "--stack", STACK]
    ran = _printed(*asked_for)
    assert list(json.loads(ran.stdout)) == [f"deploy-{STACK}-1", f"deploy-{STACK}-2"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--account", "", "--region", REGION, "--stack", STACK], "say ACCOUNT="),
        (["--account", ACCOUNT, "--region", "Ireland", "--stack", STACK], "say REGION="),
        (["--account", ACCOUNT, "--region", REGION, "--stack", "s" * 26], "25 characters"),
    ],
)
def test_the_command_says_what_it_lacks(arguments: list[str], told: str) -> None:
    ran = _printed(*arguments)
    assert ran.returncode == 2
    assert told in ran.stderr


def _printed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.deploy_policy", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
