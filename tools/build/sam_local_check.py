"""Runs every sample event through `sam local invoke`, and a request through `sam local start-api`.

The functions run in containers like Lambda's; S3, SSM and the provider are those of ``local``. What
runs is a copy of the built template with local endpoints in the functions' environment.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests

from local import REPOSITORY
from local.aws.lambda_invoke_api import JOB_FUNCTION
from local.aws.resources import BUCKET, JOB_TABLE
from local.aws.template import REGION, environment, load_template
from local.provider.whisper_weights import WeightsUnusable
from local.service import LocalService, NotStarted, running_service
from tools.build import CannotBuild
from tools.build.container_engine import (
    ContainerEngine,
    NoContainerEngine,
    find_container_engine,
)
from tools.build.sam_build import SAM, build_folder, host_architecture, sam_environment

RECORDING = REPOSITORY / "tests" / "data" / "speech" / "es" / "conf-waitforleader.mp3"
EVENTS = REPOSITORY / "events"

_INVOKE_SECONDS = 300  # the first one may have to pull and build an image
_START_SECONDS = 300


def main() -> None:
    """Run everything and exit 1 if an answer is not the expected one."""
    try:
        containers = find_container_engine()
        _say("sam build")
        build = build_folder(host_architecture())
        with tempfile.TemporaryDirectory(prefix="sam-local-") as folder:
            _say("Starting S3, SSM and Whisper")
            with running_service(log=Path(folder) / "log.txt") as service:
                service.put(RECORDING, "audio")
                service.put(RECORDING, "uploads")
                failures = _run(containers, service, build, Path(folder))
    except (NoContainerEngine, CannotBuild, NotStarted, WeightsUnusable) as error:
        sys.exit(str(error))
    sys.exit(f"Not as expected: {', '.join(failures)}" if failures else 0)


def _run(
    containers: ContainerEngine, service: LocalService, build: Path, folder: Path
) -> list[str]:
    """Return the names of the events that were not answered as expected."""
    with ExitStack() as exits:
        values = {
            "AudioBucket": BUCKET,
            "JobTable": "",
            "Architecture": host_architecture(),
            "ProviderBaseUrl": exits.enter_context(containers.reaching(service.provider_url)),
        }
        aws_url = exits.enter_context(containers.reaching(service.aws_url))
        lambda_url = exits.enter_context(containers.reaching(service.lambda_url))
        template = folder / "template.json"
        template.write_text(json.dumps(local_template(build, values, aws_url, lambda_url)))
        sam = _SamLocal(containers, template, folder / "sam.txt")
        failures = [
            event.stem for event in sorted(EVENTS.glob("*.json")) if not _invoked(sam, event)
        ]
        return failures + ([] if _served(sam) else ["start-api"])


def local_template(
    build: Path, values: dict[str, str], aws_url: str, lambda_url: str
) -> dict[str, Any]:
    """Return the built template with absolute paths and every function's environment filled in.

    Only the upload and the restart function start jobs, which the local service's job function
    runs. ``values`` is what references of the template stand for.
    """
    with_jobs = {**values, "JobTable": JOB_TABLE, "JobFunction.Alias": JOB_FUNCTION}
    start_jobs = {"RestartFunction", "UploadFunction"}
    template = load_template(build / "template.yaml")
    functions = template["Resources"]
    for name in (n for n, r in functions.items() if r["Type"] == "AWS::Serverless::Function"):
        functions[name]["Properties"].setdefault("Environment", {})["Variables"] = {
            **environment(template, name, with_jobs if name in start_jobs else values),
            "AWS_ENDPOINT_URL": aws_url,
            "AWS_ENDPOINT_URL_LAMBDA": lambda_url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        functions[name]["Properties"]["CodeUri"] = str(build / name)
    for name in ("DependenciesLayer", "MediaLayer"):
        template["Resources"][name]["Properties"]["ContentUri"] = str(build / name)
    template["Globals"]["Function"]["Environment"] = {}
    template["Parameters"]["Architecture"]["Default"] = values["Architecture"]
    return template


class _SamLocal:
    """`sam local` with the options and the environment that each of its commands gets."""

    def __init__(self, containers: ContainerEngine, template: Path, log: Path) -> None:
        architecture = host_architecture()
        image = f"public.ecr.aws/lambda/python:3.13-{architecture}"
        self._options = ["--template", str(template), "--layer-cache-basedir", str(log.parent)]
        if containers.has_image(image):
            self._options.append("--skip-pull-image")
        self.log = log
        self.environ = {
            **sam_environment(),
            "DOCKER_HOST": containers.docker_host,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
        }

    def command(self, *arguments: str) -> list[str]:
        return [str(SAM), "local", *arguments, *self._options]


def _invoked(sam: _SamLocal, event: Path) -> bool:
    """Return whether the function answered as it should."""
    function = f"{event.stem.partition('-')[0].capitalize()}Function"
    started = time.monotonic()
    ran = subprocess.run(
        sam.command("invoke", function, "--event", str(event)),
        cwd=REPOSITORY,
        env=sam.environ,
        capture_output=True,
        text=True,
        timeout=_INVOKE_SECONDS,
        check=False,
    )
    seconds = time.monotonic() - started
    answer = last_json(ran.stdout)
    good = is_expected(event.stem, answer)
    _say(f"{event.stem:18} {seconds:5.1f} s  {_short(answer)}")
    if not good:
        sys.stderr.write(ran.stderr)
    return good


def is_expected(name: str, answer: Any) -> bool:
    """Return whether ``answer`` is what the event's name, such as "http-invalid", promises."""
    invalid = name.endswith("-invalid")
    if name.startswith("http-"):
        return isinstance(answer, dict) and answer.get("statusCode") == (400 if invalid else 200)
    if name.startswith("upload-"):
        return bool(answer == {"batchItemFailures": []})
    if name.startswith("restart-"):
        return answer is None
    if invalid:
        return isinstance(answer, dict) and answer.get("errorType") == "InvalidRequest"
    return bool(answer) and "errorType" not in answer


@contextmanager
def _api(sam: _SamLocal) -> Iterator[str]:
    """Run `sam local start-api`; yield its URL when it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = ("--port", str(port), "--warm-containers", "LAZY", "--disable-authorizer")
    command = sam.command("start-api", *options)
    with (
        sam.log.open("wb") as log,
        subprocess.Popen(
            command, cwd=REPOSITORY, env=sam.environ, stdout=log, stderr=log
        ) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/health", process)
            yield url
        finally:
            process.terminate()  # it removes its containers
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def _served(sam: _SamLocal) -> bool:
    event = json.loads((EVENTS / "http-translate.json").read_text())
    try:
        with _api(sam) as url:
            started = time.monotonic()
            response = requests.post(
                url + event["path"], data=event["body"], headers=event["headers"], timeout=60
            )
    except (NotStarted, requests.RequestException) as error:
        _say(f"start-api          {error}")
        sys.stderr.write(sam.log.read_text())
        return False
    seconds = time.monotonic() - started
    _say(f"{'start-api':18} {seconds:5.1f} s  {response.status_code} {_short(response.text)}")
    return response.status_code == 200


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=60).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise NotStarted("`sam local start-api` did not answer.")


def last_json(output: str) -> Any:
    """Return what the function returned: the last line, after its log; "" if that is no JSON."""
    lines = output.strip().split("\n")  # splitlines() also splits at characters that JSON may hold
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        return ""


def _short(answer: Any) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    line = " / ".join(text.split("\n"))
    return line if len(line) <= 160 else f"{line[:160]}..."


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
