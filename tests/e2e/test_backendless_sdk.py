"""Backendless' own SDK calls the service by appId and apiKey, and by domain."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from audio_translation.wiring.request_functions import request_functions
from local import REPOSITORY
from local.aws.api_gateway import create_app
from tests.e2e.environment import readers_environment
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.http_api import ApiWorld

KEY = "key-of-a-caller-of-the-api"
APP = "7D2B5C11-93AB-4F0E-B2D4-6E0C2B8A1F35"
RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "invalid.mp3"
PROGRAM = REPOSITORY / "tests" / "sdk" / "node" / "backendless.mjs"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], str, str]]:
    with (
        running_aws() as aws,
        SpeechProvider() as provider,
        Source() as source,
        Functions() as functions,
    ):
        aws.reset()
        world = ApiWorld(aws, provider, source, functions, tmp_path_factory.mktemp("sdk"))
        audio = source.file("/invalid.mp3", RECORDING.read_bytes())
        app = create_app(world.call, time_limit_seconds=8, keys=frozenset({KEY}))
        with world.with_jobs(), running_app(app) as url:
            with world.sandbox():
                request_functions().warm_up()
            done = subprocess.run(
                [REPOSITORY / ".venv-node/bin/node", PROGRAM, url, APP, KEY, audio],
                env=readers_environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        yield {line["name"]: line["saw"] for line in lines}, done.stderr, world.log.getvalue()
    request_functions.cache_clear()


@pytest.fixture
def saw(ran: tuple[dict[str, Any], str, str]) -> dict[str, Any]:
    return ran[0]


@pytest.mark.parametrize(
    "name",
    ["json", "texts for values", "unknown field", "below /api", "own domain", "codeless"],
)
def test_a_call_brings_the_translation(saw: dict[str, Any], name: str) -> None:
    assert saw[name]["answer"]["text"] == "Hello there."


def test_every_format_comes_as_what_it_is(saw: dict[str, Any]) -> None:
    assert saw["text"]["answer"].strip() == "Hello there."
    assert "-->" in saw["srt"]["answer"]
    assert saw["vtt"]["answer"].startswith("WEBVTT")
    assert saw["verbose_json"]["answer"]["segments"][0]["text"].strip() == "Hello there."


@pytest.mark.parametrize(
    ("name", "status", "code", "said"),
    [
        ("wrong value", 400, "invalid_request", "temperature: it must be at most 1."),
        ("no url", 400, "invalid_request", "audioFileUrl is required."),
        ("nothing sent", 400, "invalid_request", "audioFileUrl"),
        ("another service", 404, "not_found", "There is no such route"),
        ("wrong key", 401, "invalid_api_key", "Send a valid key"),
        ("own domain without a key", 401, "invalid_api_key", "Send a valid key"),
    ],
)
def test_an_error_is_one_that_a_program_can_show(
    saw: dict[str, Any], name: str, status: int, code: str, said: str
) -> None:
    error = saw[name]
    assert (error["status"], error["code"]) == (status, code)
    assert said in error["error"]


def test_an_asynchronous_call_brings_a_job(saw: dict[str, Any]) -> None:
    assert saw["async"]["answer"]["status"] == "queued"


def test_the_sdk_starts_without_an_error_and_the_key_is_not_in_the_log(
    ran: tuple[dict[str, Any], str, str],
) -> None:
    saw, printed, log = ran
    assert saw["app info"] == {"answer": {"loggers": []}}
    # That of the program's own wrong key.
    assert printed.count("could not load backendless app info") == 1
    assert KEY not in log
