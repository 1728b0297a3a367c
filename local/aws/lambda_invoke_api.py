"""Lambda's Invoke API on one machine, for the job function and the invoke function.

An asynchronous invoke of the job function starts a durable execution, one for each name, as in AWS.
The runner of executions invokes the function through the same API, as often as it takes. Callers of
the invoke function wait for its answer.
"""

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aws_durable_execution_sdk_python_testing.invoker import INVOCATION_MARKER_HEADER

from local.aws.durable_runner import INVOCATION_SECONDS
from local.aws.durable_runner_process import free_port, running_executions, start_execution
from local.aws.lambda_context import Event, Invoke, LambdaContext
from local.aws.lambda_sandboxes import Sandboxes

JOB_FUNCTION = "audio-translation-job"
INVOKE_FUNCTION = "audio-translation-invoke"


@contextmanager
def running_invoke_api(
    listener: socket.socket,
    *,
    job_sandboxes: Callable[[str], Sandboxes],
    invoke_function: Invoke,
    store: Path,
) -> Iterator[None]:
    """Serve ``JOB_FUNCTION`` and ``INVOKE_FUNCTION`` where ``listener`` listens.

    ``job_sandboxes`` makes the job function's sandboxes, given the URL at which they find their
    execution; they are closed at the end. ``store`` is the SQLite file that keeps executions.
    """
    port = free_port()
    runner = f"http://127.0.0.1:{port}"
    sandboxes = job_sandboxes(runner)
    functions = _Functions(runner, sandboxes.invoke, invoke_function)
    with (
        _served(listener, functions),
        closing(sandboxes),
        running_executions("http://{}:{}".format(*listener.getsockname()), store, port=port),
    ):
        yield


class _Functions:
    """The two functions that the API invokes."""

    def __init__(self, runner: str, job_function: Invoke, invoke_function: Invoke) -> None:
        self._runner = runner
        self._job_function = job_function
        self._invoke_function = invoke_function
        self._started: set[str] = set()
        self._lock = threading.Lock()

    def start_job(self, name: str, payload: str) -> None:
        """Start the job function's execution of this name, unless there is one."""
        with self._lock:
            if name in self._started:
                return
            start_execution(self._runner, JOB_FUNCTION, name, payload)
            self._started.add(name)

    def run_job(self, event: Event) -> Any:
        """Invoke the job function once, for the runner; raises what it raises."""
        return self._job_function(event, _context(JOB_FUNCTION))

    def invoke(self, event: Event) -> Any:
        """Invoke the invoke function; raises what it raises."""
        return self._invoke_function(event, _context(INVOKE_FUNCTION))


def _context(function: str) -> LambdaContext:
    ends_at = time.time() + INVOCATION_SECONDS
    return LambdaContext(str(uuid.uuid4()), ends_at, function_name=function)


class _NotForPages(BaseHTTPRequestHandler):
    """Refuses web pages, because the functions fetch what they are told to."""

    def parse_request(self) -> bool:
        """Return whether the request is to be answered."""
        if not super().parse_request():
            return False
        if self.headers.get("Origin"):  # no SDK sends it
            self.close_connection = True
            self.send_error(403)
            return False
        return True


@contextmanager
def _served(listener: socket.socket, functions: _Functions) -> Iterator[None]:
    class Handler(_NotForPages):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if INVOKE_FUNCTION in unquote(self.path).split("/")[3].split(":"):
                self._invoke(functions.invoke, payload)
            elif self.headers.get(INVOCATION_MARKER_HEADER):
                self._invoke(functions.run_job, payload)
            else:
                name = self.headers.get("X-Amz-Durable-Execution-Name") or str(uuid.uuid4())
                functions.start_job(name, payload)
                self._answer(202, {}, b"")

        def _invoke(self, function: Callable[[Event], Any], payload: str) -> None:
            try:
                answer = function(json.loads(payload))
            except Exception as error:  # noqa: BLE001  Lambda tells the caller of any exception
                details = {"errorType": type(error).__name__, "errorMessage": str(error)}
                content = json.dumps(details).encode()
                with suppress(OSError):  # when the service ends, the caller has gone before
                    self._answer(200, {"X-Amz-Function-Error": "Unhandled"}, content)
            else:
                self._answer(200, {}, json.dumps(answer).encode())

        def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Write nothing: the functions have a log of their own."""

    server = ThreadingHTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="invoke-api")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
