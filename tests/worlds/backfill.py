"""`make backfill` as an operator runs it: an account of moto's, and the command in this process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.aws.moto_server import Aws
from tools.backfill.__main__ import main


@dataclass(frozen=True)
class Account:
    """An account with a bucket and a queue; progress is kept in the folder ``states``."""

    aws: Aws
    bucket: str
    queue: str
    states: Path
    capsys: pytest.CaptureFixture[str]

    def put(self, *keys: str, body: bytes = b"x" * 12_000, **options: Any) -> None:
        s3 = self.aws.client("s3")
        for key in keys:
            s3.put_object(Bucket=self.bucket, Key=key, Body=body, **options)

    def run(self, *arguments: str, status: int = 0) -> str:
        return run_backfill(
            self.capsys, "--state-folder", str(self.states), *arguments, status=status
        )

    def run_on_bucket(self, *arguments: str, status: int = 0) -> str:
        return self.run("--bucket", self.bucket, "--queue", self.queue, *arguments, status=status)

    def received(self) -> list[Any]:
        """Take all messages out of the queue, in the order of their keys."""
        sqs, events = self.aws.client("sqs"), []
        while found := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            events += [json.loads(each["Body"]) for each in found]
        return sorted(events, key=lambda event: event["detail"]["object"]["key"])

    def keys_received(self) -> list[str]:
        return [event["detail"]["object"]["key"] for event in self.received()]


def run_backfill(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """Run the command in this process; return what it prints, on stderr if it is to fail."""
    try:
        found = main(arguments)
    except SystemExit as error:
        found = int(str(error.code))
    printed = capsys.readouterr()
    assert found == status, printed
    return printed.err if status else printed.out


def set_environment(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
