"""Starts the whole service on one machine: AWS, the provider and all functions.

The code is what is deployed; only the endpoints that it calls are others. Everything listens on
127.0.0.1 and ends together.
"""

import os
import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from local.aws.api_gateway import TIME_LIMIT_SECONDS, create_app
from local.aws.event_source_mapping import delivering_uploads
from local.aws.lambda_invoke_api import running_invoke_api
from local.aws.lambda_sandboxes import Sandboxes
from local.aws.moto_server import running_moto, session_without_account
from local.aws.resources import BUCKET, create_resources, function_environment
from local.aws.s3_event_routing import connect_upload_events
from local.provider.server_process import (
    PROVIDER_KEY,
    ProviderNotStarted,
    running_provider,
    wait_for_provider,
)
from local.provider.whisper_weights import model_to_load

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_HANDLERS = "audio_translation.handlers"
_START_SECONDS = 120.0


class NotStarted(Exception):
    """The service cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class LocalService:
    """A running service."""

    url: str
    """Where the HTTP API answers, without a slash at the end."""
    aws_url: str
    """Where S3, SSM and the other AWS services answer."""
    provider_url: str
    """The provider's base URL, with /v1."""
    lambda_url: str
    """Where Lambda's Invoke API answers for ``INVOKE_FUNCTION`` and ``JOB_FUNCTION``."""

    def s3(self) -> "S3Client":
        """Return a client of the local S3."""
        return session_without_account().client("s3", endpoint_url=self.aws_url)

    def put(self, path: Path, folder: str) -> str:
        """Copy a file into the bucket; return its ``s3://`` URL."""
        key = f"{folder}/{re.sub(r'[^A-Za-z0-9._-]+', '-', path.name)}"
        self.s3().upload_file(str(path), BUCKET, key)
        return f"s3://{BUCKET}/{key}"


@contextmanager
def running_service(
    *,
    port: int = 0,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    log: Path | None = None,
    progress: bool = False,
    step: Callable[[str], object] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[LocalService]:
    """Start everything, stop it at the end; raises NotStarted or WeightsUnusable.

    ``port`` is that of the HTTP API, 0 takes a free one. The functions' log goes to ``log``, or to
    stderr; ``progress`` draws Whisper's bar there. ``step`` is called with the name of each step
    as it begins.
    """
    with ExitStack() as exits:
        api, aws, functions = (exits.enter_context(_listener(p)) for p in (port, 0, 0))
        step("Whisper's weights")
        model = model_to_load(environ)
        step("Whisper, AWS and the functions")
        provider_url = exits.enter_context(running_provider(model, progress=progress))
        work_folder = exits.enter_context(tempfile.TemporaryDirectory(prefix="audio-translation-"))
        variables = function_environment(
            aws_url=_url(aws), provider_url=provider_url, work_folder=work_folder, environ=environ
        )
        make = _SandboxMaker({**variables, "AWS_ENDPOINT_URL_LAMBDA": _url(functions)}, log)
        http_function = make.sandboxes("http")
        app = create_app(http_function.invoke, time_limit_seconds=time_limit_seconds)
        exits.enter_context(_served(app, api))
        exits.callback(http_function.close)  # before the API, which waits for its requests
        invoke_function = make.sandboxes("invoke", count=2)
        exits.callback(invoke_function.close)
        imported = http_function.warm_up()
        exits.enter_context(running_moto(aws))
        create_resources(_url(aws), provider_key=PROVIDER_KEY)
        session = session_without_account()
        queues = connect_upload_events(session, _url(aws), bucket=BUCKET)
        exits.enter_context(
            running_invoke_api(
                functions,
                job_sandboxes=make.job_sandboxes,
                invoke_function=invoke_function.invoke,
                store=Path(work_folder) / "executions.sqlite",
            )
        )
        uploads = make.sandboxes("upload", count=3)
        exits.enter_context(
            delivering_uploads(session, _url(aws), queues, uploads.invoke, uploads.close)
        )
        try:
            wait_for_provider(provider_url)
        except ProviderNotStarted as error:
            raise NotStarted(str(error)) from error
        imported.result(_START_SECONDS)
        yield LocalService(
            url=_url(api),
            aws_url=_url(aws),
            provider_url=provider_url,
            lambda_url=_url(functions),
        )


@dataclass(frozen=True)
class _SandboxMaker:
    """Makes the sandboxes of each function."""

    environ: Mapping[str, str]
    log: Path | None

    def sandboxes(self, handler: str, *, count: int = 4) -> Sandboxes:
        """Return those of the function whose handler's file is ``handler``."""
        return Sandboxes(
            self.environ, handler=f"{_HANDLERS}.{handler}.handler", log=self.log, count=count
        )

    def job_sandboxes(self, runner: str) -> Sandboxes:
        """Return those of the job function, which asks ``runner`` for its execution's state."""
        environ = {**self.environ, "AWS_ENDPOINT_URL_LAMBDA": runner}
        return _SandboxMaker(environ, self.log).sandboxes("job", count=2)


@contextmanager
def _served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve ``app`` from a thread."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api-gateway")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "no such port"
        raise NotStarted(
            f"Port {port} cannot be taken ({reason}). Stop what uses it, or choose another: "
            "make serve PORT=8081"
        ) from error


def _url(listener: socket.socket) -> str:
    return "http://{}:{}".format(*listener.getsockname())
