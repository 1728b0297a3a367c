"""template.yaml as data, and its references filled in as CloudFormation does.

`!Ref X` is read as `{"Ref": "X"}`, `!GetAtt X.Arn` as `{"Fn::GetAtt": ["X", "Arn"]}`, and so on.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from local import REPOSITORY

REGION, ACCOUNT = "us-east-1", "123456789012"
"""Region and account of everything that runs on this machine."""

_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
}


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's tags in their long form."""


def _long_form(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    return {f"Fn::{suffix}": value.split(".", 1) if suffix == "GetAtt" else value}


_Loader.add_multi_constructor("!", _long_form)


def load_template(path: Path = REPOSITORY / "template.yaml") -> dict[str, Any]:
    """Read a template: ours, or the one in a build folder."""
    template: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)
    return template


def environment(
    template: dict[str, Any], function: str, values: dict[str, str] | None = None
) -> dict[str, str]:
    """Return a function's environment as CloudFormation would fill it in.

    ``values`` gives what references stand for; parameters that it leaves out have their defaults,
    resources are the empty string.
    """
    known = {"AWS::StackName": "audio-translation"}
    known |= {name: str(p["Default"]) for name, p in template["Parameters"].items()}
    known |= values or {}
    properties = template["Resources"][function]["Properties"]
    variables = {
        **template["Globals"]["Function"]["Environment"]["Variables"],
        **properties.get("Environment", {}).get("Variables", {}),
    }
    return {
        name: _filled(template, value, known) if isinstance(value, dict) else str(value)
        for name, value in variables.items()
    }


def _filled(template: dict[str, Any], value: dict[str, Any], known: dict[str, str]) -> str:
    return known.get(value["Ref"], "") if "Ref" in value else resolved(template, value, known)


def references(template: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    """Return what references stand for where resources have these ``names``, by logical id.

    Resources that are left out are called by their logical ids.
    """
    values = dict(_PSEUDO)
    for logical_id, resource in template["Resources"].items():
        name = names.get(logical_id, logical_id)
        values[logical_id] = name
        if resource["Type"] in _ARNS:
            values[f"{logical_id}.Arn"] = _ARNS[resource["Type"]].format(name)
        for event, given in resource.get("Properties", {}).get("Events", {}).items():
            if given["Type"] == "EventBridgeRule":  # SAM's own resource
                rule = f"{logical_id}{event}"
                values[f"{rule}.Arn"] = _ARNS["AWS::Events::Rule"].format(rule)
    return values | {name: value for name, value in names.items() if name not in values}


def resolved(template: dict[str, Any], node: Any, values: dict[str, str]) -> Any:
    """Return a part of the template as CloudFormation would fill it in.

    ``values`` gives what a reference stands for, an attribute as ``Resource.Attribute``;
    parameters that it leaves out have their defaults.
    """
    if isinstance(node, list):
        filled = [resolved(template, part, values) for part in node]
        return [part for part in filled if part is not None]
    if not isinstance(node, dict):
        return node
    if len(node) != 1 or not _is_function(next(iter(node))):
        parts = {name: resolved(template, part, values) for name, part in node.items()}
        return {name: part for name, part in parts.items() if part is not None}
    ((function, argument),) = node.items()
    return _FUNCTIONS[function](template, argument, values)


def _is_function(name: str) -> bool:
    return name in {"Ref", "Condition"} or name.startswith("Fn::")


def _reference(template: dict[str, Any], name: str, values: dict[str, str]) -> Any:
    if name == "AWS::NoValue":
        return None
    if name in values:
        return values[name]
    return template["Parameters"][name]["Default"]


def _sub(template: dict[str, Any], argument: str | list[Any], values: dict[str, str]) -> str:
    text, own = argument if isinstance(argument, list) else (argument, {})
    values = values | {name: resolved(template, value, values) for name, value in own.items()}

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        return f"${{{name[1:]}}}" if name[0] == "!" else str(_reference(template, name, values))

    return re.sub(r"\$\{([^}]+)\}", filled, text)


def _if(template: dict[str, Any], argument: list[Any], values: dict[str, str]) -> Any:
    condition, then, otherwise = argument
    met = resolved(template, template["Conditions"][condition], values)
    return resolved(template, then if met else otherwise, values)


def _join(template: dict[str, Any], argument: list[Any], values: dict[str, str]) -> str:
    delimiter, parts = argument
    return str(delimiter.join(map(str, resolved(template, parts, values))))


def _split(template: dict[str, Any], argument: list[Any], values: dict[str, str]) -> list[str]:
    delimiter, text = argument
    return str(resolved(template, text, values)).split(delimiter)


def _select(template: dict[str, Any], argument: list[Any], values: dict[str, str]) -> Any:
    index, parts = resolved(template, argument, values)
    return parts[int(index)]


def _equals(template: dict[str, Any], argument: list[Any], values: dict[str, str]) -> bool:
    first, second = resolved(template, argument, values)
    return str(first) == str(second)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Ref": _reference,
    "Fn::Equals": _equals,
    "Fn::GetAtt": lambda _, path, values: values[".".join(path)],
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Not": lambda template, argument, values: not resolved(template, argument, values)[0],
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}
