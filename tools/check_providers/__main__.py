"""`make check-providers`: whether a list of providers is valid, and whether each one answers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from audio_translation.audio.media import decoding
from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.engines.chain.provider_list import ProviderList, WrongList
from audio_translation.engines.chain.provider_states import ProviderStates
from audio_translation.errors import ServiceError
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.wiring.providers.engines import Engines

_USAGE = "make check-providers FILE=providers.json, or PARAMETER=/audio-translation/providers"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; return 0 if all of it is well, else 1."""
    parser = argparse.ArgumentParser(prog="make check-providers")
    parser.add_argument("--file", default="")
    parser.add_argument("--parameter", default="/audio-translation/providers")
    options = parser.parse_args(arguments)
    if not (options.file or options.parameter):
        print(_USAGE, file=sys.stderr)
        return 1
    try:
        if options.file:
            return _told_of_file(Path(options.file), options.parameter)
        return _told_of_states(_states(options.parameter))
    except (OSError, UnicodeDecodeError, WrongList, ServiceError) as error:
        print(f"The list is not right: {error}", file=sys.stderr)
        return 1


def _told_of_file(file: Path, parameter: str) -> int:
    """Check the file as the value of the parameter; nobody is asked."""
    known = frozenset({Settings().api_key_parameter})
    found = ProviderList.read(file.read_text(encoding="utf-8"), path=parameter, known=known)
    for step, entries in found.steps():
        names = " then ".join(entry.provider for entry in entries)
        print(f"{step}: {names or 'nobody'}")
    print("The list is valid. With PARAMETER= instead of FILE= each provider is asked, too.")
    return 0


def _states(parameter: str) -> ProviderStates:
    """Ask each provider with its key, as `GET /health/providers` of a deployment does."""
    return Engines(
        Settings(providers_parameter=parameter),
        Clients(),
        decoder=decoding,
        detector=LanguageDetector(),
        telemetry=_Quiet(),
    ).states()


def _told_of_states(states: ProviderStates) -> int:
    for state in states.providers:
        names = ", ".join(
            one.model if one.model == one.nameThere else f"{one.model} as {one.nameThere}"
            for one in state.models
        )
        print(f"{state.provider}: {state.answer}, {state.milliseconds} ms ({names or 'unused'})")
    print(f"All in all: {states.status}.")
    return 0 if states.status == "ok" else 1


class _Quiet(Telemetry):
    """Tells on the terminal of what cannot be read."""

    def crashed(self, error: BaseException) -> None:
        """See ``Telemetry``."""
        print(f"{error}", file=sys.stderr)

    def parameter_not_read(self, parameter: str, reason: str, **_: bool) -> None:
        """See ``Telemetry``."""
        print(f"{parameter} cannot be read: {reason}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
