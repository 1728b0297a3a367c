"""What IAM roles and queue policies of template.yaml allow, by the rules of AWS that it needs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.aws.template import resolved

Statement = Mapping[str, Any]


def allows(
    statements: Iterable[Statement],
    action: str,
    resource: str,
    context: Mapping[str, str] | None = None,
    *,
    service: str | None = None,
) -> bool:
    """Return whether ``action`` on the ARN ``resource`` is allowed and not denied.

    ``context`` has the request's condition keys. ``service`` is the principal that asks, where the
    policy is a resource's own. Raises KeyError for a condition operator that is not known here.
    """
    met = [s for s in statements if _meets(s, action, resource, context or {}, service)]
    return bool(met) and all(statement["Effect"] == "Allow" for statement in met)


def statements_of(
    template: dict[str, Any], function: str, values: dict[str, str]
) -> list[Statement]:
    """Return the statements of a function's role; ``values`` is what references stand for."""
    policies = template["Resources"][function]["Properties"].get("Policies", [])
    names = [policy["Ref"] for policy in policies]
    return [
        statement for name in names for statement in _document(template, name, values)["Statement"]
    ]


def statements_of_queue(
    template: dict[str, Any], arn: str, values: dict[str, str]
) -> list[Statement]:
    """Return the statements of a queue's policies, which name its ARN."""
    names = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::SQS::QueuePolicy"
        and arn in [values[f"{queue['Ref']}.Arn"] for queue in resource["Properties"]["Queues"]]
    ]
    return [
        statement for name in names for statement in _document(template, name, values)["Statement"]
    ]


def _document(template: dict[str, Any], name: str, values: dict[str, str]) -> dict[str, Any]:
    document = template["Resources"][name]["Properties"]["PolicyDocument"]
    filled: dict[str, Any] = resolved(template, document, values)
    return filled


def _meets(
    statement: Statement,
    action: str,
    resource: str,
    context: Mapping[str, str],
    service: str | None,
) -> bool:
    asked_by = _listed(statement.get("Principal", {}).get("Service")) if service else [None]
    return (
        service in asked_by
        and any(_is_like(action.lower(), pattern.lower()) for pattern in _all(statement, "Action"))
        and any(_is_like(resource, pattern) for pattern in _all(statement, "Resource"))
        and all(
            _CONDITIONS[operator](context.get(key), _listed(wanted))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _all(statement: Statement, name: str) -> list[str]:
    return _listed(statement[name])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_like(text: str | None, pattern: str) -> bool:
    """Match a pattern: ``*`` is any text, ``?`` one character. None matches nothing."""
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in pattern)
    return text is not None and re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _is_any_like(text: str | None, patterns: list[str]) -> bool:
    return any(_is_like(text, pattern) for pattern in patterns)


_CONDITIONS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "ArnEquals": _is_any_like,  # which takes wildcards like ArnLike
    "ArnLike": _is_any_like,
    "StringEquals": lambda text, wanted: text in wanted,
    "StringLike": _is_any_like,
}
