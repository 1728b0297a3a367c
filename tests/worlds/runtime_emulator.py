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
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import REPOSITORY
from local.aws.template import environment, load_template
from tools.build.sam_build import build_folder, host_architecture

_RUNTIME = REPOSITORY / ".venv-lambda" / "bin" / "python"
_EMULATORS = "lib/python3*/site-packages/samcli/local/rapid"


@dataclass(frozen=True)
class Sandbox:
    """A running emulator."""

    port: int
    pid: int
    log: Path
    work_folder: Path

    def invoke(self, event: object, *, wait: float = 180) -> Any:
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

    @contextmanager
    def invoking(self, event: object) -> Iterator[Future[Any]]:
        """Send one event from a thread; yield its answer to come."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            yield pool.submit(self.invoke, event)

    def runtime_pid(self) -> int:
        """The process that runs the function now."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        pids = [int(pid) for path in children for pid in path.read_text().split()]
        if len(pids) != 1:
            raise AssertionError(f"expected one runtime, found {pids}")
        return pids[0]

    def crash(self) -> None:
        """Kill the runtime, as the kernel does when memory runs out."""
        os.kill(self.runtime_pid(), signal.SIGKILL)

    def freeze(self) -> None:
        """Stop the runtime, so that its own deadlines cannot save it from Lambda's."""
        os.kill(self.runtime_pid(), signal.SIGSTOP)


@contextmanager
def sandbox(
    function: str,
    *,
    aws_endpoint: str,
    values: Mapping[str, str],
    timeout: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Sandbox]:
    """Run ``function`` (its logical id) of the built artifact.

    Its environment is the built template's; ``values`` says what parameters and other references
    stand for. ``timeout`` is in seconds, the template's when left out; ``environ`` is added.
    """
    artifact = build_folder(host_architecture())
    template = load_template(artifact / "template.yaml")
    properties = template["Resources"][function]["Properties"]
    code = artifact / function
    port, runtime_port = _free_port(), _free_port()
    with tempfile.TemporaryDirectory(prefix="sandbox-") as scratch:
        folder = Path(scratch)
        variables = {
            **environment(template, function, dict(values)),
            "PATH": os.environ["PATH"],
            "HOME": scratch,
            "WORK_FOLDER": str(folder / "work"),
            "PYTHONPATH": ":".join(map(str, [code, *_layers(artifact, template, properties)])),
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_ENDPOINT_URL": aws_endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout or properties["Timeout"]),
            **(environ or {}),
        }
        command = [
            str(_emulator()),
            *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
            *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
            *(str(_runtime()), "-m", "awslambdaric", properties["Handler"]),
        ]
        log = folder / "log.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=code, env=variables, stdout=out, stderr=out)
            try:
                _wait_for(port, process, log)
                yield Sandbox(port, process.pid, log, folder / "work")
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _layers(artifact: Path, template: dict[str, Any], properties: dict[str, Any]) -> Iterator[Path]:
    for layer in [*template["Globals"]["Function"]["Layers"], *properties.get("Layers", [])]:
        yield artifact / layer["Ref"] / "python"


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
