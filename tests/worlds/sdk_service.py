"""What OpenAI's SDKs talk to: the HTTP API, and a provider that does what prompts say."""

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
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import running_aws
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_behaviours import ByPrompt, ModelGone
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.described_answers import DescribedAnswers
from tests.worlds.http_api import ApiWorld

KEY = "key-of-a-caller-of-the-api"
RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "invalid.mp3"
THROTTLED = "retry after a 429"

_FOLDER = REPOSITORY / "tests" / "sdk"
SUITES = {
    "Python 3": [sys.executable, str(_FOLDER / "suite.py")],
    "Python 1": [str(REPOSITORY / ".venv-openai-1/bin/python"), str(_FOLDER / "suite.py")],
    "Node": [str(REPOSITORY / ".venv-node/bin/node"), str(_FOLDER / "node/suite.mjs")],
}


_REFUSED = Answer(envelope("Incorrect API key"), 401)
_PROMPTS = {
    "rate limited": [Answer(envelope("Slow down"), 429, {"Retry-After": "9"})],
    "no credit": [Answer(envelope("Pay", "insufficient_quota", "insufficient_quota"), 429)],
    "refused": [_REFUSED],
    "refused once": [_REFUSED, Answer()],
    "slow": [Answer(delay=1.5)],
}
_NO_MODEL = Answer(envelope("The model does not exist", code="model_not_found"), 404)


@dataclass
class SdkWorld:
    """The running service; ``calls`` counts the requests of each row."""

    url: str
    world: ApiWorld
    provider: SpeechProvider
    calls: Counter[str] = field(default_factory=Counter)

    def run(self, suite: str) -> "Seen":
        """Run a suite of rows in a process of its own."""
        self.calls.clear()
        self.provider.reset()
        self.provider.behaviours = [
            ModelGone("no-such-model", _NO_MODEL),
            _repeat_what_was_asked,
            ByPrompt(_PROMPTS),
            _in_spanish,
        ]
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
def running_sdk_service(folder: Path) -> Iterator[SdkWorld]:
    with (
        running_aws() as aws,
        SpeechProvider() as provider,
        Source() as source,
        Functions() as functions,
    ):
        aws.reset()
        world = ApiWorld(aws, provider, source, functions, folder / "work")
        running = SdkWorld("", world, provider)
        app = create_app(world.call, time_limit_seconds=8, keys=frozenset({KEY}))
        described = DescribedAnswers(app)
        with running_app(_counting(described, running.calls)) as running.url:
            with world.sandbox():
                request_functions().warm_up()
            yield running
        request_functions.cache_clear()
    assert described.undescribed == [], "\n".join(described.undescribed)


def _repeat_what_was_asked(received: Received) -> Answer | None:
    """Say the prompt and the temperature, if the prompt begins with "echo"."""
    prompt = received.fields.get("prompt", "")
    if not prompt.startswith("echo"):
        return None
    return Answer(verbose_json(f"{prompt} {received.fields['temperature']}"))


def _in_spanish(received: Received) -> Answer | None:
    """Transcribe; with the prompt "what language" say the language that was given."""
    if not received.path.endswith("/transcriptions"):
        return None
    if received.fields.get("prompt") == "what language":
        return Answer(verbose_json(f"language {received.fields['language']}"))
    answer = {**verbose_json("Hola a todos."), "task": "transcribe", "language": "spanish"}
    if "word" in received.fields.get("timestamp_granularities[]", ""):
        words = zip(("Hola", "a", "todos"), (0.1, 0.7, 0.8), (0.6, 0.8, 1.9), strict=True)
        answer["words"] = [{"word": w, "start": start, "end": end} for w, start, end in words]
    return Answer(answer)


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
