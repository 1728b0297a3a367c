"""Templates are read with their tags, and filled in as CloudFormation does."""

from pathlib import Path
from typing import Any

import pytest

from local.aws.template import environment, load_template, references, resolved

TEXT = """
Parameters:
  Size: {Type: Number, Default: 5}
  Name: {Type: String, Default: ""}
Conditions:
  HasName: !Not [!Equals [!Ref Name, ""]]
Globals:
  Function: {Environment: {Variables: {SIZE: !Ref Size, BUCKET: !Ref Bucket}}}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Queue: {Type: AWS::SQS::Queue}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {OWN: value}}
      Events: {Told: {Type: EventBridgeRule}}
"""


@pytest.fixture
def template(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "template.yaml"
    path.write_text(TEXT)
    return load_template(path)


def test_tags_become_their_long_forms(template: dict[str, Any]) -> None:
    assert template["Conditions"]["HasName"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}],
    }
    assert "HttpFunction" in load_template()["Resources"], "ours"


def test_a_functions_environment_is_its_own_and_that_of_all(template: dict[str, Any]) -> None:
    assert environment(template, "Function") == {"SIZE": "5", "BUCKET": "", "OWN": "value"}
    assert environment(template, "Function", {"Bucket": "b", "Size": "6"}) == {
        "SIZE": "6",
        "BUCKET": "b",
        "OWN": "value",
    }


def test_references_are_names_and_arns(template: dict[str, Any]) -> None:
    values = references(template, {"Bucket": "b", "Name": "n"})
    assert values["Bucket"] == "b"
    assert values["Bucket.Arn"] == "arn:aws:s3:::b"
    assert values["Queue.Arn"] == "arn:aws:sqs:us-east-1:123456789012:Queue"
    assert values["FunctionTold.Arn"] == "arn:aws:events:us-east-1:123456789012:rule/FunctionTold"
    assert values["Name"] == "n"


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ({"Ref": "Size"}, 5),
        ({"Ref": "Bucket"}, "b"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::b"),
        ({"Fn::Sub": "${Bucket}/${AWS::Region}"}, "b/us-east-1"),
        ({"Fn::Sub": "${!Bucket} ${Bucket}"}, "${Bucket} b"),
        ({"Fn::Sub": ["${x}-${Size}", {"x": {"Ref": "Bucket"}}]}, "b-5"),
        ({"Fn::Join": [",", ["a", {"Ref": "Bucket"}]]}, "a,b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::If": ["HasName", "yes", "no"]}, "no"),
        ([{"Ref": "AWS::NoValue"}, "x"], ["x"]),
        ({"a": {"Ref": "Bucket"}, "b": 1}, {"a": "b", "b": 1}),
    ],
)
def test_parts_are_filled_in(template: dict[str, Any], node: Any, found: Any) -> None:
    assert resolved(template, node, references(template, {"Bucket": "b"})) == found


@pytest.mark.parametrize(
    ("value", "expected"), [("", {"kept": "1"}), ("a,b", {"kept": "1", "second": "b"})]
)
def test_what_has_no_value_is_left_out_of_a_map(value: str, expected: dict[str, str]) -> None:
    template = {
        "Parameters": {"List": {"Default": value}},
        "Conditions": {"Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "List"}, ""]}]}},
    }
    second = {"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "List"}]}]}
    node = {"kept": "1", "second": {"Fn::If": ["Given", second, {"Ref": "AWS::NoValue"}]}}
    assert resolved(template, node, {}) == expected
