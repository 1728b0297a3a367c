"""Policies allow what AWS would allow."""

from typing import Any

import pytest

from local.aws.iam_policies import allows, statements_of, statements_of_queue

BUCKET = "arn:aws:s3:::b"


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **changes}


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"Action": ["s3:PutObject", "S3:getobject"]}, True),
        ({"Action": "s3:Get*"}, True),
        ({"Action": "s3:PutObject"}, False),
        ({"Resource": [f"{BUCKET}/other/*", f"{BUCKET}/?.mp3"]}, True),
        ({"Resource": f"{BUCKET}/other/*"}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"s3:prefix": ["a", "b"]}}}, True),
        ({"Condition": {"StringEquals": {"s3:prefix": "b*"}}}, False),
        ({"Condition": {"StringLike": {"s3:prefix": "a*"}}}, True),
        ({"Condition": {"StringLike": {"s3:delimiter": "*"}}}, False),
    ],
)
def test_a_statement_counts_if_action_resource_and_conditions_match(
    changes: dict[str, Any], *, allowed: bool
) -> None:
    asked = [statement(**changes)]
    assert allows(asked, "s3:GetObject", f"{BUCKET}/a.mp3", {"s3:prefix": "a"}) == allowed


def test_a_denial_counts_more_than_a_permission() -> None:
    denied = statement(Effect="Deny", Resource=f"{BUCKET}/jobs/*")
    assert allows([statement(), denied], "s3:GetObject", f"{BUCKET}/a")
    assert not allows([statement(), denied], "s3:GetObject", f"{BUCKET}/jobs/a")
    assert not allows([], "s3:GetObject", f"{BUCKET}/a")


def test_a_condition_that_is_not_known_is_an_error() -> None:
    unknown = statement(Condition={"Bool": {"aws:SecureTransport": "true"}})
    with pytest.raises(KeyError):
        allows([unknown], "s3:GetObject", f"{BUCKET}/a", {"aws:SecureTransport": "true"})


def test_a_resources_policy_names_who_may() -> None:
    asked = [statement(Principal={"Service": ["events.amazonaws.com", "sns.amazonaws.com"]})]
    assert allows(asked, "s3:GetObject", f"{BUCKET}/a", service="events.amazonaws.com")
    assert not allows(asked, "s3:GetObject", f"{BUCKET}/a", service="s3.amazonaws.com")


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Policies": [{"Ref": "Role"}]},
        },
        "Role": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Statement": [statement(Resource={"Ref": "Name"})]}},
        },
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {"Statement": [statement(Action="sqs:SendMessage")]},
            },
        },
    }
}


def test_the_statements_of_a_role_have_their_references_filled_in() -> None:
    (found,) = statements_of(TEMPLATE, "Function", {"Name": "it"})
    assert found["Resource"] == "it"


def test_a_queues_statements_are_those_of_policies_that_name_it() -> None:
    values = {"Queue.Arn": "arn:aws:sqs:us-east-1:1:Queue"}
    (found,) = statements_of_queue(TEMPLATE, values["Queue.Arn"], values)
    assert found["Action"] == "sqs:SendMessage"
    assert statements_of_queue(TEMPLATE, "arn:aws:sqs:us-east-1:1:Other", values) == []
