"""Fetching with bounds that suit tests, and servers that do not behave."""

import random
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.arrival import Arrival
from audio_translation.download.from_url import HttpDownload
from audio_translation.errors import (
    ServiceError,
)
from tests.fakes.source import Source, Step

AUDIO = random.Random(2).randbytes(200_000)
MIB = 2**20


def fetch(url: str, folder: Path, *, seconds: float = 60, **changes: Any) -> FetchedFile:
    options: dict[str, Any] = {
        "max_bytes": MIB,
        "connect_seconds": 2,
        "total_seconds": 10,
        "allow_loopback": True,
    }
    return HttpDownload(**(options | changes)).fetch(
        url, folder, Deadline.after(seconds), Arrival()
    )


def refused(error: type[ServiceError], url: str, folder: Path, **changes: Any) -> str:
    """Fetch in vain; return the message after checking that nothing is left of the attempt."""
    began = time.monotonic()
    with pytest.raises(error) as raised:
        fetch(url, folder, **changes)
    assert time.monotonic() - began < 10
    assert raised.value.param == "audioFileUrl"
    assert list(folder.iterdir()) == []
    shown = "".join(traceback.format_exception(raised.value))
    assert "Signature" not in shown
    return raised.value.message


def pretend(*addresses: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that has these addresses for every name."""

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    return resolve


def endless(block: bytes, every: float) -> Iterator[Step]:
    while True:
        yield block
        yield every


def cut(*steps: Step) -> Callable[[], Iterable[Step]]:
    return lambda: steps


CHUNKED = ("Transfer-Encoding", "chunked")


@contextmanager
def blurting(steps: Iterable[Step]) -> Iterator[int]:
    """A server, by its port, that sends ``steps`` without listening to anything first."""
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                for step in steps:
                    if isinstance(step, bytes):
                        connection.sendall(step)
                    elif stop.wait(step):
                        return
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(5)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def secure(authority: trustme.CA, *names: str) -> Source:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return Source(context)
