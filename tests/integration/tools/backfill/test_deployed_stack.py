"""The stack says where recordings are queued, what they cost and which folders are output."""

import json
from dataclasses import replace

import pytest

from tests.worlds.backfill import Account

STACK = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {
        "UploadBucket": {"Type": "String"},
        "AudioFolder": {"Type": "String", "Default": "kept"},
        "PricePerMinuteUsd": {"Type": "Number", "Default": 0.1},
    },
    "Resources": {"UploadQueue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {
        "UploadQueueUrl": {"Value": {"Ref": "UploadQueue"}},
        "BucketName": {"Value": "the-stacks-own"},
    },
}


@pytest.fixture
def stack(account: Account) -> str:
    account.aws.client("cloudformation").create_stack(
        StackName=account.bucket,
        TemplateBody=json.dumps(STACK),
        Parameters=[{"ParameterKey": "UploadBucket", "ParameterValue": account.bucket}],
    )
    return account.bucket


def test_the_stack_tells_queue_price_and_audio_folder(account: Account, stack: str) -> None:
    account.put("audio/a.mp3", "kept/b.mp3", "c.mp3")

    printed = account.run("--bucket", account.bucket, "--stack", stack, "--run", "1")

    assert "at $0.1 a minute" in printed
    outputs = account.aws.client("cloudformation").describe_stacks(StackName=stack)
    found = {o["OutputKey"]: o["OutputValue"] for o in outputs["Stacks"][0]["Outputs"]}
    there = replace(account, queue=found["UploadQueueUrl"])
    assert there.keys_received() == ["audio/a.mp3", "c.mp3"]


def test_what_is_given_counts_more_than_what_the_stack_tells(account: Account, stack: str) -> None:
    account.put("audio/a.mp3", "kept/b.mp3")
    arguments = ["--stack", stack, "--audio-folder", "audio/", "--price", "2"]

    printed = account.run_on_bucket(*arguments)

    assert "at $2 a minute" in printed
    assert "1 recordings, " in printed


def test_a_bucket_that_the_stack_does_not_read_is_refused(account: Account, stack: str) -> None:
    account.aws.client("s3").create_bucket(Bucket=f"{account.bucket}-2")
    told = account.run("--bucket", f"{account.bucket}-2", "--stack", stack, status=1)
    assert f"Deploy it with UploadBucket={account.bucket}-2." in told


def test_a_stack_that_is_older_than_uploads_is_told(account: Account) -> None:
    template = {"Resources": STACK["Resources"]}
    account.aws.client("cloudformation").create_stack(
        StackName=f"old-{account.bucket}", TemplateBody=json.dumps(template)
    )
    told = account.run("--bucket", account.bucket, "--stack", f"old-{account.bucket}", status=1)
    assert "has no output UploadQueueUrl. Deploy it anew." in told
