"""The whole service on one machine: AWS, the provider, both functions and their front.

Only endpoints differ from what is deployed; everything listens on 127.0.0.1 and ends together.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests
import uvicorn
from starlette.types import ASGIApp

from local import REPOSITORY
from local.aws.api_gateway import TIME_LIMIT_SECONDS, create_app
from local.aws.lambda_invoke import JOB_FUNCTION, durable_function
from local.aws.lambda_sandboxes import Sandboxes
from local.aws.moto_server import REGION, serving, session
from local.aws.s3_events import UPLOAD_HANDLER, Wiring, delivering, wire
from local.aws.template import load_template
from local.provider.weights import model_to_load

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "audio-translation-local"
JOB_TABLE = "jobs"

_HOST = "127.0.0.1"
_KEY_PARAMETER = "/audio-translation/openai-api-key"
PROVIDER_KEY = "local-provider-key"
_START_SECONDS = 120.0
_JOB_HANDLER = "audio_translation.handlers.job.handler"
_INVOKE_HANDLER = "audio_translation.handlers.invoke.handler"
_JOBS_AT_ONCE = 2
_TABLE_PROPERTIES = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
_WEBHOOK_PARAMETER = "/audio-translation/webhook-secret"
WEBHOOK_SECRET = "whsec_bG9jYWwtc2VjcmV0LW9mLXdlYmhvb2tz"


class NotStarted(Exception):
    """The service cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class Stack:
    """A running service."""

    url: str
    """Where the service answers, without a slash at the end."""
    aws_url: str
    """Where S3 and SSM answer."""
    provider_url: str
    """The provider's base URL, with /v1."""
    lambda_url: str
    """Where Lambda's Invoke API answers for ``INVOKE_FUNCTION``."""

    def s3(self) -> "S3Client":
        """A client of the local S3."""
        return session().client("s3", endpoint_url=self.aws_url)

    def put(self, path: Path, folder: str) -> str:
        """Copy a file into the bucket; return its ``s3://`` URL."""
        key = f"{folder}/{re.sub(r'[^A-Za-z0-9._-]+', '-', path.name)}"
        self.s3().upload_file(str(path), BUCKET, key)
        return f"s3://{BUCKET}/{key}"


@contextmanager
def running(
    *,
    port: int = 0,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    log: Path | None = None,
    progress: bool = False,
    step: Callable[[str], object] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Stack]:
    """Start everything, stop it at the end; raises NotStarted or WeightsUnusable.

    ``port`` 0 takes a free one. The function's log goes to ``log``, or to stderr; ``progress``
    draws Whisper's bar there. ``step`` is told, in words, what is being done.
    """
    with ExitStack() as exits:
        front, aws, functions = (exits.enter_context(_listener(p)) for p in (port, 0, 0))
        step("Whisper's weights")
        model = model_to_load(environ)
        step("Whisper, AWS and the functions")
        provider_url = exits.enter_context(_whisper(model, progress=progress))
        work_folder = exits.enter_context(tempfile.TemporaryDirectory(prefix="audio-translation-"))
        variables = _environment(_url(aws), provider_url, work_folder, environ)
        started = {**variables, "AWS_ENDPOINT_URL_LAMBDA": _url(functions)}
        sandboxes = Sandboxes(started, log=log)
        app = create_app(sandboxes.call, time_limit_seconds=time_limit_seconds)
        exits.enter_context(_served(app, front))
        exits.callback(sandboxes.close)  # before the front, which waits for who is busy
        invoked = Sandboxes(started, handler=_INVOKE_HANDLER, log=log, slots=2)
        exits.callback(invoked.close)
        imported = sandboxes.warm_up()
        exits.enter_context(serving(aws))
        wiring = _create_resources(_url(aws))
        exits.enter_context(
            durable_function(
                lambda executions: Sandboxes(
                    {**variables, "AWS_ENDPOINT_URL_LAMBDA": executions},
                    handler=_JOB_HANDLER,
                    log=log,
                    slots=_JOBS_AT_ONCE,
                ),
                listener=functions,
                store=Path(work_folder) / "executions.sqlite",
                invoke=invoked.call,
            )
        )
        uploads = Sandboxes(started, handler=UPLOAD_HANDLER, log=log, slots=3)
        exits.enter_context(delivering(session(), _url(aws), wiring, uploads.call, uploads.close))
        _wait_for(provider_url)
        imported.result(_START_SECONDS)
        yield Stack(
            url=_url(front),
            aws_url=_url(aws),
            provider_url=provider_url,
            lambda_url=_url(functions),
        )


def _environment(
    aws_url: str, provider_url: str, work_folder: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """What the deployed function finds in its environment, with local endpoints."""
    no_proxy = ",".join(filter(None, [environ.get("NO_PROXY") or environ.get("no_proxy"), _HOST]))
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "POWERTOOLS_SERVICE_NAME": "audio-translation",
        "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PROVIDER_BASE_URL": provider_url,
        "API_KEY_PARAMETER": _KEY_PARAMETER,
        "BUCKET": BUCKET,
        "JOB_FUNCTION": JOB_FUNCTION,
        "JOB_TABLE": JOB_TABLE,
        "JOB_CONCURRENCY": "2",  # what Whisper does at once
        "JOB_CALL_SECONDS": "600",
        "WEBHOOK_SECRET_PARAMETER": _WEBHOOK_PARAMETER,
        "FETCH_ALLOW_LOOPBACK": "true",
        "FETCH_TOTAL_SECONDS": "600",
        "WORK_FOLDER": work_folder,
    }


@contextmanager
def _whisper(model: str, *, progress: bool) -> Iterator[str]:
    """Start the provider and yield its base URL; it loads its model meanwhile.

    It ends when our end of its stdin is closed, which our death does, too.
    """
    listener = _listener(0)
    url = f"{_url(listener)}/v1"
    command = [
        sys.executable,
        "-m",
        "local.provider.server",
        "--model",
        model,
        "--key",
        PROVIDER_KEY,
    ]
    command += ["--listener", str(listener.fileno()), "--until-stdin-ends"]
    with subprocess.Popen(
        command + (["--progress"] if progress else []),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
        start_new_session=True,  # Ctrl-C is for us
    ) as process:
        listener.close()  # only the child's is left: should it die, calls are refused at once
        try:
            yield url
        finally:
            process.kill()


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
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="front")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _create_resources(aws_url: str) -> Wiring:
    aws = session()
    aws.client("s3", endpoint_url=aws_url).create_bucket(Bucket=BUCKET)
    ssm = aws.client("ssm", endpoint_url=aws_url)
    for name, value in ((_KEY_PARAMETER, PROVIDER_KEY), (_WEBHOOK_PARAMETER, WEBHOOK_SECRET)):
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    table = load_template()["Resources"]["JobTable"]["Properties"]
    aws.client("dynamodb", endpoint_url=aws_url).create_table(
        TableName=JOB_TABLE,
        **{name: table[name] for name in _TABLE_PROPERTIES},
    )
    return wire(aws, aws_url, bucket=BUCKET)


def _wait_for(provider_url: str) -> None:
    """Wait until the model is loaded: the listener takes the call, the server answers it."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            session.get(
                f"{provider_url}/models",
                headers={"Authorization": f"Bearer {PROVIDER_KEY}"},
                timeout=_START_SECONDS,
            ).raise_for_status()
        except requests.RequestException as error:
            raise NotStarted("Whisper did not start; it said why above.") from error


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "no such port"
        raise NotStarted(
            f"Port {port} cannot be taken ({reason}). Stop what uses it, or choose another: "
            "make serve PORT=8081"
        ) from error


def _url(listener: socket.socket) -> str:
    return "http://{}:{}".format(*listener.getsockname())
