"""template.yaml and samconfig.toml, read; and what SAM's own translator makes of them."""

import functools
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from audio_translation.aws.bucket_keys import job_folder
from local import REPOSITORY
from local.aws.template import load_template

TEMPLATE = load_template()
JOBS = job_folder("").replace("//", "/")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
FUNCTIONS = {n: r for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]
KEYLESS = {
    "/", "/health", "/docs", "/openapi.json", "/example.mp3", "/api/info", "/page/{file}",
    "/record/key",
}  # fmt: skip
WITH_BEARER_TOKEN = {"/asr", "/detect-language"}
"""Routes, beside those under /v1/, whose key is in the header Authorization."""
KEY_IN_PATH = "/{appId}/{apiKey}"

every_function = pytest.mark.parametrize("function", FUNCTIONS)


def routes() -> Iterator[tuple[str, str, bool]]:
    """Yield method, path and whether a key is needed."""
    for event in FUNCTIONS["HttpFunction"]["Properties"]["Events"].values():
        properties = event["Properties"]
        yield (
            properties["Method"],
            properties["Path"],
            properties.get("Auth", {}).get("ApiKeyRequired", True),
        )


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        if isinstance(node.get("Fn::If"), list):
            yield from references(TEMPLATE["Conditions"][node["Fn::If"][0]])
        if isinstance(node.get("Fn::Sub"), str):
            yield from re.findall(r"\$\{(\w+)", node["Fn::Sub"])
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def defaults() -> dict[str, str]:
    return {name: str(parameter["Default"]) for name, parameter in PARAMETERS.items()}


def deployed_parameters() -> dict[str, dict[str, str]]:
    """Return each environment's parameters: samconfig.toml's over the defaults."""
    config = tomllib.loads((REPOSITORY / "samconfig.toml").read_text())
    return {
        name: defaults()
        | dict(
            pair.split("=", 1) for pair in section["deploy"]["parameters"]["parameter_overrides"]
        )
        for name, section in config.items()
        if isinstance(section, dict)
    }


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in resources.values() if r["Type"] == kind]


_TRANSLATE = """
import copy, json, logging, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.disable()
template = yaml_parse(open("template.yaml").read())
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/code"
for layer in ("DependenciesLayer", "MediaLayer"):
    template["Resources"][layer]["Properties"]["ContentUri"] = sys.argv[1]
policies = type("Policies", (), {"load": lambda self: {}})()
defaults = {name: p["Default"] for name, p in template["Parameters"].items()}
changes = json.load(sys.stdin)
translated = [transform(copy.deepcopy(template), defaults | c, policies) for c in changes]
json.dump(translated, sys.stdout)
"""


@functools.cache
def translated(layer: str = "s3://bucket/layer-1") -> dict[str, Any]:
    """Return the resources that SAM's own translator makes of the template."""
    (template,) = translated_with([{}], layer)
    resources: dict[str, Any] = template["Resources"]
    return resources


def translated_with(
    values: Sequence[dict[str, str]], layer: str = "s3://bucket/layer-1"
) -> list[dict[str, Any]]:
    """Return what SAM's translator makes of the template with each of these parameter values."""
    ran = subprocess.run(
        [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _TRANSLATE, layer],
        cwd=REPOSITORY,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        input=json.dumps(values),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    templates: list[dict[str, Any]] = json.loads(ran.stdout)
    return templates
