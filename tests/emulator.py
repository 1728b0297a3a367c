"""The built artifact under Lambda's runtime interface emulator, without a container.

The emulator (a binary in the SAM CLI's package) is Lambda's side: it starts the runtime, hands it
one event at a time, ends it when its time is over and starts it anew after a crash.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from local.artifact import REPOSITORY, built, host_architecture
from tests.cloudformation import environment, load_template

_RUNTIME = REPOSITORY / ".venv-lambda" / "bin" / "python"
_EMULATORS = "lib/python3*/site-packages/samcli/local/rapid"


@dataclass(frozen=True)
class Sandbox:
    """A running emulator."""

    port: int
    pid: int
    log: Path

    def invoke(self, event: object, *, wait: float = 60) -> Any:
        """Send one event; return what the function returned, or Lambda's error object.

        Not for two threads at once: like a sandbox of Lambda's, it takes one event at a time.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=wait)
        with contextlib.closing(connection):
            connection.request(
                "POST", "/2015-03-31/functions/function/invocations", body=json.dumps(event)
            )
            body = connection.getresponse().read().decode()
        try:
            return json.loads(body)
        except ValueError:  # "Task timed out after ..." comes as it is
            return body

    def runtime_pid(self) -> int:
        """The process that runs the function now."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        pids = [int(pid) for path in children for pid in path.read_text().split()]
        if len(pids) != 1:
            raise AssertionError(f"expected one runtime, found {pids}")
        return pids[0]

    def crash(self) -> None:
        """Kill the runtime as the kernel does when memory runs out."""
        os.kill(self.runtime_pid(), signal.SIGKILL)


@contextmanager
def sandbox(
    function: str,
    *,
    aws_endpoint: str,
    values: Mapping[str, str],
    timeout: int | None = None,
) -> Iterator[Sandbox]:
    """Run ``function`` (its logical id) of the built artifact.

    Its environment is the built template's; ``values`` says what parameters and other references
    stand for. ``timeout`` is in seconds, the template's when left out.
    """
    artifact = built(host_architecture())
    template = load_template(artifact / "template.yaml")
    properties = template["Resources"][function]["Properties"]
    code = artifact / function
    port, runtime_port = _free_port(), _free_port()
    with tempfile.TemporaryDirectory(prefix="sandbox-") as scratch:
        folder = Path(scratch)
        environ = {
            **environment(template, function, dict(values)),
            "PATH": os.environ["PATH"],
            "HOME": scratch,
            "WORK_FOLDER": str(folder / "work"),
            "PYTHONPATH": f"{code}:{artifact / 'DependenciesLayer' / 'python'}",
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_ENDPOINT_URL": aws_endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout or properties["Timeout"]),
        }
        command = [
            str(_emulator()),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
            *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
            *(str(_runtime()), "-m", "awslambdaric", properties["Handler"]),
        ]
        log = folder / "log.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=code, env=environ, stdout=out, stderr=out)
            try:
                _wait_for(port, process, log)
                yield Sandbox(port, process.pid, log)
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


class Provider:
    """Passes requests on to a provider, and while ``holding`` never answers them."""

    def __init__(self, upstream: str) -> None:
        self.holding = threading.Event()
        self.held = threading.Semaphore(0)
        """Released once for every request that is being held."""
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(upstream))
        self._server.daemon_threads = False  # joined when the server closes
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """The base URL for ``PROVIDER_BASE_URL``."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "Provider":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(provider, upstream: str) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        target = urlsplit(upstream)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout: ClassVar[float] = 60

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.close_connection = True
                if provider.holding.is_set():
                    provider.held.release()
                    provider._stopped.wait(60)
                    return
                with contextlib.closing(
                    http.client.HTTPConnection(str(target.netloc), timeout=60)
                ) as connection:
                    connection.request("POST", self.path, body, dict(self.headers))
                    answer = connection.getresponse()
                    content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def _emulator() -> Path:
    found = list((REPOSITORY / ".venv-sam").glob(_EMULATORS))
    if not found:
        raise AssertionError("The SAM CLI is not set up: run `make .venv-sam/.done`.")
    return found[0] / f"aws-lambda-rie-{host_architecture()}"


def _runtime() -> Path:
    if not _RUNTIME.exists():
        raise AssertionError("Lambda's runtime client is missing: run `make .venv-lambda/.done`.")
    return _RUNTIME


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"The emulator did not start:\n{log.read_text(errors='replace')}")
