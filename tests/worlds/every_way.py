"""The service on every way at once: /translate, OpenAI's form, invoke, a job, an upload.

One AWS, one provider, one job function for all. Executions of jobs run where a way waits for them,
so that no two ways ever run at the same time.
"""

import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast
from unittest import mock

import requests

from audio_translation.errors import ServiceError
from audio_translation.handlers import invoke
from audio_translation.wiring.job_function import job_function
from local.aws.api_gateway import create_app
from local.aws.lambda_context import LambdaContext
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import Functions
from tests.fakes.aws.moto_server import BUCKET, running_aws
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.http_api import ApiWorld, running_api
from tests.worlds.jobs import run
from tests.worlds.kept_answers import KEPT
from tests.worlds.uploads import UploadWorld, running_uploads

_TIME_LIMIT_SECONDS = 40.0
_DIRECT_SECONDS = 600  # of audio; what is compared is the direct way, not when it becomes a job
_KEY = "key-of-whoever-asks-0123456789"
MINE = {"x-api-key": _KEY}
_BEARER = {"Authorization": f"Bearer {_KEY}"}
_NAMES_OF_OPENAI = {
    "sourceLanguage": "language",
    "timestampGranularities": "timestamp_granularities[]",
    "channelNames": "channel_names",
    "include": "include[]",
    "speakerNames": "speaker_names",
    "maxCostUsd": "max_cost_usd",
}
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What came back on a way.

    - ``status``: of HTTP; 202 if a way that answers at once made a job of it, which then ran.
    - ``body``: the whole answer as JSON, with OpenAI's ``error`` if it is one.
    - ``job``: the job as its owner sees it, where there is one.
    - ``calls``: what the provider was sent for it, of each file its first four bytes.
    """

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    job: dict[str, Any] | None = field(default=None, repr=False)
    calls: Sequence[Received] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        return " ".join(str(self.body.get("text", "")).split())

    @property
    def segments(self) -> list[tuple[int, int, str]]:
        """Start and end in milliseconds, and the text."""
        return [
            (round(s["start"] * 1000), round(s["end"] * 1000), " ".join(s["text"].split()))
            for s in self.body.get("segments", [])
        ]

    @property
    def warnings(self) -> list[str]:
        return list(self.body.get("warnings", []))

    @property
    def error(self) -> str | None:
        """The message of the error."""
        return str(self.body["error"]["message"]) if "error" in self.body else None


class Way(Protocol):
    """One way into the service."""

    name: ClassVar[str]
    over_http: ClassVar[bool]

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        """Return the translation of a file; ``options`` have the names of a request's fields."""
        ...


@dataclass(frozen=True)
class TranslateWay:
    """``POST /translate`` with the URL of the audio."""

    api: ApiWorld
    name: ClassVar[str] = "translate"
    over_http: ClassVar[bool] = True

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        body = {"audioFileUrl": _served(self.api, audio, name), **options}
        response = self.api.post(body, headers=MINE)
        return _followed(self.api, response, options) or _answered(response)


@dataclass(frozen=True)
class OpenAIWay:
    """OpenAI's own routes with the audio in a form, one to translate and one to transcribe."""

    api: ApiWorld
    name: ClassVar[str] = "openai"
    over_http: ClassVar[bool] = True

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        form = {"model": "whisper-1", **options}
        cache = {False: "no-cache", "no-store": "no-store"}.get(form.pop("cache", None))
        form["response_format"] = form.pop("responseFormat", "json")
        route = "transcriptions" if form.pop("transcribe", False) else "translations"
        for ours, theirs in _NAMES_OF_OPENAI.items():
            if ours in form:
                form[theirs] = form.pop(ours)
        with _jobs_running(self.api.functions):  # of audio that becomes a job inside
            response = requests.post(
                f"{self.api.url}/v1/audio/{route}",
                data=form,
                files={"file": (name, audio)},
                headers=_BEARER | ({"Cache-Control": cache} if cache else {}),
                timeout=60,
            )
        return _answered(response)


@dataclass(frozen=True)
class InvokeWay:
    """A direct invoke by another Lambda, which may name no key."""

    api: ApiWorld
    name: ClassVar[str] = "invoke"
    over_http: ClassVar[bool] = False

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        answer = self._invoked({"audioFileUrl": _served(self.api, audio, name), **options})
        if isinstance(answer, ServiceError):
            return Result(answer.status, answer.envelope())
        if isinstance(answer, dict) and "id" in answer:
            _run_started(self.api.functions)
            job = self._invoked({"jobId": answer["id"]})
            if job["error"]:
                return _failed(job)
            content = requests.get(job["result"]["url"], timeout=60)
            return Result(202, _json(content.text), job=job)
        return Result(200, answer if isinstance(answer, dict) else {"text": answer})

    def _invoked(self, event: Any) -> Any:
        context = LambdaContext(str(uuid.uuid4()), time.time() + _TIME_LIMIT_SECONDS)
        with self.api.sandbox():
            try:
                return invoke.handler(event, cast(Any, context))
            except ServiceError as error:
                return error


@dataclass(frozen=True)
class JobWay:
    """``POST /translate`` with ``Prefer: respond-async``, then what the job has."""

    api: ApiWorld
    name: ClassVar[str] = "job"
    over_http: ClassVar[bool] = False

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        body = {"audioFileUrl": _served(self.api, audio, name), **options}
        response = self.api.post(body, headers={"Prefer": "respond-async", **MINE})
        return _followed(self.api, response, options) or _answered(response)


@dataclass(frozen=True)
class UploadWay:
    """A recording that is put into the bucket, with options in its metadata."""

    uploads: UploadWorld
    name: ClassVar[str] = "upload"
    over_http: ClassVar[bool] = False

    def translate(self, audio: bytes, name: str, **options: Any) -> Result:
        asked = options.get("responseFormat", "json")
        path = f"{uuid.uuid4()}/{name}"
        metadata = {
            _hyphened(key): ",".join(value) if isinstance(value, list) else str(value)
            for key, value in options.items()
        }
        self.uploads.put(f"uploads/{path}", audio, **metadata)
        extension = {"verbose_json": "verbose.json", "text": "txt"}.get(asked, asked)
        wanted = {f"translations/{path}.{kind}" for kind in (extension, "error.json")}
        ends = time.monotonic() + _TIME_LIMIT_SECONDS
        while not (found := wanted & set(self._written(f"translations/{path}"))):
            assert time.monotonic() < ends, "no result beside the recording"
            time.sleep(0.02)
        while not self.uploads.idle():
            assert time.monotonic() < ends, "the job does not end"
            time.sleep(0.02)
        answer = _json(self.uploads.read(found.pop()))
        status = _status(answer["error"]["code"]) if "error" in answer else 200
        return Result(status, answer)

    def _written(self, prefix: str) -> list[str]:
        client = self.uploads.aws.client("s3")
        found = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", [])]


WAYS = ("translate", "openai", "invoke", "job", "upload")


@dataclass(frozen=True)
class EveryWay:
    """All ways by their names, and the provider that answers on all of them."""

    provider: SpeechProvider
    api: ApiWorld
    ways: Mapping[str, Way]

    @contextlib.contextmanager
    def keeping_answers(self) -> Iterator[None]:
        """Have all ways keep their answers, and answer from them, for a while."""
        with self.api.also(**KEPT), mock.patch.dict(os.environ, KEPT):
            _begin_job_function()
            yield
        _begin_job_function()


@contextlib.contextmanager
def running_every_way(folder: Path) -> Iterator[EveryWay]:
    """Start everything; the settings are the defaults, but for limits of direct requests."""
    with contextlib.ExitStack() as exits:
        aws = exits.enter_context(running_aws())
        provider = exits.enter_context(SpeechProvider())
        source = exits.enter_context(Source())
        functions = exits.enter_context(Functions())
        uploads = exits.enter_context(
            running_uploads(aws, provider, folder / "jobs", UploadJobsAtOnce="8")
        )
        api = exits.enter_context(running_api(aws, provider, source, functions, folder))
        settings = {
            "DIRECT_MAX_SECONDS": str(_DIRECT_SECONDS),
            "FETCH_TOTAL_SECONDS": "20",
            "MAX_AUDIO_BYTES": "26214400",
            "PROVIDER_MAX_AUDIO_BYTES": "26214400",
        }
        exits.enter_context(api.with_jobs(**settings))
        app = create_app(api.call, time_limit_seconds=_TIME_LIMIT_SECONDS)
        api.url = exits.enter_context(running_app(app))
        exits.enter_context(mock.patch("local.aws.event_source_mapping._POLL_SECONDS", 0.1))
        exits.enter_context(uploads.delivering())
        ways: list[Way] = [
            TranslateWay(api),
            OpenAIWay(api),
            InvokeWay(api),
            JobWay(api),
            UploadWay(uploads),
        ]
        yield EveryWay(provider, api, {way.name: way for way in ways})


def _begin_job_function() -> None:
    """Have executions run in a new sandbox with the settings as they are now."""
    job_function.cache_clear()
    job_function()


def _served(api: ApiWorld, audio: bytes, name: str) -> str:
    return api.source.file(f"/{uuid.uuid4()}/{name}", audio)


def _answered(response: requests.Response) -> Result:
    return Result(response.status_code, _json(response.text), response.headers)


def _followed(api: ApiWorld, response: requests.Response, options: Options) -> Result | None:
    """Return what came of the job that a response tells of; None if it tells of none."""
    if response.status_code != 202:
        return None
    _run_started(api.functions)
    route = f"/jobs/{response.json()['id']}"
    job = api.get(route, headers=MINE).json()
    if job["error"]:
        return _failed(job)
    answer = api.get(f"{route}/translation", headers=MINE)
    return Result(response.status_code, _json(answer.text), answer.headers, job)


def _failed(job: dict[str, Any]) -> Result:
    return Result(_status(job["error"]["code"]), {"error": job["error"]}, job=job)


def _run_started(functions: Functions) -> None:
    """Run the executions that have been started, to their ends."""
    while functions.started:
        run(functions.started.pop(0).payload["jobId"])


@contextlib.contextmanager
def _jobs_running(functions: Functions) -> Iterator[None]:
    """Run what is started while somebody waits for it."""
    ends = threading.Event()

    def watch() -> None:
        while not ends.wait(0.05):
            _run_started(functions)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ends.set()
        watcher.join()


def _json(text: str) -> dict[str, Any]:
    """Return an object as it is, any other answer as its text; no NaN or infinity passes."""
    try:
        answer = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError:
        return {"text": text}
    return cast(dict[str, Any], answer)


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _hyphened(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def _status(code: str) -> int:
    kinds = {kind.code: kind.status for kind in reversed(ServiceError.__subclasses__())}
    return kinds.get(code, 500)
