"""The local service in a process of its own: all that moto serves in one process has one state."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from local.service import LocalService, running_service
from tests.worlds.kept_answers import NONE_KEPT

_START_SECONDS = 240
_END_SECONDS = 60


@contextmanager
def service_process(
    provider: str, *, log: Path, time_limit_seconds: float
) -> Iterator[LocalService]:
    """Start the service with a provider that answers at a URL; see ``running_service``."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, provider, log, time_limit_seconds))
    process.start()
    theirs.close()
    try:
        assert ours.poll(_START_SECONDS), "the service does not start"
        yield ours.recv()
    finally:
        with suppress(OSError):  # it has ended by itself
            ours.send(None)
        process.join(_END_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()


def _serve(pipe: Connection, provider: str, log: Path, time_limit_seconds: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    os.environ.update(NONE_KEPT)
    limit = time_limit_seconds
    with running_service(provider=provider, log=log, time_limit_seconds=limit) as service:
        pipe.send(service)
        with suppress(EOFError):
            pipe.recv()
