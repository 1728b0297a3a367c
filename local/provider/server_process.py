"""The local provider as a process of its own, which loads its model while other things start."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from local import REPOSITORY

PROVIDER_KEY = "local-provider-key"
"""The only API key that it accepts."""

_START_SECONDS = 120.0


class ProviderNotStarted(Exception):
    """The provider ended before it could answer. It has written to stderr why."""


@contextmanager
def running_provider(model: str, *, progress: bool) -> Iterator[str]:
    """Start the provider with a faster-whisper ``model``; yield its base URL, with /v1.

    Calls are taken at once and answered when the model is loaded. ``progress`` draws a bar on
    stderr. The process ends with the block, or with us, because its stdin is closed then.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    url = "http://{}:{}/v1".format(*listener.getsockname())
    command = [sys.executable, "-m", "local.provider.server", "--model", model]
    command += ["--key", PROVIDER_KEY]
    command += ["--listener", str(listener.fileno()), "--until-stdin-ends"]
    with subprocess.Popen(
        command + (["--progress"] if progress else []),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
        start_new_session=True,  # Ctrl-C ends us, and we end the provider
    ) as process:
        listener.close()  # if the process dies, nobody listens and calls are refused at once
        try:
            yield url
        finally:
            process.kill()


def wait_for_provider(url: str) -> None:
    """Wait until the model is loaded; raises ProviderNotStarted."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            session.get(
                f"{url}/models",
                headers={"Authorization": f"Bearer {PROVIDER_KEY}"},
                timeout=_START_SECONDS,
            ).raise_for_status()
        except requests.RequestException as error:
            raise ProviderNotStarted("Whisper did not start; it said why above.") from error
