#!/usr/bin/env bash
# CloudFormation's resource schemas, as cfn-lint 1.58.0 carries them for us-east-1: what the handlers
# of a type say they need, in `permissions`, is not always a permission. Some are names of API calls or
# of an SDK's methods (IAM allows HeadBucket by s3:ListBucket), some have the service's name in place
# of its prefix (efs for elasticfilesystem, stepfunctions for states), some are of another service
# (AssumeRole is one of sts), and some look like examples that stayed in. IAM takes a policy with such
# names and allows nothing by them. So whoever makes a policy for CloudFormation out of the schemas has
# to look each one up, and to find what is missing.
# Compared with the list of actions that cfn-lint checks policies against; it may lack what is new, so
# only those named below decide.
# Seen: 227 of 17663 pairs of a type and a permission are not in the list; among them
#   AWS::Bedrock::FlowVersion noservice:NoAction
#   AWS::DataSync::Task iam:AssumeRole
#   AWS::FSx::FileCache s3:HeadBucket
#   AWS::MSK::Channel stepfunctions:StartExecution
#   AWS::RUM::AppMonitor s3:DoesObjectExist
#   AWS::Redshift::ClusterParameterGroup initech:DescribeReport
#   AWS::SageMaker::Domain efs:CreateFileSystem
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
"$folder/venv/bin/python" - <<'PYTHON'
import json
import re
import sys
from pathlib import Path

import cfnlint.data

data = Path(cfnlint.data.__file__).parent
policies = json.loads((data / "AdditionalSpecs" / "Policies.json").read_text())
actions = {prefix.lower(): [*service["Actions"]] for prefix, service in policies.items()}
types = json.loads((data / "schemas" / "providers" / "us-east-1.json").read_text())


def exists(permission):
    """Whether there is such an action; upper and lower case are the same to IAM, * is anything."""
    prefix, _, name = permission.strip().lower().partition(":")
    pattern = re.compile(re.escape(name).replace(r"\*", ".*"))
    return any(pattern.fullmatch(action.lower()) for action in actions.get(prefix, []))


named = set()
for kind, file in types.items():
    schema = json.loads((data / "schemas" / "resources" / f"{file}.json").read_text())
    for handler in schema.get("handlers", {}).values():
        named |= {(kind, permission) for permission in handler.get("permissions", [])}
unknown = {pair for pair in named if not exists(pair[1])}
examples = {
    ("AWS::Bedrock::FlowVersion", "noservice:NoAction"),
    ("AWS::DataSync::Task", "iam:AssumeRole"),
    ("AWS::FSx::FileCache", "s3:HeadBucket"),
    ("AWS::MSK::Channel", "stepfunctions:StartExecution"),
    ("AWS::RUM::AppMonitor", "s3:DoesObjectExist"),
    ("AWS::Redshift::ClusterParameterGroup", "initech:DescribeReport"),
    ("AWS::SageMaker::Domain", "efs:CreateFileSystem"),
}
real = ("s3:ListBucket", "elasticfilesystem:CreateFileSystem", "states:StartExecution")
print(f"{len(unknown)} of {len(named)} pairs of a type and a permission are not in the list")
for kind, permission in sorted(examples & unknown):
    print(f"  {kind} {permission}")
sys.exit(0 if examples <= unknown and all(map(exists, real)) else 1)
PYTHON
