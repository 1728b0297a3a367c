"""`make backfill` as an operator runs it: against moto, and a large bucket that is made up."""

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import REPOSITORY
from tests.benchmarks.backfill import MOST_GROWTH, measured
from tests.e2e.environment import readers_environment
from tests.fakes.aws.large_bucket import BUCKET as LARGE
from tests.fakes.aws.large_bucket import PREFIX, LargeBucket
from tests.fakes.aws.moto_server import Aws, running_aws
from tools.backfill import Failed
from tools.backfill.__main__ import main as backfill
from tools.backfill.upload_queue import Queue, message

NASTY = ['calls/it\'s "one" $HOME; `x` #ñ/a b+c%2F😀.mp3', "calls/a&b=c\t<d>.wav", "calls/a.mp3-2"]
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


@dataclass(frozen=True)
class Account:
    """What an operator has; ``states`` is where progress is kept."""

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
        """Run the command; return what it prints, on stderr if it is to fail."""
        return run(self.capsys, "--state-folder", str(self.states), *arguments, status=status)

    def here(self, *arguments: str, status: int = 0) -> str:
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


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    try:
        found = backfill(arguments)
    except SystemExit as error:
        found = int(str(error.code))
    printed = capsys.readouterr()
    assert found == status, printed
    return printed.err if status else printed.out


def use(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
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
    use(monkeypatch, aws.environment)
    name = f"b-{uuid.uuid4()}"
    aws.client("s3").create_bucket(Bucket=name)
    queue = aws.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return Account(aws, name, queue, tmp_path / "states", capsys)


def test_a_dry_run_says_what_is_there_and_queues_nothing(account: Account) -> None:
    account.put("calls/a.mp3", "calls/b.mp3", "calls/c", "calls/d.pdf", "other/e.mp3")
    account.put("calls/e.mp3", body=b"")
    account.put("calls/f.mp3", StorageClass="GLACIER")
    account.put("translations/calls/b.mp3.srt", "translations/calls/c.error.json")

    printed = account.here("--prefix", "calls/")

    for line in (
        "1  untranslated",
        "1  translated",
        "1  failed before (RETRY=1 queues them, too)",
        "1  empty",
        "1  archived (not readable before they are restored)",
        "1  no audio by name (.pdf)",
    ):
        assert f" {line}\n" in printed
    assert "about $0.00 at $0.006 a minute" in printed
    assert f"make backfill BUCKET={account.bucket} PREFIX=calls/ QUEUE=" in printed
    assert account.received() == []


def test_a_run_queues_untranslated_recordings_as_events_of_uploads(account: Account) -> None:
    account.put(*NASTY, "uploads/u.mp3", "uploads/done.mp3", "plain")
    account.put("calls/", "calls/translation.json", "jobs/1/source/a.mp3", "audio/a.mp3")
    account.put("translations/done.mp3.json", "translations/calls/x.mp3.json")

    printed = account.here("--run", "1")

    assert "5 recordings are queued." in printed
    events = account.received()
    found = [event["detail"]["object"]["key"] for event in events]
    assert found == sorted([*NASTY, "plain", "uploads/u.mp3"])
    etag = account.aws.client("s3").head_object(Bucket=account.bucket, Key="plain")["ETag"]
    (plain,) = [event for event in events if event["detail"]["object"]["key"] == "plain"]
    assert plain == {
        "source": "audio-translation.backfill",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": account.bucket},
            "object": {"key": "plain", "size": 12_000, "etag": etag.strip('"')},
        },
    }
    assert list(account.states.iterdir()) == []


def test_what_failed_before_is_queued_again_as_new_jobs_when_asked_for(account: Account) -> None:
    account.put("a.mp3", "b.mp3", "translations/b.mp3.error.json")

    account.here("--run", "1", "--retry", "1")

    first, second = account.received()
    assert "again" not in first["detail"]
    assert re.fullmatch(r"20\d\d-[\d:.T-]+\+00:00", second["detail"]["again"])
    account.here("--run", "1")
    assert account.keys_received() == ["a.mp3"]


def test_make_passes_names_on_as_they_are(account: Account) -> None:
    account.put(*NASTY)
    prefix = NASTY[0].rpartition("/")[0]
    arguments = [f"BUCKET={account.bucket}", f"PREFIX={prefix}", f"QUEUE={account.queue}"]
    environ = readers_environment() | account.aws.environment

    dry = subprocess.run(
        ["make", "backfill", *arguments],
        cwd=REPOSITORY, env=environ, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert account.received() == []
    (line,) = re.findall(r"make backfill .*", dry.stdout)
    subprocess.run(
        ["bash", "-c", line],
        cwd=REPOSITORY, env=environ, capture_output=True, timeout=60, check=True,
    )  # fmt: skip

    assert account.keys_received() == [NASTY[0]]


class TestWithAStack:
    @pytest.fixture
    def stack(self, account: Account) -> str:
        account.aws.client("cloudformation").create_stack(
            StackName=account.bucket,
            TemplateBody=json.dumps(STACK),
            Parameters=[{"ParameterKey": "UploadBucket", "ParameterValue": account.bucket}],
        )
        return account.bucket

    def test_the_stack_tells_queue_price_and_audio_folder(
        self, account: Account, stack: str
    ) -> None:
        account.put("audio/a.mp3", "kept/b.mp3", "c.mp3")

        printed = account.run("--bucket", account.bucket, "--stack", stack, "--run", "1")

        assert "at $0.1 a minute" in printed
        outputs = account.aws.client("cloudformation").describe_stacks(StackName=stack)
        found = {o["OutputKey"]: o["OutputValue"] for o in outputs["Stacks"][0]["Outputs"]}
        there = replace(account, queue=found["UploadQueueUrl"])
        assert there.keys_received() == ["audio/a.mp3", "c.mp3"]

    def test_what_is_given_counts_more_than_what_the_stack_tells(
        self, account: Account, stack: str
    ) -> None:
        account.put("audio/a.mp3", "kept/b.mp3")
        arguments = ["--stack", stack, "--audio-folder", "audio/", "--price", "2"]

        printed = account.here(*arguments)

        assert "at $2 a minute" in printed
        assert "1 recordings, " in printed

    def test_a_bucket_that_the_stack_does_not_read_is_refused(
        self, account: Account, stack: str
    ) -> None:
        account.aws.client("s3").create_bucket(Bucket=f"{account.bucket}-2")
        told = account.run("--bucket", f"{account.bucket}-2", "--stack", stack, status=1)
        assert f"Deploy it with UploadBucket={account.bucket}-2." in told

    def test_a_stack_that_is_older_than_uploads_is_told(self, account: Account) -> None:
        template = {"Resources": STACK["Resources"]}
        account.aws.client("cloudformation").create_stack(
            StackName=f"old-{account.bucket}", TemplateBody=json.dumps(template)
        )
        told = account.run("--bucket", account.bucket, "--stack", f"old-{account.bucket}", status=1)
        assert "has no output UploadQueueUrl. Deploy it anew." in told


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["--bucket", "no-such-bucket", "--queue", "q"], 1, "There is no such bucket"),
        (["--bucket", "s3://b/calls"], 2, "BUCKET is a bucket's name, without s3://"),
        (["--bucket", ""], 2, "BUCKET is a bucket's name"),
        (["--bucket", "bbb", "--stack", "none"], 1, "There is no stack 'none' in us-east-1"),
        (["--bucket", "bbb", "--queue", "q", "--prefix", "translations/a"], 1, "not translated"),
        (["--bucket", "bbb", "--queue", "q", "--prefix", "audio/a"], 1, "not translated"),
        (["--bucket", "bbb", "--run", "yes"], 2, "1 or nothing, not 'yes'"),
        (["--bucket", "bbb", "--price", "x"], 2, "a number of dollars, not 'x'"),
        (["--bucket", "bbb", "--prefix", os.fsdecode(b"\xff")], 2, "is not UTF-8"),
    ],
)
def test_what_cannot_be_done_is_told_at_once(
    account: Account, arguments: list[str], status: int, reason: str
) -> None:
    assert reason in account.run(*arguments, status=status)


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
    use(monkeypatch, nothing | environ)
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
        use(monkeypatch, bucket.environment)
        arguments = ["--bucket", LARGE, "--queue", queue, "--run", "1"]
        told = run(capsys, *arguments, "--state-folder", str(tmp_path), status=1)
    assert f"AWS refuses {denied}. It needs {needed}. (Not for you.)" in told


def arguments_for(bucket: LargeBucket, states: Path) -> list[str]:
    """Of a run against a large bucket."""
    target = ["--bucket", LARGE, "--prefix", PREFIX, "--queue", bucket.queue_url]
    return [*target, "--run", "1", "--state-folder", str(states)]


def stopped(bucket: LargeBucket, states: Path, *, after: int, by: int) -> int:
    """Run, send the signal when so many are in the queue; return the exit status."""
    with subprocess.Popen(
        [sys.executable, "-m", "tools.backfill", *arguments_for(bucket, states)],
        cwd=REPOSITORY,
        env=readers_environment() | bucket.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            with bucket.holding(after):
                process.send_signal(by)
            return process.wait(20)
        finally:
            process.kill()


def test_a_run_that_is_killed_goes_on_there_and_misses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with LargeBucket(3000) as bucket:
        use(monkeypatch, bucket.environment)
        for after in (300, 1500):
            assert stopped(bucket, tmp_path, after=after, by=signal.SIGKILL) == -signal.SIGKILL
        before = sum(bucket.sent)
        assert bucket.sent.count(0) > 300  # the tenth that has translations, and more

        printed = run(capsys, *arguments_for(bucket, tmp_path))

    untranslated = set(bucket.untranslated())
    assert all(bool(sent) == (n in untranslated) for n, sent in enumerate(bucket.sent))
    assert "A run was stopped after" in printed
    # A page of 900 is sent again for each kill, and no more.
    assert sum(bucket.sent) <= 2700 + 2 * 900
    assert sum(bucket.sent) - before < 2700
    assert list(tmp_path.iterdir()) == []


def test_after_ctrl_c_restart_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with LargeBucket(2000) as bucket:
        use(monkeypatch, bucket.environment)
        assert stopped(bucket, tmp_path, after=1000, by=signal.SIGINT) == 130
        assert len(list(tmp_path.iterdir())) == 1
        bucket.sent[:] = bytes(2000)

        printed = run(capsys, *arguments_for(bucket, tmp_path), "--restart", "1")

    assert "A run was stopped" not in printed
    assert sum(bucket.sent) == 1800


@pytest.fixture
def sqs(request: pytest.FixtureRequest) -> Iterator[tuple[LargeBucket, Any]]:
    with LargeBucket(500, refuse_every=request.param) as bucket:
        client = boto3.client(
            "sqs",
            region_name="us-east-1",
            endpoint_url=bucket.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        with closing(client):
            yield bucket, client


def messages(count: int) -> list[str]:
    return [message(LARGE, key=f"{PREFIX}{n:08}.mp3", size=1, etag="e") for n in range(count)]


@pytest.mark.parametrize("sqs", [7], indirect=True)
def test_what_the_queue_refuses_of_a_batch_is_sent_again_and_nothing_else(
    sqs: tuple[LargeBucket, Any],
) -> None:
    bucket, client = sqs
    with Queue(client, bucket.queue_url, longest_pause=0.01) as queue:
        assert sum(queue.send(messages(495))) == 495
    assert bucket.refused > 70
    assert list(bucket.sent) == [1] * 495 + [0] * 5


@pytest.mark.parametrize("sqs", [1], indirect=True)
def test_a_queue_that_takes_nothing_is_given_up(sqs: tuple[LargeBucket, Any]) -> None:
    bucket, client = sqs
    with (
        Queue(client, bucket.queue_url, longest_pause=0.01) as queue,
        pytest.raises(Failed, match=r"did not take 10 messages in 8 tries \(InternalError: Later"),
    ):
        list(queue.send(messages(10)))
    assert bucket.refused == 80


def test_memory_does_not_grow_with_the_bucket() -> None:
    small, large = measured(1000), measured(5000)
    assert large.peak <= MOST_GROWTH * small.peak
