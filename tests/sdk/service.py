"""What the SDKs talk to: the local front, the real handler, a provider whose moods prompts name."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from audio_translation.wiring.request_functions import request_functions
from local import REPOSITORY
from local.aws.api_gateway import create_app, gateway_response
from tests.e2e.environment import readers_environment
from tests.fakes.aws import running_aws
from tests.fakes.functions import Functions
from tests.fakes.provider import Answer, Provider, Received, envelope, verbose_json
from tests.fakes.source import Source
from tests.fakes.uvicorn import running_app
from tests.worlds.http_api import World

KEY = "key-of-a-caller-of-the-api"
RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "invalid.mp3"
THROTTLED = "retry after a 429"

_FOLDER = REPOSITORY / "tests" / "sdk"
SUITES = {
    "Python 3": [sys.executable, str(_FOLDER / "suite.py")],
    "Python 1": [str(REPOSITORY / ".venv-openai-1/bin/python"), str(_FOLDER / "suite.py")],
    "Node": [str(REPOSITORY / ".venv-node/bin/node"), str(_FOLDER / "node/suite.mjs")],
}


REFUSED = Answer(envelope("Incorrect API key"), 401)
MOODS = {
    "rate limited": Answer(envelope("Slow down"), 429, {"Retry-After": "9"}),
    "no credit": Answer(envelope("Pay", "insufficient_quota", "insufficient_quota"), 429),
    "refused": REFUSED,
    "refused once": REFUSED,
    "slow": Answer(delay=1.5),
}


class Moody(Provider):
    """Answers as the prompt of a request says."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: Counter[str] = Counter()

    def reset(self) -> None:
        super().reset()
        self._asked.clear()

    def answer(self, received: Received) -> Answer:
        prompt = received.fields.get("prompt", "")
        self._asked[prompt] += 1
        if received.fields["model"] == "no-such-model":
            return Answer(envelope("The model does not exist", code="model_not_found"), 404)
        if prompt.startswith("echo"):
            return Answer(verbose_json(f"{prompt} {received.fields['temperature']}"))
        if prompt == "refused once" and self._asked[prompt] > 1:
            return Answer()
        return MOODS.get(prompt, Answer())


@dataclass
class Running:
    """The service; ``calls`` counts the requests of each row."""

    url: str
    world: World
    provider: Moody
    calls: Counter[str] = field(default_factory=Counter)

    def run(self, suite: str) -> "Seen":
        """Run a suite of rows in a process of its own."""
        self.calls.clear()
        self.provider.reset()
        with self.world.settings(REPLACE_RETIRED_MODELS="false"):
            ran = subprocess.run(
                [*SUITES[suite], f"{self.url}/v1", KEY, str(RECORDING)],
                env=readers_environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert ran.returncode == 0, ran.stderr
        sdk, *rows = map(json.loads, ran.stdout.splitlines())
        saw = {row["row"]: row["saw"] for row in rows}
        return Seen(f"{sdk['sdk']} {sdk['version']}", saw, dict(self.calls))


@dataclass(frozen=True)
class Seen:
    """What an SDK saw in each row, and how many requests each took."""

    sdk: str
    saw: dict[str, Any]
    calls: dict[str, int]


@contextmanager
def running_service(folder: Path) -> Iterator[Running]:
    with (
        running_aws() as aws,
        Moody().running() as provider,
        Source() as source,
        Functions().running() as functions,
    ):
        aws.reset()
        world = World(aws, provider, source, functions, folder / "work")
        assert isinstance(provider, Moody)
        running = Running("", world, provider)
        app = create_app(world.call, time_limit_seconds=8, keys=frozenset({KEY}))
        with running_app(_counting(app, running.calls)) as running.url:
            with world.sandbox():
                request_functions().warm_up()
            yield running
        request_functions.cache_clear()


def _counting(app: ASGIApp, calls: Counter[str]) -> ASGIApp:
    """Count each row's requests, and throttle the first one of a row, as API Gateway would."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        row = dict(scope["headers"]).get(b"x-row", b"").decode()
        calls[row] += 1
        if row == THROTTLED and calls[row] == 1:
            await gateway_response("THROTTLED")(scope, receive, send)
        else:
            await app(scope, receive, send)

    return counted
