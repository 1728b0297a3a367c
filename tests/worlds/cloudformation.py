"""AWS as `sam deploy` needs it: moto's server, with what its CloudFormation lacks for our template.

CloudFormation turns `AWS::Serverless` resources into plain ones before it makes them; here SAM's
own translator does that. Of the types that moto cannot make from a template, the API key is made
in its API Gateway, where a command asks for it; the others get a name and are not made.

python -m tests.worlds.cloudformation   prints its URL and serves until its stdin ends
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.apigateway.models import apigateway_backends
from moto.awslambda.models import LambdaVersion, LayerVersion
from moto.cloudformation import parsing, responses
from moto.cloudformation.models import ChangeSet, CloudFormationBackend
from moto.cloudformation.utils import get_stack_from_s3_url

from local import REPOSITORY
from tests.fakes.aws.moto_server import Aws, serve, serving

_TRANSLATE = """
import json, logging, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.disable()
template = yaml_parse(sys.stdin.read())
parameters = template.get("Parameters", {}).items()
defaults = {name: p["Default"] for name, p in parameters if "Default" in p}
policies = type("Policies", (), {"load": lambda self: {}})()
json.dump(transform(template, defaults | json.loads(sys.argv[1]), policies), sys.stdout)
"""


@contextmanager
def running_cloudformation() -> Iterator[Aws]:
    """Serve from a process of its own, because moto's state and our changes to it are global."""
    with serving("tests.worlds.cloudformation") as endpoint:
        yield Aws(endpoint)


def _serve() -> None:
    with (
        patch.object(CloudFormationBackend, "create_change_set", _create_change_set),
        patch.object(ChangeSet, "apply", _apply),
        patch.object(responses, "get_stack_from_s3_url", _template_at),
        patch.object(parsing, "clean_json", _clean_json),
        patch.object(LayerVersion, "physical_resource_id", LayerVersion.arn, create=True),
        patch.object(LambdaVersion, "get_cfn_attribute", _version_attribute, create=True),
        patch.dict(parsing.get_model_map(), _MADE_HERE),
    ):
        serve()


_moto_create_change_set = CloudFormationBackend.create_change_set
_moto_apply = ChangeSet.apply
_moto_template_at = get_stack_from_s3_url
_moto_clean_json = parsing.clean_json


def _create_change_set(self: CloudFormationBackend, **arguments: Any) -> tuple[str, str]:
    # moto remembers numbers where it will want text, and would make 0 of 0.006.
    parameters = {name: str(value) for name, value in arguments["parameters"].items()}
    template = subprocess.run(
        [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _TRANSLATE, json.dumps(parameters)],
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        input=arguments["template"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    arguments |= {"parameters": parameters, "template": template}
    return _moto_create_change_set(self, **arguments)


def _apply(self: ChangeSet) -> None:
    _moto_apply(self)
    # moto forgets what an executed change set says of the stack beside its resources.
    stack = self.stack
    stack.template, stack.parameters = self.template, self.parameters
    stack._parse_template()
    stack.output_map = stack._create_output_map()


def _template_at(url: str, **arguments: Any) -> str:
    return _moto_template_at(url.replace("127.0.0.1", "localhost"), **arguments)


def _clean_json(node: Any, resources: Any) -> Any:
    cleaned = _moto_clean_json(node, resources)  # leaves AWS::NoValue in lists
    return [n for n in cleaned if n is not None] if isinstance(cleaned, list) else cleaned


def _version_attribute(self: LambdaVersion, name: str) -> Any:
    return {"Version": self.version}[name]


class _Resource:
    def __init__(self, physical_resource_id: str) -> None:
        self.physical_resource_id = physical_resource_id

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return f"{attribute_name}.{self.physical_resource_id}"


class _Named:
    """In place of one of moto's classes of resources: what it makes has a name only."""

    def create_from_cloudformation_json(
        self, name: str, description: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> _Resource:
        return _Resource(self.made(name, description["Properties"], account_id, region_name))

    def update_from_cloudformation_json(self, original_resource: _Resource, **_: Any) -> _Resource:
        return original_resource

    def delete_from_cloudformation_json(self, *_: Any) -> None:
        """Remove what another text of the template does not name, as it is with deployments."""

    def made(self, name: str, properties: dict[str, Any], account: str, region: str) -> str:
        """Make the resource; return what Ref gives for it."""
        return name


class _ApiKey(_Named):
    def made(self, name: str, properties: dict[str, Any], account: str, region: str) -> str:
        key = {"name": name, "enabled": properties["Enabled"]}
        return str(apigateway_backends[account][region].create_api_key(key).id)


class _Alias(_Named):
    def made(self, name: str, properties: dict[str, Any], account: str, region: str) -> str:
        function, alias = properties["FunctionName"], properties["Name"]
        return f"arn:aws:lambda:{region}:{account}:function:{function}:{alias}"


class _Domain(_Named):
    def create_from_cloudformation_json(
        self, name: str, description: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> _Resource:
        return _Resource(str(description["Properties"]["DomainName"]))


_MADE_HERE: dict[str, Any] = {
    "AWS::ApiGateway::ApiKey": _ApiKey(),
    "AWS::ApiGateway::Deployment": _Named(),
    "AWS::ApiGateway::DomainName": _Domain(),
    "AWS::ApiGateway::RestApi": _Named(),
    "AWS::ApiGateway::Stage": _Named(),
    "AWS::ApiGateway::UsagePlan": _Named(),
    "AWS::ApiGateway::UsagePlanKey": _Named(),
    "AWS::ApiGatewayV2::ApiMapping": _Named(),
    "AWS::CertificateManager::Certificate": _Named(),
    "AWS::CloudWatch::Alarm": _Named(),
    "AWS::Lambda::Alias": _Alias(),
    "AWS::Lambda::EventSourceMapping": _Named(),
    "AWS::Lambda::Permission": _Named(),
    "AWS::S3::BucketPolicy": _Named(),
    "AWS::SQS::QueuePolicy": _Named(),
}

if __name__ == "__main__":
    _serve()
