"""The page at /, opened in a browser: the local service, but with a provider that says what it may.

Browser tests are in JavaScript (tests/browser/*-suite.mjs). What they need done outside the browser
they ask of ``control``, a server beside the service.
"""

import base64
import contextlib
import io
import json
import platform
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import av
import numpy as np
import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local import REPOSITORY
from local.aws.api_gateway import create_app
from local.aws.lambda_context import Event, Invoke, LambdaContext
from local.service import LocalService
from tests.audio import tones
from tests.e2e.environment import readers_environment
from tests.fakes.asgi_server import running_app
from tests.fakes.provider.answers import Answer, verbose_json
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.sdk_service import KEY
from tests.worlds.service_process import service_process

FOLDER = REPOSITORY / "tests" / "browser"
HOSTILE = "<img src=x onerror=hacked=1>"
_INSTALLED = {"node": REPOSITORY / ".venv-node" / "bin" / "node"}
if (platform.system(), platform.machine()) == ("Linux", "x86_64"):  # what its package has
    _INSTALLED["chromium"] = REPOSITORY / ".venv-browser" / "chromium"
_START_SECONDS = 180.0


@dataclass
class PageWorld:
    """The running service and its page; one with ``keyed`` before it wants the API key ``KEY``."""

    service: LocalService
    provider: SpeechProvider
    keyed: str
    control: str
    audio: str
    folder: Path

    def run(self, suite: str, *, seconds: float = 280, **given: str) -> dict[str, str | None]:
        """Run a suite of tests/browser; return what went wrong in each test, None if nothing.

        ``given`` are further options of the suite.
        """
        options = {
            "url": self.service.url,
            "keyed": self.keyed,
            "key": KEY,
            "control": self.control,
            "audio": self.audio,
            "folder": str(self.folder),
            "hostile": HOSTILE,
            **given,
        }
        ran = subprocess.run(
            [found("node"), FOLDER / suite, json.dumps(options)],
            env=browsers_environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        results: dict[str, str | None] = json.loads(ran.stdout)
        return results


def found(program: str) -> str:
    """Return where Node or Chromium is: as make installed it, else on PATH; empty if nowhere."""
    installed = _INSTALLED.get(program)
    return str(installed) if installed and installed.exists() else shutil.which(program) or ""


def browsers_environment() -> dict[str, str]:
    """Return the environment of what starts a browser: it is told of one that is not ours."""
    ours = _INSTALLED.get("chromium")
    other = {} if ours and ours.exists() else {"CHROMIUM": found("chromium")}
    return readers_environment() | other


def needs_browser() -> None:
    """Fail, and say what is missing and how to get it, where no browser can be started."""
    modules = FOLDER / "node_modules" / "axe-core"
    missing = [name for name in ("node", "chromium") if not found(name)]
    if missing or not modules.exists():
        pytest.fail(
            f"Missing for tests of the page: {', '.join(missing) or 'what tests/browser needs'}."
            " `make .venv-browser/.done` installs all of it on Linux (x86-64); elsewhere put node"
            " and chromium on PATH (Debian: apt-get install nodejs npm chromium) and run `npm ci`"
            " in tests/browser.",
            pytrace=False,
        )


@contextlib.contextmanager
def running_page(folder: Path) -> Iterator[PageWorld]:
    """Start the service, its provider, a gateway that wants a key, and what tests control."""
    with ExitStack() as exits:
        provider = exits.enter_context(SpeechProvider(Tones(), keeps_requests=False))
        source = exits.enter_context(Source())
        log = folder / "functions.log"
        service = exits.enter_context(
            service_process(provider.base_url, log=log, time_limit_seconds=60)
        )
        _warm_up(service)
        keyed = create_app(_forwarding_to(service.url), keys=frozenset({KEY}))
        (folder / "three.wav").write_bytes(tones.recording(3))
        (folder / "long.wav").write_bytes(tones.recording(60))
        (folder / f"{HOSTILE}.wav").write_bytes(tones.recording(1))
        (folder / "text.mp3").write_text("no sound")
        _write_film(folder / "film.webm", tones.recording(2), seconds=6)
        yield PageWorld(
            service,
            provider,
            keyed=exits.enter_context(running_app(keyed)),
            control=exits.enter_context(running_app(_control(provider))),
            audio=source.file("/talk.wav", tones.recording(3)),
            folder=folder,
        )


def _warm_up(service: LocalService) -> None:
    """Have a first job run: a busy machine takes a minute to import what jobs need."""
    headers, files = {"Prefer": "respond-async"}, {"file": ("first.wav", tones.recording(1))}
    answer = requests.post(f"{service.url}/translate", files=files, headers=headers, timeout=60)
    ends = time.monotonic() + _START_SECONDS
    while requests.get(answer.headers["Location"], timeout=60).json()["status"] != "succeeded":
        assert time.monotonic() < ends, "the first job does not end"
        time.sleep(0.2)


def _write_film(path: Path, wav: bytes, *, seconds: int) -> None:
    """Write a film of a grey picture with this sound."""
    with av.open(str(path), "w") as film, av.open(io.BytesIO(wav), "r") as sound:
        picture = film.add_stream("libvpx", rate=5)
        picture.width, picture.height, picture.pix_fmt = 320, 180, "yuv420p"
        spoken = film.add_stream("libopus", rate=48_000)
        grey = np.full((270, 320), 128, np.uint8)  # brightness, then both colours
        for _ in range(5 * seconds):
            film.mux(picture.encode(av.VideoFrame.from_ndarray(grey, format="yuv420p")))
        for frame in sound.decode(audio=0):
            film.mux(spoken.encode(frame))
        film.mux([*picture.encode(None), *spoken.encode(None)])


def _forwarding_to(url: str) -> Invoke:
    """Return the function of an API Gateway in front of the service at ``url``."""

    def invoke(event: Event, _: LambdaContext) -> Mapping[str, Any]:
        query = urlencode(event["multiValueQueryStringParameters"] or {}, doseq=True)
        body = event["body"] or ""
        answer = requests.request(
            event["httpMethod"],
            f"{url}{event['path']}?{query}",
            headers={n: v for n, v in event["headers"].items() if n.lower() != "content-length"},
            data=base64.b64decode(body) if event["isBase64Encoded"] else body.encode(),
            timeout=60,
        )
        return {
            "statusCode": answer.status_code,
            "headers": dict(answer.headers),
            "body": answer.content.decode(),
        }

    return invoke


def _control(provider: SpeechProvider) -> Starlette:
    """Return a server that a suite tells what the provider is to do next."""
    released = threading.Event()

    async def change(request: Request) -> Response:
        asked = await request.json()
        if "hold" in asked:  # the call with the sentence of this number waits until it is released
            released.clear()
            provider.on_call = lambda heard: asked["hold"] in heard and released.wait(120)
        if "release" in asked:
            released.set()
        if "say" in asked:  # instead of what is heard, once
            provider.script.append(Answer(verbose_json(asked["say"])))
        return JSONResponse({})

    return Starlette(routes=[Route("/", change, methods=["POST"])])
