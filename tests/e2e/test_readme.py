"""Every command that README.md and docs/ show runs, as it is written there.

What stands in for what a reader has: moto and SAM's own translator for the AWS account (so nothing
runs behind the deployed URL), the local service for the deployed service, and recordings of
tests/data/speech for those at example.com, which do not exist.
"""

import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import srt
import webvtt

from local import REPOSITORY
from local.__main__ import SAMPLE, SHORT_SAMPLE
from local.aws.resources import BUCKET
from local.service import LocalService
from tests.audio.recordings import FOLDER, recordings
from tests.e2e.shown_commands import (
    CLI,
    TOOLS,
    first_answer,
    first_request,
    run,
    shown,
    similarity,
    words,
)
from tests.fakes.aws.moto_server import Aws
from tests.worlds.state_machines import running_state_machines

pytestmark = pytest.mark.timeout(180)


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

    def test_curl_gets_the_translation_of_a_recording(self, local_service: LocalService) -> None:
        recording = local_service.put(SHORT_SAMPLE, "readme")
        command = shown("ask")
        assert command.count("https://example.com/interview.mp3") == 1
        answer = run(
            command.replace("https://example.com/interview.mp3", recording),
            environ={"TRANSLATE_URL": f"{local_service.url}/translate", "API_KEY": "callers-key"},
        )
        assert "conference" in json.loads(answer.stdout)["text"]

    def test_curl_sends_a_file_and_waits_for_its_job(self, local_service: LocalService) -> None:
        """The lines of clients.md are one shell's; only the port is another."""
        lead, send, *job = map(
            shown,
            ("lead curl here", "send a file", "make a job of a file", "wait for its text"),
        )
        assert lead.count("http://127.0.0.1:8080 ") == 1
        lead = lead.replace("http://127.0.0.1:8080", local_service.url)
        assert "conference" in words(run(f"{lead}\n{send}").stdout)
        captions = webvtt.from_string(run("\n".join([lead, *job])).stdout).captions
        assert "conference" in " ".join(caption.text for caption in captions)

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
        said = json.loads(run(f"{lead}\n{shown('ask for what is said')}").stdout)
        assert (said["task"], said["language"]) == ("transcribe", "spanish")
        assert "conferencia" in [word["word"].lower() for word in said["words"]]

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
