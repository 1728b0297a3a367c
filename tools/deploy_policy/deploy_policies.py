"""Policies that allow deploying one stack in one account and region, and little else."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.deploy_policy.permissions import needed_actions
from tools.deploy_policy.sam_resources import SAM_STACK, SamResources

LONGEST = 6144
"""Characters of a managed policy, white space not counted."""

_NAMED: dict[str, tuple[str, ...]] = {
    "AWS::ApiGateway::ApiKey": ("apigateway:{region}::/apikeys*", "apigateway:{region}::/tags/*"),
    "AWS::ApiGateway::Deployment": ("apigateway:{region}::/restapis*",),
    "AWS::ApiGateway::RestApi": (
        "apigateway:{region}::/restapis*",
        "apigateway:{region}::/tags/*",
    ),
    "AWS::ApiGateway::Stage": ("apigateway:{region}::/restapis*", "apigateway:{region}::/tags/*"),
    "AWS::ApiGateway::UsagePlan": (
        "apigateway:{region}::/usageplans*",
        "apigateway:{region}::/tags/*",
    ),
    "AWS::ApiGateway::UsagePlanKey": ("apigateway:{region}::/usageplans*",),
    "AWS::CloudWatch::Alarm": ("cloudwatch:{region}:{account}:alarm:{stack}-*",),
    "AWS::CloudWatch::Dashboard": ("cloudwatch::{account}:dashboard/{stack}-*",),
    "AWS::DynamoDB::Table": ("dynamodb:{region}:{account}:table/{stack}-*",),
    "AWS::Events::Rule": ("events:{region}:{account}:rule/{stack}-*",),
    "AWS::IAM::ManagedPolicy": ("iam::{account}:policy/{stack}-*",),
    "AWS::IAM::Role": ("iam::{account}:role/{stack}-*",),
    "AWS::KMS::Alias": ("kms:{region}:{account}:alias/{stack}-*", "kms:{region}:{account}:key/*"),
    "AWS::KMS::Key": ("kms:{region}:{account}:key/*",),
    "AWS::Lambda::Alias": ("lambda:{region}:{account}:function:{stack}-*",),
    "AWS::Lambda::EventInvokeConfig": ("lambda:{region}:{account}:function:{stack}-*",),
    "AWS::Lambda::EventSourceMapping": ("lambda:{region}:{account}:event-source-mapping:*",),
    "AWS::Lambda::Function": ("lambda:{region}:{account}:function:{stack}-*",),
    "AWS::Lambda::LayerVersion": ("lambda:{region}:{account}:layer:{LayerName}*",),
    "AWS::Lambda::Permission": ("lambda:{region}:{account}:function:{stack}-*",),
    "AWS::Lambda::Version": ("lambda:{region}:{account}:function:{stack}-*",),
    "AWS::Logs::LogGroup": (
        "logs:{region}:{account}:log-group:/aws/apigateway/{stack}-*",
        "logs:{region}:{account}:log-group:/aws/lambda/{stack}-*",
    ),
    "AWS::S3::Bucket": ("s3:::{bucket}-*",),
    "AWS::S3::BucketPolicy": ("s3:::{bucket}-*",),
    "AWS::SQS::Queue": ("sqs:{region}:{account}:{stack}-*",),
    "AWS::SQS::QueuePolicy": ("sqs:{region}:{account}:{stack}-*",),
}
"""What resources of each type are called: CloudFormation begins a name with that of the stack."""

_OTHERS: dict[str, tuple[str, ...]] = {
    "cloudwatch:DescribeAlarms": ("cloudwatch:{region}:{account}:alarm:*",),  # it lists
    "iam:PassRole": ("iam::{account}:role/{stack}-*",),
    "lambda:GetLayerVersion": ("lambda:{region}:{account}:layer:{LayerName}*",),
    "s3:GetObject": (f"s3:::{SAM_STACK}-*/*",),
    "s3:GetObjectVersion": (f"s3:::{SAM_STACK}-*/*",),
}
"""Actions on something else than the resource itself."""

_CLOUDFORMATION = (
    "CreateChangeSet",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeChangeSet",
    "DescribeStackEvents",
    "DescribeStacks",
    "ExecuteChangeSet",
    "GetTemplate",
    "GetTemplateSummary",
    "ListStackResources",
    "RollbackStack",
)
_KEY_SPEC = "ECC_NIST_P256"
"""Of the key that signs records: keys of other kinds, which encrypt, are nobody's to touch."""
_UPLOADS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_PARAMETERS = ("ApiKeyParameter", "WebhookSecretParameter")


class UnknownResource(Exception):
    """A type, or an action on it, that has no entry above."""


@dataclass(frozen=True)
class Place:
    """Where is deployed: the name of the stack, and where it is."""

    stack: str
    region: str
    account: str
    partition: str = "aws"

    def arn(self, pattern: str, **more: str) -> str:
        """Fill in an ARN without its beginning."""
        rest = pattern.format(
            stack=self.stack,
            bucket=self.stack.lower(),
            region=self.region,
            account=self.account,
            **more,
        )
        return f"arn:{self.partition}:{rest}"


@dataclass(frozen=True)
class _Permission:
    action: str
    resource: str
    condition: tuple[tuple[str, str, tuple[str, ...]], ...] = field(default=())


def deploy_policies(
    found: SamResources, place: Place, parameters: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return policy documents by their names, each short enough for a managed policy.

    Their names begin otherwise than the stack's own: else they would allow changing themselves.

    ``parameters`` are the template's. Raises UnknownResource.
    """
    sams = Place(SAM_STACK, place.region, place.account, place.partition)
    permissions = {
        *_of_stack(found.ours, found, place),
        *_of_stack(found.sam, found, sams),
        *_of_sam(place, sams),
        *_of_keys(place, parameters),
    }
    documents = _documents(_statements(permissions))
    return {f"deploy-{place.stack}-{n}": document for n, document in enumerate(documents, 1)}


def _of_stack(
    resources: dict[str, Any], found: SamResources, place: Place
) -> Iterator[_Permission]:
    attached = _attached(resources, place)
    for resource in resources.values():
        kind = resource["Type"]
        if kind not in _NAMED:
            raise UnknownResource(f"{kind} has no entry in _NAMED.")
        for action in needed_actions(resource, found.handlers[kind], found.actions):
            for arn in _resources(kind, action, resource, found, place):
                yield _Permission(action, arn, _condition(action, place, attached))


def _resources(
    kind: str, action: str, resource: dict[str, Any], found: SamResources, place: Place
) -> list[str]:
    """Return the ARNs that an action needs; ``*`` where IAM knows no resource for it."""
    if not found.actions[action.lower()]:
        return ["*"]
    service = action.partition(":")[0]
    if action not in _OTHERS and not _NAMED[kind][0].startswith(f"{service}:"):
        raise UnknownResource(f"{kind} needs {action}, which has no entry in _OTHERS or ONLY_WITH.")
    layers = [
        layer["Properties"]["LayerName"]
        for layer in ([resource] if kind == "AWS::Lambda::LayerVersion" else found.ours.values())
        if layer["Type"] == "AWS::Lambda::LayerVersion"
    ]
    patterns = _OTHERS.get(action, _NAMED[kind])
    return [place.arn(p, LayerName=n) for p in patterns for n in layers]


def _condition(
    action: str, place: Place, attached: tuple[str, ...]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    if action == "iam:PassRole":
        return (("StringEquals", "iam:PassedToService", ("lambda.amazonaws.com",)),)
    if action in {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}:
        return (("ArnLike", "iam:PolicyARN", attached),)
    if action.startswith("kms:") and "Alias" not in action:  # nothing names a key
        return (("StringEquals", "kms:KeySpec", (_KEY_SPEC,)),)
    if re.fullmatch(r"lambda:(Create|Update|Delete)EventSourceMapping", action):
        function = place.arn("lambda:{region}:{account}:function:{stack}-*")
        return (("ArnLike", "lambda:FunctionArn", (function,)),)
    return ()


def _attached(resources: dict[str, Any], place: Place) -> tuple[str, ...]:
    """Return the policies that the template's roles have: the stack's own, and AWS's by name."""
    roles = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::IAM::Role"]
    named = json.dumps([role.get("ManagedPolicyArns", []) for role in roles])
    of_aws = {f"iam::aws:{name}" for name in re.findall(r"policy/[\w/\-]+", named)}
    return tuple(place.arn(p) for p in ["iam::{account}:policy/{stack}-*", *sorted(of_aws)])


def _of_sam(place: Place, sams: Place) -> Iterator[_Permission]:
    """Yield what `sam deploy` asks for itself."""
    for each in (place, sams):
        for name in _CLOUDFORMATION:
            stack = each.arn("cloudformation:{region}:{account}:stack/{stack}/*")
            yield _Permission(f"cloudformation:{name}", stack)
    transform = place.arn("cloudformation:{region}:aws:transform/Serverless-2016-10-31")
    yield _Permission("cloudformation:CreateChangeSet", transform)
    for action in _UPLOADS:
        yield _Permission(action, sams.arn("s3:::{bucket}-*/*"))


def _of_keys(place: Place, parameters: dict[str, Any]) -> Iterator[_Permission]:
    """Yield what the output commands that store secrets need."""
    for name in _PARAMETERS:
        key = "ssm:{region}:{account}:parameter" + parameters[name]["Default"]
        yield _Permission("ssm:PutParameter", place.arn(key))


def _statements(permissions: Iterable[_Permission]) -> list[dict[str, Any]]:
    """Return statements, one for all actions on the same resources under the same condition."""
    by_action: dict[tuple[str, Any], set[str]] = {}
    for each in permissions:
        by_action.setdefault((each.action, each.condition), set()).add(each.resource)
    together: dict[tuple[Any, ...], list[str]] = {}
    for (action, condition), resources in sorted(by_action.items()):
        service = action.split(":")[0]
        together.setdefault((service, condition, tuple(sorted(resources))), []).append(action)
    return [
        {
            "Effect": "Allow",
            "Action": actions,
            "Resource": list(resources),
            **(
                {"Condition": {op: {key: list(v)} for op, key, v in condition}} if condition else {}
            ),
        }
        for (_, condition, resources), actions in sorted(together.items())
    ]


def _documents(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as few documents as hold the statements in their order."""
    documents: list[dict[str, Any]] = []
    for statement in statements:
        last = documents[-1]["Statement"] if documents else []
        if not last or size(document([*last, statement])) > LONGEST:
            documents.append(document([statement]))
        else:
            last.append(statement)
    return documents


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": statements}


def size(policy: dict[str, Any]) -> int:
    """Return a document's length as IAM counts it."""
    return len(json.dumps(policy, separators=(",", ":")))
