"""Prints the IAM policies of whoever deploys, or writes a file for each.

python -m tools.deploy_policy --account 123456789012 --region us-east-1 --stack audio-translation
"""

import argparse
import json
import re
import sys
from pathlib import Path

from local.aws.template import load_template
from tools.build import CannotBuild
from tools.deploy_policy.deploy_policies import Place, UnknownResource, deploy_policies
from tools.deploy_policy.sam_resources import sam_resources


def main() -> None:
    """Print an object of policy documents by their names, or write each to a file of its name."""
    asked = _arguments()
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(asked.region.rsplit("-", 2)[0], "aws")
    place = Place(asked.stack, asked.region, asked.account, partition)
    try:
        policies = deploy_policies(sam_resources(), place, load_template()["Parameters"])
    except (CannotBuild, UnknownResource) as error:
        sys.exit(str(error))
    if not asked.out:
        print(json.dumps(policies, indent=2))
        return
    folder = Path(asked.out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, policy in policies.items():
        (folder / f"{name}.json").write_text(json.dumps(policy, indent=2))
    print("\n".join(str(folder / f"{name}.json") for name in policies))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make deploy-policy", description=main.__doc__)
    parser.add_argument("--account", type=_account, required=True)
    parser.add_argument("--region", type=_region, required=True)
    parser.add_argument("--stack", type=_stack, required=True)
    parser.add_argument("--out", default="", help="a folder")
    return parser.parse_args()


def _account(text: str) -> str:
    return _matching(r"\d{12}", text, "say ACCOUNT=, the 12 digits of the AWS account")


def _region(text: str) -> str:
    return _matching(r"[a-z]{2}(-[a-z]+)+-\d", text, "say REGION=, such as us-east-1")


def _stack(text: str) -> str:
    """Lambda's names have 64 characters: with a longer stack's name CloudFormation cuts it."""
    return _matching(r"[A-Za-z][A-Za-z0-9-]{0,24}", text, "STACK= has at most 25 characters")


def _matching(pattern: str, text: str, otherwise: str) -> str:
    if not re.fullmatch(pattern, text):
        raise argparse.ArgumentTypeError(otherwise)
    return text


if __name__ == "__main__":
    main()
