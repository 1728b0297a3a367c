"""`make serve` and `make translate`: the service on one machine, from the command line."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import requests
from tqdm import tqdm

from audio_translation.audio.stated_duration import stated_duration
from audio_translation.settings import Settings
from local import REPOSITORY
from local.aws.resources import BUCKET
from local.aws.template import REGION
from local.provider.whisper_weights import WeightsUnusable
from local.service import LocalService, NotStarted, running_service

SAMPLE = REPOSITORY / "tests" / "data" / "speech" / "es" / "demo-congrats.mp3"
SHORT_SAMPLE = SAMPLE.with_name("conf-waitforleader.mp3")
"""Short enough to be translated within a few seconds on a slow machine."""

_FORMATS = ("json", "text", "srt", "vtt", "verbose_json")
_LOG = REPOSITORY / ".cache" / "translate.log"
_SEE_LOG = f"The functions' log: {_LOG.relative_to(REPOSITORY)}"
_REQUEST_SECONDS = 120.0
_POLL_SECONDS = 0.5


class Failed(Exception):
    """The command failed; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _options(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if options.command == "serve":
            _serve(options.port)
        else:
            _translate(options.audio or str(SAMPLE), options.format or "text", options.model)
    except (Failed, NotStarted, WeightsUnusable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if options.command == "serve" else 130
    return 0


def _serve(port: int) -> None:
    with running_service(port=port, step=_Steps().begin) as service:
        url = service.put(SHORT_SAMPLE, "samples")
        print(
            f"The service is up at {service.url} until Ctrl-C. Try:\n\n"
            f"  curl {service.url}/translate -H 'Content-Type: application/json' "
            f"""-d '{{"audioFileUrl": "{url}"}}'\n\n"""
            "Or put a recording into its S3, and read the translation beside it:\n\n"
            f"{_s3_commands(service)}\n"
            f"OpenAI's clients find it with\n\n"
            f"  export OPENAI_BASE_URL={service.url}/v1 OPENAI_API_KEY=any-key\n\n"
            f"What it offers: {service.url}/docs",
            flush=True,
        )
        while True:
            time.sleep(1)  # the main thread must wake up to run a signal handler


def _s3_commands(service: LocalService) -> str:
    """Return commands for a shell: two of curl, and the variables for the AWS CLI of docs/s3.md."""
    bucket = f"{service.aws_url}/{BUCKET}"
    return (
        f"  curl -T {SHORT_SAMPLE.relative_to(REPOSITORY)} {bucket}/uploads/\n"
        f"  curl -sf -u local:local --retry 60 --retry-delay 1 --retry-all-errors "
        f"{bucket}/translations/{SHORT_SAMPLE.name}.vtt\n\n"
        f"  export AWS_ENDPOINT_URL={service.aws_url} AWS_DEFAULT_REGION={REGION} "
        f"AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local BUCKET={BUCKET}\n"
    )


def _translate(audio: str, response_format: str, model: str | None) -> None:
    """Translate a file or a URL; only the translation goes to stdout."""
    file = None if audio.startswith(("http://", "https://", "s3://")) else Path(audio)
    if file is not None and not file.is_file():
        raise Failed(f"There is no file {audio!r}. AUDIO is a file or an http(s) or s3 URL.")
    steps = _Steps()
    _LOG.parent.mkdir(parents=True, exist_ok=True)
    _LOG.unlink(missing_ok=True)
    # What becomes a job has a progress bar of its own.
    short = (
        file is not None
        and 0 < (stated_duration(file) or 0) <= Settings().direct_max_seconds * 1000
    )
    with running_service(log=_LOG, progress=short, step=steps.begin) as service:
        steps.begin(f"Translating {file.name if file else 'the URL'}")
        began = time.monotonic()
        url = service.put(file, "audio") if file else audio
        response = ask(service.url, url, response_format, model)
        took = time.monotonic() - began
        steps.begin("")
    sys.stdout.buffer.write(response.content.rstrip(b"\n") + b"\n")
    sys.stdout.buffer.flush()
    print(f"Translated in {took:.1f} s, {steps.total():.1f} s in all.", file=sys.stderr)


def ask(
    service_url: str, audio_url: str, response_format: str, model: str | None = None
) -> requests.Response:
    """Return the answer to one request; if it becomes a job, wait for that and return its result.

    Without ``model`` the service's default is taken. Raises ``Failed`` with the service's message.
    """
    body = {"audioFileUrl": audio_url, "responseFormat": response_format}
    if model:
        body["model"] = model
    with requests.Session() as session:
        session.trust_env = False  # a proxy cannot reach this machine
        response = _checked(
            session.post(f"{service_url}/translate", json=body, timeout=_REQUEST_SECONDS)
        )
        if response.status_code != requests.codes.accepted:
            return response
        job_url = f"{service_url}{response.headers['Location']}"
        _wait_for_job(session, job_url)
        return _checked(session.get(f"{job_url}/translation", timeout=_REQUEST_SECONDS))


def _wait_for_job(session: requests.Session, job_url: str) -> None:
    """Draw a progress bar until the job has ended; raises ``Failed`` if it did not succeed."""
    layout = "{l_bar}{bar}| {n:.0f}/{total:.0f} s of audio{postfix}, {elapsed} so far"
    with tqdm(total=0, bar_format=layout, desc="  Job", leave=True) as bar:
        while True:
            job = _checked(session.get(job_url, timeout=_REQUEST_SECONDS)).json()
            audio, chunks = (job["progress"][name] for name in ("audioSeconds", "chunks"))
            bar.total, bar.n = audio["total"] or 1, audio["done"]
            bar.set_postfix_str(f"{chunks['done']}/{chunks['total']} chunks")
            if job["status"] not in {"queued", "running"}:
                break
            time.sleep(_POLL_SECONDS)
    if job["status"] != "succeeded":
        reason = job["error"]["message"] if job["error"] else f"The job was {job['status']}."
        raise Failed(f"{reason}\n{_SEE_LOG}")


def _checked(response: requests.Response) -> requests.Response:
    if not response.ok:
        raise Failed(f"{response.json()['error']['message']}\n{_SEE_LOG}")
    return response


class _Steps:
    """Prints on stderr what is being done, and how long the step before took."""

    def __init__(self) -> None:
        self._began = self._step_began = time.monotonic()
        self._name = ""

    def begin(self, name: str) -> None:
        now = time.monotonic()
        if self._name:
            print(f"  {self._name}: {now - self._step_began:.1f} s", file=sys.stderr)
        if name:
            print(f"{name} ...", file=sys.stderr)
        self._name, self._step_began = name, now

    def total(self) -> float:
        return time.monotonic() - self._began


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="keep the service up until Ctrl-C")
    serve.add_argument("--port", type=int, default=8080, help="on 127.0.0.1; 0: any free port")
    translate = commands.add_parser("translate", help="translate one recording")
    translate.add_argument("--audio", help="a file or a URL; a Spanish recording when left out")
    translate.add_argument("--model", help="whisper-1 when left out, or gpt-transcribe")
    translate.add_argument("--format", choices=("", *_FORMATS), help="text when left out")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
