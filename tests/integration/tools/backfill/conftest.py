"""An account for the tests of the backfill."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.aws.moto_server import Aws, running_aws
from tests.worlds.backfill import Account, set_environment


@pytest.fixture(scope="package")
def aws() -> Iterator[Aws]:
    with running_aws() as running:
        yield running


@pytest.fixture
def account(
    aws: Aws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Account:
    set_environment(monkeypatch, aws.environment)
    name = f"b-{uuid.uuid4()}"
    aws.client("s3").create_bucket(Bucket=name)
    queue = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return Account(aws, name, queue, tmp_path / "states", capsys)
