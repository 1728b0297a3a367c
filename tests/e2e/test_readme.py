"""Every command that README.md and docs/ show runs, as it is written there.

What stands in for what a reader has: moto and SAM's own translator for the AWS account (so nothing
runs behind the deployed URL), the local service for the deployed service, and recordings of
tests/data/speech for those at example.com, which do not exist.
"""

import itertools
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import srt
import webvtt
from sacrebleu import CHRF

from local import REPOSITORY
from local.__main__ import SAMPLE, SHORT_SAMPLE
from local.aws.resources import BUCKET
from local.service import LocalService
from tests.audio.recordings import FOLDER, recordings
from tests.e2e.environment import readers_environment
from tests.e2e.shown_commands import (
    AWS,
    CLI,
    KNOWN,
    PAGES,
    README,
    TOOLS,
    run,
    shown,
    shown_commands,
)
from tests.e2e.test_commands import descendants, gone
from tests.fakes.aws.moto_server import Aws, running_aws
from tests.worlds.state_machines import running_state_machines

pytestmark = pytest.mark.timeout(180)


def similarity(text: str, expected: str) -> float:
    """From 0 to 100; where it is over 80 a reader sees the same sentences."""
    return float(CHRF().sentence_score(text, [expected]).score)


def words(captions: str) -> str:
    return " ".join(cue.content.replace("\n", " ") for cue in srt.parse(captions))


def test_no_command_is_shown_that_is_not_run_here() -> None:
    commands = shown_commands()
    unknown = [c for c in commands if not any(re.fullmatch(p, c) for p in KNOWN.values())]
    assert unknown == [], "add it to KNOWN and write its test"
    assert len(commands) == len(KNOWN)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w[\w-]*)", "".join(PAGES)))))
def test_every_make_target_that_is_named_exists(target: str) -> None:
    assert run(f"make --dry-run {target}", seconds=20).stdout


class TestOnOneMachine:
    def test_the_first_screen_shows_what_the_service_answers(
        self, local_service: LocalService
    ) -> None:
        method, path, headers, body = first_request()
        recording = FOLDER / "fr" / Path(body["audioFileUrl"]).name
        body["audioFileUrl"] = local_service.put(recording, "readme")
        response = requests.request(
            method, local_service.url + path, headers=headers, json=body, timeout=60
        )
        assert response.status_code == 200, response.text
        assert similarity(words(response.text), words(first_answer())) >= 80
        cues = zip(srt.parse(response.text), srt.parse(first_answer()), strict=True)
        assert all(abs(cue.start - seen.start) < timedelta(seconds=0.5) for cue, seen in cues)

    def test_make_translate_prints_the_english_of_the_spanish_recording(self) -> None:
        ran = run(shown("translate"))
        (reference,) = (r.english for r in recordings() if r.path == SAMPLE)
        # A little under what Whisper base reaches on the whole recording.
        assert similarity(ran.stdout, reference) >= 44, ran.stdout
        assert re.search(r"Translated in \d+\.\d s", ran.stderr)

    def test_make_translate_of_a_file_prints_what_the_first_screen_shows(self) -> None:
        command = shown("translate a file")
        assert Path(first_request()[-1]["audioFileUrl"]).name in command
        captions = run(command).stdout
        assert [cue.index for cue in srt.parse(captions)] == [1, 2]
        assert similarity(words(captions), words(first_answer())) >= 80

    def test_make_serve_prints_a_line_that_works_until_ctrl_c(self) -> None:
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

    def test_make_test_runs_all_checks_and_all_tests(self) -> None:
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

    def test_curl_gets_the_translation_of_a_recording(self, local_service: LocalService) -> None:
        recording = local_service.put(SHORT_SAMPLE, "readme")
        command = shown("ask")
        assert command.count("https://example.com/interview.mp3") == 1
        answer = run(
            command.replace("https://example.com/interview.mp3", recording),
            environ={"TRANSLATE_URL": f"{local_service.url}/translate", "API_KEY": "callers-key"},
        )
        assert "conference" in json.loads(answer.stdout)["text"]

    def test_the_state_machine_is_started_and_waits(self, local_service: LocalService) -> None:
        recording = local_service.put(SHORT_SAMPLE, "readme")
        command = shown("start a state machine")
        assert command.count("https://example.com/interview.mp3") == 1
        with running_state_machines(local_service.aws_url, local_service.lambda_url) as machines:
            environ = {
                **machines.aws.environment,
                "PATH": os.pathsep.join([*map(str, TOOLS), os.environ["PATH"]]),
                "STATE_MACHINE": machines.machines["TranslateRecording"],
            }
            ran = run(
                command.replace("https://example.com/interview.mp3", recording), environ=environ
            )
            execution = machines.ended(json.loads(ran.stdout)["executionArn"])
        assert json.loads(execution["output"])["status"] == "succeeded"

    def test_an_upload_of_the_spanish_recording_comes_back_in_english(
        self, local_service: LocalService
    ) -> None:
        """The lines are one shell's; only the port is another."""
        steps = ("name a file", "ask for an upload", "read its answer", "upload", "wait for a job")
        script = "\n".join(shown(step) for step in steps)
        assert script.count("http://127.0.0.1:8080/") == 2
        assert str(SAMPLE.relative_to(REPOSITORY)) in script
        ran = run(script.replace("http://127.0.0.1:8080", local_service.url))
        (reference,) = (r.english for r in recordings() if r.path == SAMPLE)
        assert similarity(words(ran.stdout), reference) >= 44, ran.stdout

    def test_openais_clients_are_led_here(
        self, local_service: LocalService, tmp_path: Path
    ) -> None:
        """Only the port is another; Node finds the SDK that is installed for the tests."""
        page = (REPOSITORY / "docs" / "openai.md").read_text()
        lead = shown("lead OpenAI's clients here")
        assert lead.count("http://127.0.0.1:8080/") == 1
        lead = lead.replace("http://127.0.0.1:8080", local_service.url)
        (tmp_path / "page.py").write_text(*re.findall(r"```python\n(.*?)```", page, re.DOTALL))
        (tmp_path / "page.mjs").write_text(*re.findall(r"```js\n(.*?)```", page, re.DOTALL))
        (tmp_path / "node_modules").symlink_to(REPOSITORY / "tests" / "sdk" / "node/node_modules")
        programs = [f"{sys.executable} -W ignore {tmp_path}/page.py"]
        programs.append(f"{REPOSITORY}/.venv-node/bin/node {tmp_path}/page.mjs")
        for command in (shown("ask as OpenAI is asked"), *programs):
            assert "conference" in run(f"{lead}\n{command}").stdout, command

    def test_a_file_that_is_put_into_s3_has_its_subtitles_beside_it(
        self, local_service: LocalService
    ) -> None:
        """The lines are those for AWS; what `make serve` prints leads them to this machine."""
        environ = at_hand(local_service)
        run(shown("put a recording"), environ=environ)
        read = shown("read a translation")
        appears(local_service, re.findall(r"/(translations/[^\"]+)", read)[0])
        listed = run(shown("list the translations"), environ=environ).stdout
        assert re.findall(r"\S+$", listed, re.MULTILINE) == [
            "vm-tempgreeting2.mp3.json",
            "vm-tempgreeting2.mp3.vtt",
        ]
        captions = webvtt.from_string(run(read, environ=environ).stdout).captions
        text = " ".join(caption.text.replace("\n", " ") for caption in captions)
        assert similarity(text, words(first_answer())) >= 80

    def test_wishes_are_in_metadata_and_in_the_folders_file(
        self, local_service: LocalService
    ) -> None:
        environ = at_hand(local_service)
        run(shown("put a recording with wishes"), environ=environ)
        run(shown("put the wishes of a folder"), environ=environ)
        local_service.put(FOLDER / "fr" / "conf-waitforleader.mp3", "uploads/interviews/below")
        for place in ("calls", "interviews/below"):
            path = f"translations/{place}/conf-waitforleader.mp3"
            for extension in ("srt", "txt"):
                assert "conference" in appears(local_service, f"{path}.{extension}")
            listing = local_service.s3().list_objects_v2(Bucket=BUCKET, Prefix=path)
            assert len(listing["Contents"]) == 2

    def test_a_bucket_of_theirs_is_told_to_send_its_events(self) -> None:
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

    def test_lost_events_are_sent_back_to_their_queue(self) -> None:
        """No message is moved by moto, so what would be asked of SQS is all that is looked at."""
        arns = "arn:aws:sqs:us-east-1:123456789012"
        script = f'{AWS}arn() {{ echo "{arns}:$1"; }}\n' + shown("send events back")
        with fake_sqs() as (url, received):
            run(script, environ={**CLI, **Aws(url).environment}, seconds=30)
        assert received == [
            {"SourceArn": f"{arns}:LostUploadsUrl", "DestinationArn": f"{arns}:UploadQueueUrl"}
        ]


def at_hand(service: LocalService) -> dict[str, str]:
    """What the `export` line of `make serve` sets, and the AWS CLI."""
    return {**CLI, **Aws(service.aws_url).environment, "BUCKET": BUCKET}


def appears(service: LocalService, key: str) -> str:
    """Wait for an object; return its text."""
    s3 = service.s3()
    waiter = s3.get_waiter("object_exists")
    waiter.wait(Bucket=BUCKET, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 90})
    with s3.get_object(Bucket=BUCKET, Key=key)["Body"] as body:
        return str(body.read().decode())


@contextmanager
def fake_sqs() -> Iterator[tuple[str, list[Any]]]:
    """SQS that takes StartMessageMoveTask: its URL and what was asked.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """
    received: list[Any] = []

    class Sqs(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["X-Amz-Target"] == "AmazonSQS.StartMessageMoveTask"
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            content = b'{"TaskHandle": "handle"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Sqs) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", received
        finally:
            server.shutdown()
            thread.join()


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


def first_request() -> tuple[str, str, dict[str, str], dict[str, Any]]:
    (block,) = re.findall(r"```http\n(.*?)```", README, re.DOTALL)
    head, _, body = block.partition("\n\n")
    request_line, *header_lines = head.splitlines()
    method, path = request_line.split()
    return method, path, dict(line.split(": ", 1) for line in header_lines), json.loads(body)


def first_answer() -> str:
    (block,) = re.findall(r"```srt\n(.*?)```", README, re.DOTALL)
    return str(block)
