"""Lambda's Invoke API on one machine, as far as the job function and the invoke function need it.

Who invokes the job function as an event starts an execution, one for each name, as in AWS; the
execution's runner invokes it to be run, as often as it takes. Who invokes the other waits for it.
"""

import json
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests
from aws_durable_execution_sdk_python_testing.invoker import INVOCATION_MARKER_HEADER

from local import REPOSITORY
from local.aws.api_gateway import Event, LambdaContext
from local.aws.durable_executions import INVOCATION_SECONDS
from local.aws.lambda_sandboxes import Sandboxes

JOB_FUNCTION = "audio-translation-job"
INVOKE_FUNCTION = "audio-translation-invoke"

Call = Callable[[Event, LambdaContext], Mapping[str, Any]]

_START_SECONDS = 60.0
_INVOKE_SECONDS = 900.0
"""Lambda's longest."""


@contextmanager
def durable_function(
    sandboxes: Callable[[str], Sandboxes],
    *,
    listener: socket.socket,
    store: Path,
    invoke: Call,
) -> Iterator[None]:
    """Serve the durable function ``JOB_FUNCTION`` where ``listener`` listens.

    ``sandboxes`` makes those that run it, given the URL at which they find their execution; they
    are closed at the end. What executions have kept is in ``store``. ``invoke`` runs
    ``INVOKE_FUNCTION``.
    """
    port = _free_port()
    functions = "http://{}:{}".format(*listener.getsockname())
    pool = sandboxes(f"http://127.0.0.1:{port}")
    with (
        _served(listener, _Functions(pool.call, f"http://127.0.0.1:{port}", invoke)),
        closing(pool),
        executions(functions, store, port=port),
    ):
        yield


@contextmanager
def executions(functions: str, store: Path, *, port: int | None = None) -> Iterator[str]:
    """Run durable executions of what ``functions`` invokes, kept in ``store``; yield their URL."""
    port = port or _free_port()
    command = [sys.executable, "-m", "local.aws.durable_executions", "--port", str(port)]
    command += ["--functions", functions, "--store", str(store)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def start_execution(url: str, function: str, name: str, payload: str) -> None:
    """Start an execution of ``function``; who starts one twice has two."""
    body = {
        "AccountId": "123456789012",
        "FunctionName": function,
        "FunctionQualifier": "$LATEST",
        "ExecutionName": name,
        "ExecutionTimeoutSeconds": 172_800,
        "ExecutionRetentionPeriodDays": 7,
        "InvocationId": str(uuid.uuid4()),
        "Input": payload,
    }
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{url}/start-durable-execution", json=body, timeout=10).raise_for_status()


class _Functions:
    """What is behind the API."""

    def __init__(self, call: Call, executions: str, invoke: Call) -> None:
        self._call = call
        self._invoke = invoke
        self._executions = executions
        self._started: set[str] = set()
        self._lock = threading.Lock()

    def start(self, name: str, payload: str) -> None:
        """Start the execution of this name, unless there is one."""
        with self._lock:
            if name in self._started:
                return
            start_execution(self._executions, JOB_FUNCTION, name, payload)
            self._started.add(name)

    def run(self, event: Event) -> Mapping[str, Any]:
        """Invoke the job function once; raises what it raises."""
        ends = time.time() + INVOCATION_SECONDS
        context = LambdaContext(str(uuid.uuid4()), ends, function_name=JOB_FUNCTION)
        return self._call(event, context)

    def answer(self, event: Event) -> Mapping[str, Any]:
        """Invoke the invoke function; raises what it raises."""
        ends = time.time() + _INVOKE_SECONDS
        context = LambdaContext(str(uuid.uuid4()), ends, function_name=INVOKE_FUNCTION)
        return self._invoke(event, context)


@contextmanager
def _served(listener: socket.socket, functions: _Functions) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if INVOKE_FUNCTION in unquote(self.path).split("/")[3].split(":"):
                self._run(functions.answer, payload)
            elif self.headers.get(INVOCATION_MARKER_HEADER):
                self._run(functions.run, payload)
            else:
                name = self.headers.get("X-Amz-Durable-Execution-Name") or str(uuid.uuid4())
                functions.start(name, payload)
                self._answer(202, {}, b"")

        def _run(self, function: Callable[[Event], Mapping[str, Any]], payload: str) -> None:
            try:
                answer = function(json.loads(payload))
            except Exception as error:  # noqa: BLE001  whatever crashes it is told its caller
                told = {"errorType": type(error).__name__, "errorMessage": str(error)}
                content = json.dumps(told)
                with suppress(OSError):  # at the end the caller is gone first
                    self._answer(200, {"X-Amz-Function-Error": "Unhandled"}, content.encode())
            else:
                self._answer(200, {}, json.dumps(answer).encode())

        def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the function has a log of its own."""

    server = ThreadingHTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="functions")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def _wait_for(executions: str) -> None:
    ends = time.monotonic() + _START_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                session.get(f"{executions}/health", timeout=5).raise_for_status()
            except requests.RequestException:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)
            else:
                return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
