"""Commands of README.md and docs/ that start what they need themselves; see test_readme.py."""

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import srt

from local import REPOSITORY
from local.__main__ import SHORT_SAMPLE
from tests.e2e.environment import readers_environment
from tests.e2e.shown_commands import (
    AWS,
    CLI,
    KNOWN,
    PAGES,
    README,
    first_answer,
    first_request,
    run,
    shown,
    shown_commands,
    similarity,
    words,
)
from tests.e2e.test_commands import descendants, gone
from tests.fakes.aws.moto_server import Aws, running_aws
from tests.fakes.http_server import LoopbackServer, Request

pytestmark = pytest.mark.timeout(180)


def test_no_command_is_shown_that_is_not_run_here() -> None:
    commands = shown_commands()
    unknown = [c for c in commands if not any(re.fullmatch(p, c) for p in KNOWN.values())]
    assert unknown == [], "add it to KNOWN and write its test"
    assert len(commands) == len(KNOWN)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w[\w-]*)", "".join(PAGES)))))
def test_every_make_target_that_is_named_exists(target: str) -> None:
    assert run(f"make --dry-run {target}", seconds=20).stdout


def test_make_translate_prints_what_the_first_screen_shows() -> None:
    ran = run(shown("translate"))
    (block,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    for printed, seen in zip(ran.stdout.splitlines(), block.splitlines(), strict=True):
        name, _, text = printed.partition(":")
        assert seen.startswith(f"{name}:")
        assert similarity(text, seen.partition(":")[2]) >= 80, ran.stdout
    assert "rough" in ran.stderr
    assert re.search(r"Translated in \d+\.\d s", ran.stderr)


def test_make_translate_of_a_file_prints_what_the_first_screen_shows() -> None:
    command = shown("translate a file")
    assert Path(first_request()[-1]["audioFileUrl"]).name in command
    captions = run(command).stdout
    assert [cue.index for cue in srt.parse(captions)] == [1, 2]
    assert similarity(words(captions), words(first_answer())) >= 80


def test_make_serve_prints_a_line_that_works_until_ctrl_c() -> None:
    """PORT is taken from the environment, so that the command is as it is shown."""
    with subprocess.Popen(
        shlex.split(shown("serve")),
        cwd=REPOSITORY,
        env=readers_environment() | {"PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # a terminal's Ctrl-C reaches the whole group, and only it
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if "curl " in line)
            answer = json.loads(run(line).stdout)
            put, read, export = [
                line for line in itertools.islice(process.stdout, 7) if "http" in line
            ][:3]
            run(put)
            captions = run(read).stdout
            listing = f'{export}aws s3 ls "s3://$BUCKET/translations/"'
            listed = run(listing, environ=CLI).stdout
            children = descendants(process.pid)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert "conference" in answer["text"]
    assert captions.startswith("WEBVTT")
    assert "conference" in captions
    assert f"{SHORT_SAMPLE.name}.vtt" in listed
    assert len(children) >= 3
    assert gone(children)


def test_make_test_runs_all_checks_and_all_tests() -> None:
    """It cannot run itself."""
    plan = run(f"{shown('test')} --dry-run").stdout
    for part in (
        "-m ruff check .",
        "-m ruff format --check .",
        "-m mypy",
        "lint-imports",
        "sam validate --lint",
        "cfn-lint -a cfn_lint_serverless.rules -t template.yaml docs/step-functions.yaml",
        "bin/checkov",
        "-m pytest",
    ):
        assert part in plan, part


def test_a_bucket_of_theirs_is_told_to_send_its_events() -> None:
    """Seen by an event, because moto does not give the setting back."""
    command = shown("switch events on")
    (bucket,) = re.findall(r"--bucket (\S+)", command)
    with running_aws() as aws:
        aws.client("s3").create_bucket(Bucket=bucket)
        sqs, events = aws.client("sqs"), aws.client("events")
        queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
        pattern = json.dumps({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}})
        events.put_rule(Name="heard", EventPattern=pattern)
        arn = "arn:aws:sqs:us-east-1:123456789012:heard"
        events.put_targets(Rule="heard", Targets=[{"Id": "1", "Arn": arn}])

        def heard() -> list[str]:
            aws.client("s3").put_object(Bucket=bucket, Key="uploads/a.mp3", Body=b"ID3")
            messages = sqs.receive_message(QueueUrl=queue).get("Messages", [])
            return [json.loads(m["Body"])["detail"]["object"]["key"] for m in messages]

        assert heard() == []
        run(command, environ={**CLI, **aws.environment})
        assert heard() == ["uploads/a.mp3"]


def test_lost_events_are_sent_back_to_their_queue() -> None:
    """No message is moved by moto, so what would be asked of SQS is all that is looked at."""
    arns = "arn:aws:sqs:us-east-1:123456789012"
    script = f'{AWS}arn() {{ echo "{arns}:$1"; }}\n' + shown("send events back")
    with Sqs() as sqs:
        run(script, environ={**CLI, **Aws(sqs.url).environment}, seconds=30)
    assert sqs.received == [
        {"SourceArn": f"{arns}:LostUploadsUrl", "DestinationArn": f"{arns}:UploadQueueUrl"}
    ]


class Sqs(LoopbackServer):
    """SQS that takes StartMessageMoveTask; keeps what was asked.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Any] = []

    def handle(self, request: Request) -> None:
        assert request.headers["X-Amz-Target"] == "AmazonSQS.StartMessageMoveTask"
        self.received.append(json.loads(request.body()))
        request.reply(200, b'{"TaskHandle": "handle"}', {})


def test_the_backfill_queues_what_its_page_says() -> None:
    """A stack that has a queue is enough."""
    bucket, prefix = re.findall(r"=(\S+)", shown("backfill"))
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    outputs = {"UploadQueueUrl": {"Value": {"Ref": "Queue"}}, "BucketName": {"Value": bucket}}
    with running_aws() as aws:
        s3, sqs = aws.client("s3"), aws.client("sqs")
        s3.create_bucket(Bucket=bucket)
        for key in ("a.mp3", "b.mp3", "c.mp3"):
            s3.put_object(Bucket=bucket, Key=f"{prefix}{key}", Body=b"x")
        for key in ("a.mp3.vtt", "c.mp3.error.json"):
            s3.put_object(Bucket=bucket, Key=f"translations/{prefix}{key}", Body=b"x")
        cloudformation = aws.client("cloudformation")
        template = json.dumps({**queue, "Outputs": outputs})
        cloudformation.create_stack(StackName="audio-translation", TemplateBody=template)
        (stack,) = cloudformation.describe_stacks(StackName="audio-translation")["Stacks"]
        url = stack["Outputs"][0]["OutputValue"]

        def queued(command: str) -> tuple[str, list[str]]:
            printed = run(shown(command), environ=aws.environment).stdout
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            bodies = [json.loads(each["Body"]) for each in found]
            return printed, sorted(body["detail"]["object"]["key"] for body in bodies)

        printed, keys = queued("backfill")
        assert keys == []
        assert shown("backfill for real") in printed
        assert queued("backfill for real")[1] == [f"{prefix}b.mp3"]
        assert queued("backfill what failed")[1] == [f"{prefix}b.mp3", f"{prefix}c.mp3"]
