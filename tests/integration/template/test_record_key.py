"""The key that signs records: made where there are any, kept for good, used by two functions."""

from typing import Any

import pytest

from audio_translation.aws.bucket_keys import (
    SIGNATURE,
    heard_key,
    part_key,
    record_key,
    result_key,
    source_key,
    transcript_key,
    translation_key,
)
from audio_translation.formats.response_format import ResponseFormat
from local.aws.iam_policies import allows, statements_of
from local.aws.template import references
from tests.integration.template.deployed import RESOURCES, TEMPLATE, every_function

ARN = "arn:aws:kms:us-east-1:123456789012:key/one"
BUCKET_ARN = "arn:aws:s3:::bucket"
KEY: dict[str, Any] = RESOURCES["RecordKey"]


def statements(function: str, records: str) -> list[Any]:
    """Return what a function's role has, in a stack with these records."""
    known = {
        "AWS::URLSuffix": "amazonaws.com",
        "AudioBucket.Arn": BUCKET_ARN,
        "JobFunction.Alias": "live",
        "RecordKey.Arn": ARN,
        "Records": records,
    }
    return statements_of(TEMPLATE, function, references(TEMPLATE, {}) | known)


@every_function
@pytest.mark.parametrize("records", ["off", "on", "all"])
def test_two_functions_sign_and_one_shows_the_key(function: str, records: str) -> None:
    allowed = {"JobFunction": {"kms:Sign"}, "HttpFunction": {"kms:Sign", "kms:GetPublicKey"}}
    mine = allowed.get(function, set()) if records != "off" else set()
    found = statements(function, records)
    for action in ("Sign", "GetPublicKey", "Decrypt", "CreateGrant", "ScheduleKeyDeletion"):
        assert allows(found, f"kms:{action}", ARN) == (f"kms:{action}" in mine)
        assert not allows(found, f"kms:{action}", ARN.replace("one", "two"))


def test_a_correction_may_replace_what_it_lays_out_anew_and_nothing_else() -> None:
    found = statements("HttpFunction", "on")
    replaced = [
        translation_key("j"),
        transcript_key("j"),
        *(result_key("j", one.extension) for one in ResponseFormat),
        *(record_key("j", n) + end for n in (None, 0, 12) for end in ("", SIGNATURE)),
    ]
    assert all(allows(found, "s3:PutObject", f"{BUCKET_ARN}/{key}") for key in replaced)
    invoked = statements("InvokeFunction", "on")
    assert not any(allows(invoked, "s3:PutObject", f"{BUCKET_ARN}/{key}") for key in replaced)
    assert allows(found, "s3:PutObject", f"{BUCKET_ARN}/{source_key('j', 'a')}")
    assert allows(found, "s3:PutObject", f"{BUCKET_ARN}/{part_key('j', 0, 1)}")
    for key in (heard_key("j"), "translations/result.srt", "uploads/record.json"):
        assert not allows(found, "s3:PutObject", f"{BUCKET_ARN}/{key}")


def test_the_key_signs_with_p256_and_outlives_the_stack() -> None:
    assert KEY["Condition"] == RESOURCES["RecordKeyAlias"]["Condition"] == "RecordsOn"
    assert TEMPLATE["Conditions"]["RecordsOn"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "Records"}, "off"]}]
    }
    assert TEMPLATE["Parameters"]["Records"]["Default"] == "off"
    assert KEY["DeletionPolicy"] == "RetainExceptOnCreate", "a failed first deployment goes"
    assert KEY["UpdateReplacePolicy"] == "Retain"
    assert KEY["Properties"]["KeySpec"] == "ECC_NIST_P256"
    assert KEY["Properties"]["KeyUsage"] == "SIGN_VERIFY"


def test_the_keys_policy_leaves_it_to_iam_in_this_account() -> None:
    (statement,) = KEY["Properties"]["KeyPolicy"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    }
