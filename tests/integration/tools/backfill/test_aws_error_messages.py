"""What an operator reads when AWS refuses something, or cannot be asked."""

import os
from pathlib import Path

import pytest

from tests.fakes.aws.large_bucket import BUCKET, LargeBucket
from tests.worlds.backfill import Account, run_backfill, set_environment


def test_a_queue_that_does_not_exist_is_told(account: Account) -> None:
    account.put("a.mp3")
    told = account.run(
        "--bucket", account.bucket, "--queue", f"{account.queue}-not", "--run", "1", status=1
    )
    assert "There is no such queue" in told


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "AWS credentials: "),
        ({"AWS_PROFILE": "nobody"}, "Set AWS_PROFILE, or run `aws configure`."),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "No AWS region is set."),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS is not reached"),
    ],
)
def test_an_environment_that_does_not_do_is_told(
    account: Account, environ: dict[str, str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_CONFIG_FILE": os.devnull}
    set_environment(monkeypatch, nothing | environ)
    assert reason in account.run("--bucket", "bbb", "--queue", "q", status=1)


@pytest.mark.parametrize(
    ("denied", "queue", "needed"),
    [
        ("ListObjectsV2", "q", "s3:ListBucket on the bucket"),
        ("SendMessageBatch", "q", "sqs:SendMessage on the queue"),
        ("DescribeStacks", "", "cloudformation:DescribeStacks on the stack, or QUEUE=url"),
    ],
)
def test_a_permission_that_is_missing_is_named(
    denied: str,
    queue: str,
    needed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with LargeBucket(20, denied=denied) as bucket:
        set_environment(monkeypatch, bucket.environment)
        arguments = ["--bucket", BUCKET, "--queue", queue, "--run", "1"]
        told = run_backfill(capsys, *arguments, "--state-folder", str(tmp_path), status=1)
    assert f"AWS refuses {denied}. It needs {needed}. (Not for you.)" in told
