"""Pages in a real browser call the API from another origin, and read what they are allowed to."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from audio_translation.wiring.request_functions import request_functions
from local import REPOSITORY
from local.aws.api_gateway import create_app
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.http_api import ApiWorld
from tests.worlds.page import FOLDER, browsers_environment, found, needs_browser
from tests.worlds.sdk_service import KEY, RECORDING

OPENAI = REPOSITORY / "tests" / "sdk" / "node" / "node_modules" / "openai"
BLOCKED = {"raised": "TypeError: Failed to fetch"}


@dataclass(frozen=True)
class Pages:
    """A server of pages, and the service that they call."""

    url: str
    api: str
    audio: str

    def seen(self, origin: str) -> dict[str, Any]:
        """Return what the page sees when it is opened at this origin of the server."""
        query = urlencode({"api": self.api, "key": KEY, "audio": self.audio})
        ran = subprocess.run(
            [found("node"), FOLDER / "run.mjs", f"{origin}/index.html?{query}"],
            env=browsers_environment(),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        seen: dict[str, Any] = json.loads(ran.stdout)
        return seen


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    needs_browser()

    async def recording(_: Request) -> FileResponse:
        return FileResponse(RECORDING)

    served = Starlette(
        routes=[
            Route("/recording", recording),
            Mount("/openai", StaticFiles(directory=OPENAI)),
            Mount("/", StaticFiles(directory=FOLDER / "page")),
        ]
    )
    folder = Path(tmp_path_factory.mktemp("browser"))
    with (
        running_app(served) as url,
        running_aws() as aws,
        SpeechProvider() as provider,
        Source() as source,
        Functions() as functions,
    ):
        aws.reset()
        world = ApiWorld(aws, provider, source, functions, folder / "work")
        origins = f"https://app.example.com,{url}"
        app = create_app(world.call, keys=frozenset({KEY}), allowed_origins=origins)
        with running_app(app) as api, world.with_jobs(ALLOWED_ORIGINS=origins):
            with world.sandbox():
                request_functions().warm_up()
            audio = source.file("/speech.mp3", RECORDING.read_bytes())
            yield Pages(url, api, audio)
        request_functions.cache_clear()


@pytest.fixture(scope="module")
def seen(pages: Pages) -> dict[str, Any]:
    return pages.seen(pages.url)


def test_a_page_translates_a_url_and_reads_the_headers(seen: dict[str, Any]) -> None:
    answer = seen["translate"]
    assert answer["status"] == 200
    assert "Hello there." in answer["body"]
    assert answer["headers"].pop("X-Model") == "whisper-1"
    assert answer["headers"].pop("X-Source-Location").startswith("s3://")
    assert answer["headers"].pop("Deprecation").startswith("@")
    assert answer["headers"].pop("Sunset") == "Fri, 26 Feb 2027 00:00:00 GMT"
    assert all(answer["headers"].values())


def test_a_page_sends_a_form_with_a_file_and_a_bearer_token(seen: dict[str, Any]) -> None:
    assert (seen["form"]["status"], seen["form"]["body"]["text"]) == (200, "Hello there.")
    assert seen["form"]["headers"]["X-Request-Id"]


def test_openais_sdk_works_in_a_page(seen: dict[str, Any]) -> None:
    assert seen["OpenAI's SDK"] == {"text": "Hello there.", "named": True}


def test_a_page_makes_a_job_follows_it_lists_it_and_deletes_it(seen: dict[str, Any]) -> None:
    job = seen["job"]
    assert job["status"] == 202
    assert "/jobs/" in job["headers"]["Location"]
    assert int(job["headers"]["Retry-After"]) > 0
    assert job["headers"]["Preference-Applied"] == "respond-async"
    assert (job["found"], job["listed"], job["deleted"]) == (True, True, 204)


def test_a_page_prepares_an_upload(seen: dict[str, Any]) -> None:
    assert seen["upload"]["status"] == 201
    assert "/jobs/" in seen["upload"]["headers"]["Location"]
    assert seen["upload"]["body"]["upload"]["url"].startswith("http")


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        ("wrong request", 400, "invalid_request"),
        ("unknown route", 404, "not_found"),
        ("wrong key", 401, "invalid_api_key"),
    ],
)
def test_a_page_reads_errors_also_those_of_api_gateway(
    seen: dict[str, Any], call: str, status: int, code: str
) -> None:
    assert (seen[call]["status"], seen[call]["body"]["error"]["code"]) == (status, code)
    assert all(seen[call]["headers"].values())


def test_a_browser_does_not_send_a_key_to_an_unknown_route(seen: dict[str, Any]) -> None:
    assert seen["unknown route with a key"] == BLOCKED


def test_a_page_cannot_read_why_a_file_over_10_mb_is_refused(seen: dict[str, Any]) -> None:
    assert seen["over 10 MB"] == BLOCKED


def test_a_page_of_another_origin_reads_nothing_of_ours(pages: Pages) -> None:
    """The same page under another name of this machine. API Gateway's errors hold no data."""
    seen = pages.seen(pages.url.replace("127.0.0.1", "localhost"))
    for call, code in (("wrong key", "invalid_api_key"), ("unknown route", "not_found")):
        assert seen.pop(call)["body"]["error"]["code"] == code
    assert seen.pop("OpenAI's SDK") == {"raised": "Error: Connection error."}
    assert seen == dict.fromkeys(seen, BLOCKED)
