"""Lambda's sandboxes on one machine: processes that serve one request at a time each."""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from io import TextIOWrapper
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from local.aws.api_gateway import Event, LambdaContext
from local.end_with_parent import end_with

HANDLER = "audio_translation.handlers.http.handler"


class Sandboxes:
    """A pool of processes that call one handler. Their output goes to ``log``, or to stderr.

    ``environ`` is added to the environment without its AWS variables: whatever account the
    machine's owner uses, the handler must not reach it. It must name a ``WORK_FOLDER``.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        handler: str = HANDLER,
        log: Path | None = None,
        slots: int = 4,
    ) -> None:
        self._handler = handler
        self._spawn = multiprocessing.get_context("spawn")
        self._kept, self._held = self._spawn.Pipe(duplex=False)
        self._arguments = (dict(environ), log, self._kept)
        self._slots = slots
        self._lock = threading.Lock()
        self._pool = self._new_pool()

    def warm_up(self) -> "Future[None]":
        """Start one process and import the handler there; ``result()`` waits for it."""
        return self._pool.submit(_import, self._handler)

    def call(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        """Invoke the handler in a free process; raises what the handler raises."""
        pool = self._pool
        try:
            return pool.submit(_invoke, self._handler, event, context).result()
        except BrokenProcessPool:
            # A process crashed and took the pool with it. The next request finds a new one.
            with self._lock:
                if pool is self._pool and not self._held.closed:
                    self._pool = self._new_pool()
            raise

    def close(self) -> None:
        """End all processes at once, also those that are busy."""
        with self._lock:
            self._held.close()
        self._pool.shutdown(cancel_futures=True)
        self._kept.close()  # only now, or a process that is just being started cannot be

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._slots, mp_context=self._spawn, initializer=_set_up, initargs=self._arguments
        )


def _set_up(environ: Mapping[str, str], log: Path | None, lifeline: Connection) -> None:
    end_with(os.dup(lifeline.fileno()))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the starter
    output = 2 if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    cast(TextIOWrapper, sys.stdout).reconfigure(line_buffering=True)  # a log is read while it grows
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(environ)
    # Every sandbox has a disk of its own, and empties it when it starts.
    os.environ["WORK_FOLDER"] = f"{environ['WORK_FOLDER']}/{os.getpid()}"


def _invoke(handler: str, event: Event, context: LambdaContext) -> Mapping[str, Any]:
    module, _, name = handler.rpartition(".")
    answer: Mapping[str, Any] = getattr(importlib.import_module(module), name)(event, context)
    return answer


def _import(handler: str) -> None:
    importlib.import_module(handler.rpartition(".")[0])
