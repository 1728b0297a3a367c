"""The HTTP API and all that it talks to: AWS, a provider, a web server with audio, a front."""

import contextlib
import io
import logging
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest import mock

import requests

from audio_translation.handlers import http
from audio_translation.wiring.request_functions import request_functions
from local.aws.api_gateway import create_app
from local.aws.lambda_context import Event, LambdaContext
from tests.fakes.asgi_server import running_app
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY_PARAMETER, OTHER_BUCKET, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.described_answers import DescribedAnswers
from tests.worlds.kept_answers import NONE_KEPT

ROUTE = "/translate"
ADDRESSES = {
    "mixed.test": ["93.184.215.14", "10.0.0.1"],
    "private.test": ["192.168.0.1"],
}
BACKENDLESS_ROUTE = "/api/services/OpenAIAudioTranslation/translate"


@dataclass
class ApiWorld:
    """The service behind its front, and all that it talks to."""

    aws: Aws
    provider: SpeechProvider
    source: Source
    functions: Functions
    work_folder: Path
    url: str = ""
    log: io.StringIO = field(default_factory=io.StringIO)
    undescribed: list[str] = field(default_factory=list)
    """What was answered and is not on the OpenAPI page."""
    _handler: logging.Handler = field(init=False)
    _changes: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._handler = logging.StreamHandler(self.log)

    def post(self, body: object, route: str = ROUTE, **options: Any) -> requests.Response:
        """Send ``body``: bytes as they are, anything else as JSON."""
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        return requests.post(self.url + route, timeout=60, **sent, **options)

    def get(self, route: str, **options: Any) -> requests.Response:
        return requests.get(self.url + route, timeout=60, **options)

    def delete(self, route: str, **options: Any) -> requests.Response:
        return requests.delete(self.url + route, timeout=60, **options)

    @contextlib.contextmanager
    def settings(self, **changes: str) -> Iterator[None]:
        """Restart the service's sandbox with other settings for a while."""
        before, self._changes = self._changes, changes
        _forget_sandbox()
        yield
        self._changes = before
        _forget_sandbox()

    def with_jobs(self, **changes: str) -> contextlib.AbstractContextManager[None]:
        """Restart it as one that makes jobs."""
        jobs = {
            "JOB_TABLE": JOB_TABLE,
            "JOB_FUNCTION": FUNCTION,
            "AWS_ENDPOINT_URL_LAMBDA": self.functions.url,
        }
        return self.settings(**{**jobs, **changes})

    def also(self, **changes: str) -> contextlib.AbstractContextManager[None]:
        """Restart it with further changes of the settings that it has."""
        return self.settings(**{**self._changes, **changes})

    def call(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        """Run the handler like Lambda does: one request at a time."""
        with self.sandbox():
            return http.handler(event, cast(Any, context))

    @contextlib.contextmanager
    def sandbox(self) -> Iterator[None]:
        """Lambda's environment: settings, names that resolve, and all output in the log."""
        with (
            self._lock,
            mock.patch.dict(os.environ, self._environment()),
            mock.patch("socket.getaddrinfo", _getaddrinfo),
            contextlib.redirect_stdout(self.log),
            contextlib.redirect_stderr(self.log),
            _everything_logged(self._handler),
        ):
            yield
            _join_threads()

    def _environment(self) -> dict[str, str]:
        return {
            **self.aws.environment,
            "API_KEY_PARAMETER": KEY_PARAMETER,
            "BUCKET": BUCKET,
            "ALLOWED_BUCKETS": OTHER_BUCKET,
            "PROVIDER_BASE_URL": self.provider.base_url,
            "FETCH_ALLOW_LOOPBACK": "true",
            "FETCH_TOTAL_SECONDS": "2",
            "MAX_AUDIO_BYTES": "200000",
            "PROVIDER_MAX_AUDIO_BYTES": "100000",
            "WORK_FOLDER": str(self.work_folder),
            **NONE_KEPT,
            "POWERTOOLS_SERVICE_NAME": "audio-translation",
            "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
            **self._changes,
        }


@contextlib.contextmanager
def running_api(
    aws: Aws, provider: SpeechProvider, source: Source, functions: Functions, folder: Path
) -> Iterator[ApiWorld]:
    world = ApiWorld(aws, provider, source, functions, folder / "work")
    app = DescribedAnswers(create_app(world.call, time_limit_seconds=6))
    world.undescribed = app.undescribed
    with world.settings(), running_app(app) as world.url:
        with world.sandbox():
            request_functions().warm_up()  # a busy machine takes seconds to import everything
        yield world


def _join_threads() -> None:
    """Wait for what makes clients beside a request: outside it has other credentials, or none.

    Lambda stops such threads between requests, and they go on with the next one.
    """
    for thread in threading.enumerate():
        if thread.name.startswith(("engine", "model-dates")):
            thread.join(20)


def _forget_sandbox() -> None:
    """Have the next request begin as the first one.

    Powertools' logger writes to where stdout was when the first one of its name was made: here, or
    in a world that has ended.
    """
    request_functions.cache_clear()
    logger = logging.getLogger("audio-translation")
    logger.handlers.clear()
    for made in ("init", "powertools_handler"):
        vars(logger).pop(made, None)


@contextlib.contextmanager
def _everything_logged(handler: logging.Handler) -> Iterator[None]:
    """Catch what libraries log, as Lambda's root handler would, and from INFO on."""
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield
    root.setLevel(level)
    root.removeHandler(handler)


_real_getaddrinfo = socket.getaddrinfo


def _getaddrinfo(host: str, *args: Any, **kwargs: Any) -> list[Any]:
    """Resolve the names under .test that the tests need, and all else as ever."""
    if not str(host).endswith(".test"):
        return _real_getaddrinfo(host, *args, **kwargs)
    if host not in ADDRESSES:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ADDRESSES[host]]
