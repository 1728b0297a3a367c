"""template.yaml as data, with `!Ref X` read as `{"Ref": "X"}` and so on."""

from pathlib import Path
from typing import Any

import yaml

from local import REPOSITORY


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags in their long form."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
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
    variables = {
        **template["Globals"]["Function"]["Environment"]["Variables"],
        **template["Resources"][function]["Properties"]["Environment"]["Variables"],
    }
    return {
        name: known.get(value["Ref"], "") if isinstance(value, dict) else str(value)
        for name, value in variables.items()
    }
