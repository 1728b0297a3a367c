"""The commands of docs/operating.md, and `sam deploy` by whoever has its policies: moto's AWS."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from local.aws.template import ACCOUNT, REGION
from tests.e2e.shown_commands import CLI, TEMPLATE, run, shown
from tests.fakes.aws.moto_server import Aws, running_aws
from tests.fakes.aws.roles import Roles
from tests.worlds.cloudformation import running_cloudformation
from tools.deploy_policy.deploy_policies import Place, deploy_policies
from tools.deploy_policy.sam_resources import sam_resources

DEPLOYER = "deployer"
STACK = "audio-translation"
"""Small, because what SAM asks of AWS does not depend on what is deployed."""
SMALL = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "Layer": {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": "layer", "RetentionPolicy": "Delete"},
        }
    },
    "Outputs": {"Made": {"Value": {"Ref": "Layer"}}},
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """With the managed policies that AWS has, which moto leaves out unless it is told."""
    with patch.dict(os.environ, MOTO_IAM_LOAD_MANAGED_POLICIES="true"), running_aws() as aws:
        yield aws


def test_api_gateway_is_told_the_role_that_it_writes_logs_with(aws: Aws) -> None:
    for step in ("make a role for logs", "let it write logs", "name it to API Gateway"):
        run(shown(step), environ={**aws.environment, **CLI})
    role = aws.client("iam").get_role(RoleName="api-gateway-logs")["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    attached = aws.client("iam").list_attached_role_policies(RoleName="api-gateway-logs")
    names = [policy["PolicyName"] for policy in attached["AttachedPolicies"]]
    assert names == ["AmazonAPIGatewayPushToCloudWatchLogs"]
    assert aws.client("apigateway").get_account()["cloudwatchRoleArn"] == role["Arn"]


def test_the_policies_are_written_and_made(aws: Aws, tmp_path: Path) -> None:
    written, folder = shown("write the deployers' policies"), tmp_path / "deploy-policies"
    run(written.replace("OUT=deploy-policies", f"OUT={folder}"))
    policies = {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}
    assert policies
    run(shown("make the deployers' policies"), environ={**aws.environment, **CLI}, cwd=tmp_path)
    client = aws.client("iam")
    kept = {
        policy["PolicyName"]: policy for policy in client.list_policies(Scope="Local")["Policies"]
    }
    assert set(kept) == set(policies)
    for name, policy in kept.items():
        version = client.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")
        assert version["PolicyVersion"]["Document"] == policies[name]


@pytest.fixture(scope="module")
def policies() -> dict[str, dict[str, Any]]:
    place = Place(STACK, REGION, ACCOUNT)
    return deploy_policies(sam_resources(), place, TEMPLATE["Parameters"])


@pytest.fixture
def roles() -> Iterator[Roles]:
    with running_cloudformation() as aws, Roles(aws.endpoint, lambda *_: None) as roles:
        yield roles


def test_who_has_them_deploys_changes_and_deletes(
    roles: Roles, policies: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    roles.may[DEPLOYER] = [s for policy in policies.values() for s in policy["Statement"]]
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "module.py").write_text("")
    (tmp_path / "template.json").write_text(json.dumps(SMALL))
    environ = {**Aws(roles.url).environment, **CLI, "AWS_ACCESS_KEY_ID": DEPLOYER}
    environ |= {"SAM_CLI_POLL_DELAY": "0.2", "SAM_CLI_TELEMETRY": "0"}
    deploy = "sam deploy --template-file template.json --resolve-s3 --capabilities CAPABILITY_IAM"
    printed = run(f"{deploy} --stack-name {STACK}", environ=environ, cwd=tmp_path).stdout
    assert "Successfully created/updated stack" in printed
    deleting = f"aws cloudformation delete-stack --stack-name {STACK}"
    run(deleting, environ=environ, cwd=tmp_path)
    assert not roles.refused
    asked = {each.action for _, each in roles.asked}
    assert {"cloudformation:CreateChangeSet", "cloudformation:DeleteStack", "s3:PutObject"} <= asked

    with pytest.raises(AssertionError, match="AccessDenied"):
        run(deleting.replace(STACK, "another"), environ=environ, cwd=tmp_path)
    assert roles.refused == [(DEPLOYER, "cloudformation:DeleteStack")]
