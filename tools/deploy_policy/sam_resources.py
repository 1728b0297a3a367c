"""What there is to deploy: the template's resources and those of SAM's own stack.

Both as SAM's translator makes them, with the permissions that CloudFormation's schemas list for
each type. SAM and cfn-lint, which ships the schemas, have a virtual environment of their own.
"""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from local import REPOSITORY
from tools.build import CannotBuild

SAM_STACK = "aws-sam-cli-managed-default"
"""The stack with the bucket that `sam deploy` uploads to and makes first."""

_PYTHON = REPOSITORY / ".venv-sam" / "bin" / "python"
_SCRIPT = """
import json, logging, sys
from pathlib import Path
import cfnlint
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas
from samcli.lib.bootstrap.bootstrap import _get_stack_template
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.disable()
policies = type("Policies", (), {"load": lambda self: {}})()

def resources(template):
    defaults = {n: p["Default"] for n, p in template.get("Parameters", {}).items()}
    return transform(template, defaults, policies)["Resources"]

ours = yaml_parse(open("template.yaml").read())
ours["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
for resource in ours["Resources"].values():
    if resource["Type"] == "AWS::Serverless::LayerVersion":
        resource["Properties"]["ContentUri"] = "s3://bucket/layer"
found = {"ours": resources(ours), "sam": resources(json.loads(_get_stack_template()))}
types = {r["Type"] for resources in found.values() for r in resources.values()}
schema = lambda kind: schemas.get_resource_schema("us-east-1", kind).schema
found["handlers"] = {kind: schema(kind)["handlers"] for kind in types}
data = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
used = {p.split(":")[0] for handlers in found["handlers"].values()
        for handler in handlers.values() for p in handler["permissions"]}
known = json.loads(data.read_text())
found["actions"] = {
    f"{service}:{name}": bool(action.get("Resources"))
    for service in used for name, action in known.get(service, {}).get("Actions", {}).items()
}
json.dump(found, sys.stdout)
"""


@dataclass(frozen=True)
class SamResources:
    """The resources of both stacks by their logical ids, and what is known of their types.

    ``handlers`` lists the permissions of each type by what CloudFormation does with it. ``actions``
    has every action of IAM in lower case, and whether it can be allowed for some resources only.
    """

    ours: dict[str, Any]
    sam: dict[str, Any]
    handlers: dict[str, dict[str, dict[str, list[str]]]]
    actions: dict[str, bool]


def sam_resources() -> SamResources:
    """Ask SAM and cfn-lint; takes some seconds. Raises CannotBuild."""
    if not _PYTHON.exists():
        raise CannotBuild("The SAM CLI is not set up: run `make .venv-sam/.done`.")
    ran = subprocess.run(
        [_PYTHON, "-c", _SCRIPT],
        cwd=REPOSITORY,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CannotBuild(f"SAM cannot read the template:\n{ran.stderr}")
    return SamResources(**json.loads(ran.stdout))
