"""The switch-over drill: a provider stops serving whisper-1 in the middle of a mixed load.

Direct requests in all formats, under both names and by OpenAI's own contract, direct invokes and
jobs are under way when every call for whisper-1 begins to fail. No request does, and each says what
served it.
"""

import base64
import contextlib
import functools
import io
import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import srt
import webvtt

from audio_translation.handlers import http, invoke
from audio_translation.jobs.job import JobStatus
from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import english, recording
from tests.fakes.aws.moto_server import Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_behaviours import ModelGone
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.provider.text_answers import Question, listed
from tests.fakes.source import Source
from tests.worlds.jobs import JobWorld, run

BEFORE, AFTER = "whisper-1", "gpt-transcribe"
SHORT, LONG = 2, 12
"""Sentences of a recording for a request, and of one for a job: it has several chunks."""
RECORDINGS = {sentences: recording(sentences) for sentences in (SHORT, LONG)}
FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
GONE = {
    "404": Answer(envelope("No such model", "invalid_request_error", "model_not_found"), 404),
    "410": Answer(envelope("Gone"), 410),
    "a reseller's 503": Answer(
        envelope("No available channel for model whisper-1 under group default", "new_api_error"),
        503,
    ),
}


def in_two_steps(number: int) -> str:
    """What the text model makes of a sentence; one step says it in other words."""
    return f"Here is sentence {number}."


SAYS = {BEFORE: english, AFTER: in_two_steps}


def in_other_words(asked: Question) -> Answer:
    numbers = [int(re.findall(r"\d+", segment["text"])[0]) for segment in asked.segments]
    return listed(
        [{"id": i, "text": in_two_steps(n)} for i, n in zip(asked.ids, numbers, strict=True)]
    )


@dataclass(frozen=True)
class Served:
    """What a request came back with."""

    by: str
    models: tuple[str, ...]
    said: str
    sentences: int

    @property
    def is_complete(self) -> bool:
        """Whether every sentence is there once, in order, in the words of one of its models."""
        one_of = ("|".join(re.escape(SAYS[m](n)) for m in self.models) for n in self.numbers)
        return bool(re.fullmatch(r"\s+".join(f"(?:{each})" for each in one_of), self.said))

    @property
    def numbers(self) -> range:
        return range(self.sentences)


@dataclass(frozen=True)
class World:
    """A sandbox that answers requests and one that runs jobs, each one thing at a time."""

    jobs: JobWorld
    provider: SpeechProvider
    short: str
    long: str
    """URLs of recordings with so many sentences."""
    log: io.StringIO = field(default_factory=io.StringIO)
    answering: threading.Lock = field(default_factory=threading.Lock)
    running: threading.Lock = field(default_factory=threading.Lock)

    def request(self, route: str, response_format: str) -> Served:
        body = {"audioFileUrl": self.short, "responseFormat": response_format}
        answer = self._answered("http-translate", resource=route, path=route, body=json.dumps(body))
        return _served(route, answer, response_format, SHORT)

    def form(self, response_format: str) -> Served:
        """OpenAI's own contract."""
        fields = {"model": BEFORE, "response_format": response_format}
        parts = [
            f'--4b1f2c7a9d\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        file = '--4b1f2c7a9d\r\nContent-Disposition: form-data; name="file"; filename="a.wav"'
        body = "".join(parts).encode() + f"{file}\r\n\r\n".encode() + RECORDINGS[SHORT]
        sent = base64.b64encode(body + b"\r\n--4b1f2c7a9d--\r\n").decode()
        answer = self._answered("http-openai", body=sent, isBase64Encoded=True)
        return _served("form", answer, response_format, SHORT)

    def invoked(self, response_format: str) -> Served:
        """A direct invoke: what served is in the log."""
        event = {"audioFileUrl": self.short, "responseFormat": response_format}
        with self.answering:
            begins = len(self.log.getvalue())
            answer = invoke.handler(event, _context())
            lines = logged(self.log.getvalue()[begins:])
        (model,) = (line["model"] for line in lines if line.get("message") == "Translated")
        said = answer["text"] if isinstance(answer, dict) else answer
        return Served("invoke", (model,), said.strip(), SHORT)

    def job(self, response_format: str) -> Served:
        """A job from its start to its end, read over HTTP."""
        job_id = uuid.uuid4().hex
        self.jobs.job(self.long, job_id)
        with self.running:
            run(job_id)
        job = self.jobs.find(job_id)
        assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
        assert job.chunks >= 3
        answer = self._answered(
            "http-health",
            resource="/jobs/{job_id}/translation",
            path=f"/jobs/{job_id}/translation",
            pathParameters={"job_id": job_id},
            queryStringParameters={"format": response_format},
            multiValueQueryStringParameters={"format": [response_format]},
        )
        served = _served("job", answer, response_format, LONG)
        assert ", ".join(served.models) == job.model
        return served

    def _answered(self, event: str, **changes: Any) -> Mapping[str, Any]:
        read = json.loads((REPOSITORY / "events" / f"{event}.json").read_text())
        context = {**read["requestContext"], "identity": {"apiKeyId": "somebody"}}
        with self.answering:
            return http.handler({**read, **changes, "requestContext": context}, _context())


def _context() -> Any:
    return cast(Any, LambdaContext(str(uuid.uuid4()), time.time() + 27))


def logged(output: str) -> list[dict[str, Any]]:
    """The lines of a log, metrics included."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _served(by: str, answer: Mapping[str, Any], response_format: str, sentences: int) -> Served:
    assert answer["statusCode"] == 200, answer["body"]
    headers = answer["multiValueHeaders"]
    assert {"Deprecation", "Sunset"} <= set(headers)
    models = tuple(headers["X-Model"][0].split(", "))
    return Served(by, models, _words(answer["body"], response_format), sentences)


def _words(body: str, response_format: str) -> str:
    if response_format in {"json", "verbose_json"}:
        return str(json.loads(body)["text"])
    if response_format == "srt":
        body = " ".join(cue.content for cue in srt.parse(body))
    if response_format == "vtt":
        body = " ".join(cue.text for cue in webvtt.from_string(body).captions)
    return " ".join(body.split())


@pytest.fixture(scope="module")
def retiring() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture
def world(
    aws: Aws, retiring: SpeechProvider, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[World]:
    retiring.reset()
    retiring.text_model.default = in_other_words
    with Source() as web:
        jobs = JobWorld(aws, retiring, web, tmp_path / "work")
        short, long = (web.file(f"/{n}.wav", body) for n, body in RECORDINGS.items())
        # Powertools keeps one logger a name, with the output that it was first made with.
        with jobs.settings(POWERTOOLS_SERVICE_NAME=request.node.name):
            yield World(jobs, retiring, short, long)


def test_a_provider_that_stops_serving_a_model_fails_no_request(world: World) -> None:
    check_switch_over(
        world,
        "404",
        [
            lambda: world.job("vtt"),
            *(functools.partial(world.request, "/translate", name) for name in FORMATS),
            lambda: world.request("/api/services/OpenAIAudioTranslation/translate", "srt"),
            lambda: world.form("json"),
            lambda: world.invoked("verbose_json"),
        ],
    )


@pytest.mark.parametrize("how", ["410", "a reseller's 503"])
def test_however_it_says_so(world: World, how: str) -> None:
    check_switch_over(
        world, how, [lambda: world.job("text"), lambda: world.request("/translate", "json")]
    )


def check_switch_over(world: World, how: str, kinds: list[Callable[[], Served]]) -> None:
    """Make requests of all kinds, twice; in the middle of that the model is gone."""
    gone = ModelGone(BEFORE, GONE[how], serves=len(kinds))
    world.provider.behaviours.append(gone)
    with contextlib.redirect_stdout(world.log), ThreadPoolExecutor(4) as pool:
        world.jobs.warm_up()
        answers = [call.result() for call in [pool.submit(kind) for kind in [*kinds, *kinds]]]
        answers.append(kinds[-1]())

    for served in answers:
        assert served.is_complete, (served.models, served.said)
    told = Counter(model for served in answers for model in served.models)
    assert told[BEFORE]
    assert told[AFTER]
    assert answers[-1].models == (AFTER,)
    check_that_the_operator_hears_of_it(world, told[AFTER], gone.in_vain)


def check_that_the_operator_hears_of_it(world: World, served: int, in_vain: int) -> None:
    """Each sandbox asks for the model in vain a few times, warns once and counts every time."""
    said = logged(world.log.getvalue())
    warnings = [line for line in said if line.get("message") == "A successor serves for a model"]
    assert len(warnings) == 2
    assert {(w["model"], w["successor"]) for w in warnings} == {(BEFORE, AFTER)}
    counted = sum(line["SuccessorServed"][0] for line in said if "SuccessorServed" in line)
    assert counted >= served
    asked = [r for r in world.provider.received if r.path == "/v1/audio/translations"]
    assert {received.fields["model"] for received in asked} == {BEFORE}
    assert len(asked) > in_vain > 0
    assert in_vain <= 1 + 4, "one request, and the chunks that a job had under way"
