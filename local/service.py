"""Starts the whole service on one machine: AWS, the provider and all functions.

The code is what is deployed; only the endpoints that it calls are others. Everything ends together,
and listens on 127.0.0.1; the HTTP API and S3 do so elsewhere if that is asked for.
"""

import os
import re
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import uvicorn
from starlette.types import ASGIApp

from local.addresses import LOOPBACK, ON_THIS_MACHINE, Addresses, NoSuchAddress, url_of
from local.aws.api_gateway import (
    MAX_BODY_BYTES,
    MAX_EVENT_BYTES,
    TIME_LIMIT_SECONDS,
    create_app,
)
from local.aws.event_source_mapping import delivering_uploads
from local.aws.lambda_invoke_api import running_invoke_api
from local.aws.lambda_sandboxes import Sandboxes
from local.aws.moto_server import running_moto, session_without_account
from local.aws.resources import BUCKET, create_resources, function_environment
from local.aws.s3_event_routing import connect_upload_events
from local.gateway.front_door import guarded, logged
from local.gateway.odd_requests import EnvelopeProtocol
from local.provider.server_process import (
    PROVIDER_KEY,
    ProviderNotStarted,
    running_provider,
    wait_for_provider,
)
from local.provider.whisper_weights import model_to_load
from local.public_links import PUBLIC_AWS_URL

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_HANDLERS = "audio_translation.handlers"
_START_SECONDS = 120.0
_REQUESTS_AT_ONCE = 12
"""Processes of the HTTP function, each started when the others are busy: about 90 MB."""
_LONGEST_SECONDS = 4 * 3600.0
"""How long a request may take where AWS's limits do not hold."""


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
    public_url: str = ""
    """``url`` as others reach it."""
    public_aws_url: str = ""
    """``aws_url`` as others reach it."""

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
    addresses: Addresses = ON_THIS_MACHINE,
    requests: Literal["quiet", "text", "json"] = "quiet",
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    log: Path | None = None,
    progress: bool = False,
    limited: bool = True,
    step: Callable[[str], object] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
    provider: str | None = None,
) -> Iterator[LocalService]:
    """Start everything, stop it at the end; raises NotStarted or WeightsUnusable.

    With ``requests`` a line for each goes to stderr, as text or JSON. With ``limited`` False bodies
    may have any size and requests take hours, as they may not on AWS. The functions' log goes to
    ``log``, or to stderr; ``progress`` draws Whisper's bar there. ``step`` is called with the name
    of each step as it begins. ``provider`` is the base URL of one that answers already, in
    Whisper's place.
    """
    with ExitStack() as exits:
        try:
            api, aws = (exits.enter_context(addresses.listen(p)) for p in ("port", "s3_port"))
        except NoSuchAddress as error:
            raise NotStarted(str(error)) from error
        functions = exits.enter_context(socket.create_server((LOOPBACK, 0)))
        aws_url, functions_url = url_of(addresses.here, aws), url_of(LOOPBACK, functions)
        provider_url = provider or _whisper(exits, environ, progress=progress, step=step)
        work_folder = exits.enter_context(tempfile.TemporaryDirectory(prefix="audio-translation-"))
        variables = function_environment(
            aws_url=aws_url, provider_url=provider_url, work_folder=work_folder, environ=environ
        )
        own = {"AWS_ENDPOINT_URL_LAMBDA": functions_url}
        own[PUBLIC_AWS_URL] = url_of(addresses.public, aws)
        make = _SandboxMaker({**variables, **own}, log)
        http_function = make.sandboxes("http", count=_REQUESTS_AT_ONCE)
        app = create_app(
            http_function.invoke,
            time_limit_seconds=time_limit_seconds if limited else _LONGEST_SECONDS,
            max_body_bytes=MAX_BODY_BYTES if limited else inf,
            max_event_bytes=MAX_EVENT_BYTES if limited else inf,
            allowed_origins=variables["ALLOWED_ORIGINS"],
        )
        origins = variables["ALLOWED_ORIGINS"]
        app = guarded(app, is_ours=addresses.is_ours, allowed_origins=origins)
        if requests != "quiet":
            app = logged(app, as_json=requests == "json")
        exits.enter_context(_served(app, api))
        exits.callback(http_function.close)  # before the API, which waits for its requests
        invoke_function = make.sandboxes("invoke", count=2)
        exits.callback(invoke_function.close)
        imported = http_function.warm_up()
        exits.enter_context(running_moto(aws))
        create_resources(aws_url, provider_key=PROVIDER_KEY)
        session = session_without_account()
        queues = connect_upload_events(session, aws_url, bucket=BUCKET)
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
            delivering_uploads(session, aws_url, queues, uploads.invoke, uploads.close)
        )
        try:
            wait_for_provider(provider_url)
        except ProviderNotStarted as error:
            raise NotStarted(str(error)) from error
        imported.result(_START_SECONDS)
        yield LocalService(
            url=url_of(addresses.here, api),
            aws_url=aws_url,
            provider_url=provider_url,
            lambda_url=functions_url,
            public_url=url_of(addresses.public, api),
            public_aws_url=own[PUBLIC_AWS_URL],
        )


def _whisper(
    exits: ExitStack,
    environ: Mapping[str, str],
    *,
    progress: bool,
    step: Callable[[str], object],
) -> str:
    """Start the provider, which ends with ``exits``; return its base URL before it answers."""
    step("Whisper's weights")
    model = model_to_load(environ)
    step("Whisper, AWS and the functions")
    return exits.enter_context(running_provider(model, progress=progress))


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
            http=EnvelopeProtocol,
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
