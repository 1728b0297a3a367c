"""Access logs: off unless they are asked for, and never with what a caller keeps secret."""

import json
import re

from local.aws.template import resolved
from tests.integration.template.deployed import RESOURCES, TEMPLATE, of_type, translated

VALUES = {"AccessLogGroup": "/aws/apigateway/audio-translation-access"}
SECRET = ("path", "query", "header", "body", "apiKey", "principal", "claims", "userAgent")
"""What could hold a key, a signed URL or a text, by parts of the names of API Gateway's variables.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""


def setting(**parameters: str) -> dict[str, str] | None:
    """The stage's setting, as SAM hands it on and CloudFormation fills it in."""
    (stage,) = of_type(translated(), "AWS::ApiGateway::Stage")
    pseudo = {"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "1"}
    values = {**pseudo, **VALUES, **parameters}
    filled: dict[str, str] | None = resolved(TEMPLATE, stage["AccessLogSetting"], values)
    return filled


def test_by_default_there_are_none() -> None:
    assert setting() is None
    assert translated()["AccessLogGroup"]["Condition"] == "AccessLogsOn"
    assert resolved(TEMPLATE, TEMPLATE["Conditions"]["AccessLogsOn"], {}) is False


def test_they_go_to_a_log_group_that_forgets_like_the_others() -> None:
    logged = setting(AccessLogs="on")
    assert logged
    assert logged["DestinationArn"] == (
        "arn:aws:logs:eu-west-1:1:log-group:/aws/apigateway/audio-translation-access"
    )
    group = RESOURCES["AccessLogGroup"]["Properties"]
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert (
        resolved(TEMPLATE, group["LogGroupName"], {"AWS::StackName": "audio-translation"})
        == (VALUES["AccessLogGroup"])
    )


def test_a_line_is_one_of_json_whatever_its_values_are() -> None:
    logged = setting(AccessLogs="on")
    assert logged
    line = logged["Format"]
    assert "\n" not in line
    # API Gateway writes "-" for what it has no value of; in quotes that stays JSON.
    filled = json.loads(re.sub(r"\$context[\w.]+", "-", line))
    assert {"requestId", "method", "route", "status", "milliseconds"} <= set(filled)
    assert set(filled.values()) == {"-"}
    assert "$context.requestId" in line, "which API Gateway demands"


def test_a_line_has_the_route_and_nothing_that_a_caller_keeps_secret() -> None:
    logged = setting(AccessLogs="on")
    assert logged
    variables = set(re.findall(r"\$context\.([\w.]+)", logged["Format"]))
    assert "resourcePath" in variables
    told = variables - {"resourcePath", "identity.apiKeyId"}
    assert not [name for name in told for part in SECRET if part.lower() in name.lower()]


def test_bodies_and_headers_are_in_no_log_of_api_gateway() -> None:
    """Execution logs hold both."""
    (stage,) = of_type(translated(), "AWS::ApiGateway::Stage")
    for method in stage["MethodSettings"]:
        assert not {"LoggingLevel", "DataTraceEnabled"} & set(method)
