"""`make serve` and `make translate`: the service on one machine, from the command line."""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback while the rest is imported

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from audio_translate import AudioTranslate, AudioTranslateError, Options, Progress, Result
from audio_translate.command.translating import screen_for
from local import REPOSITORY
from local.addresses import LOOPBACK, Addresses
from local.aws.lambda_invoke_api import INVOKE_FUNCTION
from local.aws.resources import BUCKET
from local.aws.template import REGION
from local.demonstration import DEMONSTRATION, side_by_side
from local.provider.whisper_weights import WeightsUnusable
from local.service import LocalService, NotStarted, running_service

SAMPLE = REPOSITORY / "tests" / "data" / "speech" / "es" / "demo-congrats.mp3"
_SHORT_BYTES = 1_500_000  # a minute or two of speech, which is answered at once
SHORT_SAMPLE = SAMPLE.with_name("conf-waitforleader.mp3")
"""Short enough to be translated within a few seconds on a slow machine."""

_FORMATS = ("json", "text", "srt", "vtt", "verbose_json", "ttml", "ass", "csv", "html")
_LOG = REPOSITORY / ".cache" / "translate.log"
_SERVE_LOG = _LOG.with_name("serve.log")
_SEE_LOG = f"The functions' log: {_LOG.relative_to(REPOSITORY)}"
_ROUGH = "By Whisper base on this machine: rough. A provider's larger model does better."
_WARNING = (
    "It listens at {}, not only on this machine. Whoever can reach that can use it, read and write "
    "its S3, and have it fetch from this machine's own ports. It asks for no key."
)


class Failed(Exception):
    """The command failed; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if options.command == "serve":
            _serve(options)
        else:
            _translate(options.audio, options.format, options.model)
    except (Failed, NotStarted, WeightsUnusable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)  # behind the terminal's ^C
        return 0 if options.command == "serve" else 130
    return 0


def _serve(options: argparse.Namespace) -> None:
    addresses = Addresses(options.host, options.port, options.s3_port, options.public_host)
    # In JSON all is one log, as a container's is. A terminal shows requests only.
    log = None if options.json_log else _new_log(_SERVE_LOG)
    if addresses.reached_by_others:
        print(_WARNING.format(addresses.host), file=sys.stderr)
    with running_service(
        addresses=addresses,
        limited=not options.no_limits,
        log=log,
        requests="json" if options.json_log else "text",
        step=_Steps().begin,
    ) as service:
        url, api = service.put(SHORT_SAMPLE, "samples"), service.public_url
        print(
            f"The service is up at {api} until Ctrl-C. Try:\n\n"
            f"  curl {api}/translate -H 'Content-Type: application/json' "
            f"""-d '{{"audioFileUrl": "{url}"}}'\n\n"""
            "Or put a recording into its S3, and read the translation beside it:\n\n"
            f"{_s3_commands(service)}\n"
            f"OpenAI's clients find it with\n\n"
            f"  export OPENAI_BASE_URL={api}/v1 OPENAI_API_KEY=any-key\n\n"
            f"Lambda's clients invoke {INVOKE_FUNCTION} at {service.lambda_url}\n\n"
            f"What it offers: {api}/docs",
            *([f"The functions' log: {log.relative_to(REPOSITORY)}"] if log else []),
            sep="\n",
            flush=True,
        )
        while True:
            time.sleep(1)  # the main thread must wake up to run a signal handler


def _new_log(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def _s3_commands(service: LocalService) -> str:
    """Return two commands of curl, and the variables for the AWS CLI of docs/s3.md."""
    bucket = f"{service.public_aws_url}/{BUCKET}"
    return (
        f"  curl -T {SHORT_SAMPLE.relative_to(REPOSITORY)} {bucket}/uploads/\n"
        f"  curl -sf -u local:local --retry 60 --retry-delay 1 --retry-all-errors "
        f"{bucket}/translations/{SHORT_SAMPLE.name}.vtt\n\n"
        f"  export AWS_ENDPOINT_URL={service.public_aws_url} AWS_DEFAULT_REGION={REGION} "
        f"AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local BUCKET={BUCKET}\n"
    )


def _translate(given: str | None, response_format: str, model: str | None) -> None:
    """Translate a file or a URL; only the translation goes to stdout.

    Without both, a recording of ours is shown with what it says.
    """
    audio = given or str(DEMONSTRATION)
    both = not (given or response_format)
    file = None if audio.startswith(("http://", "https://", "s3://")) else Path(audio)
    if file is not None and not file.is_file():
        raise Failed(f"There is no file {audio!r}. AUDIO is a file or an http(s) or s3 URL.")
    steps = _Steps()
    _new_log(_LOG)
    # What becomes a job has a progress bar of its own.
    short = file is not None and file.stat().st_size <= _SHORT_BYTES
    with running_service(log=_LOG, progress=short, step=steps.begin) as service:
        steps.begin(f"Translating {file.name if file else 'the URL'}")
        began = time.monotonic()
        shown = "verbose_json" if both else response_format or "text"
        include = ["source"] if both else []
        result = ask(service.url, file or audio, shown, model, include)
        took = time.monotonic() - began
        steps.begin("")
    content = result.content(shown)
    text = side_by_side(json.loads(content)) if both else content.encode()
    sys.stdout.buffer.write(text.rstrip(b"\n") + b"\n")
    sys.stdout.buffer.flush()
    print(_ROUGH, file=sys.stderr)
    print(f"Translated in {took:.1f} s, {steps.total():.1f} s in all.", file=sys.stderr)


def ask(
    service_url: str,
    source: Path | str,
    response_format: str,
    model: str | None = None,
    include: Sequence[str] = (),
) -> Result:
    """Have a file or a URL translated as the client's command does, and wait for it.

    Without ``model`` the service's default is taken. Raises ``Failed`` with the service's message.
    """
    options: Options = {"format": response_format, "include": include}
    if model:
        options["model"] = model
    name = source.name if isinstance(source, Path) else "The URL"

    def told(progress: Progress) -> None:
        if progress.job is not None:  # sending takes no time here
            screen.progress(name, progress)

    try:
        with screen_for(quiet=False) as screen, AudioTranslate(service_url) as client:
            return client.translate(source, at_once=True, on_progress=told, **options)
    except AudioTranslateError as error:
        raise Failed(f"{error.message}\n{_SEE_LOG}") from error


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
    """End; at once if it is told so again, as the processes that were started then do, too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(130))
    raise KeyboardInterrupt


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="keep the service up until Ctrl-C")
    serve.add_argument("--port", type=int, default=8080, help="0: any free port")
    serve.add_argument("--s3-port", type=int, default=0, help="of its S3; 0: any free port")
    serve.add_argument("--host", default=LOOPBACK, help="where both listen; 0.0.0.0: everywhere")
    serve.add_argument("--public-host", default="", help="how others call this machine in URLs")
    serve.add_argument("--json-log", action="store_true", help="all logs as JSON on stderr")
    serve.add_argument(
        "--no-limits", action="store_true", help="bodies of any size, requests of hours"
    )
    translate = commands.add_parser("translate", help="translate one recording")
    translate.add_argument("--audio", help="a file or a URL; a French recording when left out")
    translate.add_argument("--model", help="whisper-1 when left out, or gpt-transcribe")
    translate.add_argument("--format", choices=("", *_FORMATS), help="text when left out")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
