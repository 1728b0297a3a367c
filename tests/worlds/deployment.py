"""A whole deployment in this process, as a client sees it: API Gateway, jobs, S3 and a provider.

The API, the upload function and the job function run with the environment and the roles that the
template gives them. A provider hears tones, so each recording says which sentences it holds.
"""

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest import mock

import requests
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from audio_translation.aws.bucket_keys import result_key, translation_key
from audio_translation.handlers import http
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import Segment, ServedBy, Translation, to_json
from audio_translation.wiring.request_functions import request_functions
from local.aws.api_gateway import create_app
from local.aws.iam_policies import statements_of
from local.aws.lambda_context import Event, LambdaContext
from local.aws.template import environment, load_template
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import FUNCTION
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, running_aws
from tests.fakes.http_server import Request as LoopbackRequest
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.proxy import Proxy
from tests.worlds.uploads import UploadWorld, running_uploads

KEY = "key-of-a-caller-0123456789"
STAGE = "/v1"
SAID = "Good morning. Señor — 你好."
_TRANSLATION = Translation(
    segments=(Segment(1000, 2000, " Good morning."), Segment(2000, 3000, " Señor — 你好.")),
    language="english",
    duration=3000,
    model="whisper-1",
)


@dataclass(frozen=True)
class Trouble:
    """An answer that is not the service's; ``served``: it had done what was asked."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    served: bool = False


class CuttingS3(Proxy):
    """S3 that hangs up on the next ``cuts`` uploads, in the middle of the file."""

    cuts = 0

    def handle(self, request: LoopbackRequest) -> None:
        if request.command != "PUT" or not self.cuts:
            super().handle(request)
            return
        self.cuts -= 1
        request.rfile.read(int(request.headers["Content-Length"]) // 2)
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Deployment:
    """``url`` has a stage, and takes ``KEY`` alone. ``asked`` are its requests in order.

    ``trouble`` may answer in place of the service. ``calls`` counts methods and routes.
    """

    url: str
    provider: SpeechProvider
    uploads: UploadWorld
    s3: CuttingS3
    asked: list[tuple[str, str]] = field(default_factory=list)
    trouble: Callable[[Request], Trouble | None] | None = None

    @property
    def calls(self) -> Counter[str]:
        return Counter(f"{method} {path}" for method, path in self.asked)

    @property
    def bare_url(self) -> str:
        return self.url.removesuffix(STAGE)

    def reset(self) -> None:
        self.asked.clear()
        self.trouble, self.s3.cuts = None, 0
        self.provider.reset()
        self.uploads.executions.wait(60)

    def statuses(self) -> list[str]:
        """Those of all jobs, the newest first."""
        headers = {"x-api-key": KEY}
        answer = requests.get(f"{self.url}/jobs?limit=100", headers=headers, timeout=60).json()
        return [job["status"] for job in answer["jobs"]]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have jobs succeed with ``SAID`` as soon as they begin, whatever their recording holds.

        That takes a tenth of the processor's time; for tests that are about what comes after.
        """
        run, self.uploads.executions.run = self.uploads.executions.run, self._succeed
        yield
        self.uploads.executions.wait(60)
        self.uploads.executions.run = run

    def _succeed(self, job_id: str) -> None:
        aws = self.uploads.aws
        jobs, s3 = JobTable(aws.clients, table=JOB_TABLE), aws.client("s3")
        jobs.begin(job_id)
        job = jobs.find(job_id)
        assert job is not None
        jobs.progress(job_id, chunks=1, chunks_done=1, audio=3000, audio_done=3000)
        jobs.translated(job_id, duration=3000, chunks=1, paid=3000)
        asked = job.request.response_format
        for key, body in (
            (translation_key(job_id), to_json(_TRANSLATION)),
            (result_key(job_id, asked.extension), SAID),
        ):
            s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        jobs.succeed(job_id, served=ServedBy("whisper-1"))


@contextmanager
def running_deployment(folder: Path) -> Iterator[Deployment]:
    """Start it, as a stack that has records."""
    with ExitStack() as exits:
        # What functions log goes to stdout, where a command's text goes, too.
        silent = {"POWERTOOLS_METRICS_DISABLED": "true"}
        exits.enter_context(mock.patch.dict(os.environ, silent))
        logger = logging.getLogger("audio-translation")
        exits.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL + 1)
        aws = exits.enter_context(running_aws())
        aws.reset()
        provider = exits.enter_context(SpeechProvider(Tones()))
        uploads = exits.enter_context(
            running_uploads(aws, provider, folder / "work", Records="on", UploadJobsAtOnce="2")
        )
        s3 = exits.enter_context(CuttingS3(aws.endpoint))
        template = load_template()
        uploads.roles.may["HttpFunction"] = statements_of(template, "HttpFunction", uploads.values)
        variables = environment(template, "HttpFunction", uploads.values) | {
            "AWS_ACCESS_KEY_ID": "HttpFunction",
            "AWS_ENDPOINT_URL": uploads.roles.url,
            "AWS_ENDPOINT_URL_S3": s3.url,
            "JOB_FUNCTION": FUNCTION,
            "JOB_TABLE": JOB_TABLE,
            "BUCKET": BUCKET,
            "FETCH_ALLOW_LOOPBACK": "true",
            "WORK_FOLDER": str(folder / "http"),
        }
        with mock.patch.dict(os.environ, variables):
            request_functions.cache_clear()
            request_functions().warm_up()
        # Retry-After is in whole seconds, at least two; here jobs take a moment.
        exits.enter_context(mock.patch("audio_translation.jobs.job._SHORTEST_POLL", 0))
        deployment = Deployment("", provider, uploads, s3)
        lock = threading.Lock()

        def call(event: Event, context: LambdaContext) -> Any:
            with lock:  # a sandbox has one request at a time
                return http.handler(event, cast(Any, context))

        gateway = create_app(call, keys=frozenset({KEY}))
        app = _watched(deployment, gateway)
        deployment.url = exits.enter_context(running_app(app)) + STAGE
        yield deployment


def _watched(deployment: Deployment, app: ASGIApp) -> ASGIApp:
    """Note what is asked, play its troubles, and take the stage off, as API Gateway does."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(STAGE)
        deployment.asked.append((scope["method"], path))
        trouble = deployment.trouble and deployment.trouble(Request(scope))
        inner = {**scope, "path": path, "raw_path": path.encode()}
        if trouble is None:
            await app(inner, receive, send)
            return
        if trouble.served:
            await app(inner, receive, _unsent)
        pairs = [(name.encode(), value.encode()) for name, value in trouble.headers.items()]
        await send({"type": "http.response.start", "status": trouble.status, "headers": pairs})
        await send({"type": "http.response.body", "body": b""})

    async def _unsent(_: Any) -> None:
        """Lose an answer on its way."""

    return watched
