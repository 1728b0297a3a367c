"""Lambda's sandboxes (execution environments) on one machine: processes that run a handler."""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from io import TextIOWrapper
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from local.aws.lambda_context import Event, LambdaContext
from local.end_with_parent import end_with_parent
from local.public_links import sign_links_for


class SandboxesClosed(Exception):
    """The service ends, and with it what was asked of it."""


_PATIENCE_SECONDS = 0.25
"""How long a request waits for a free process before another one is started for it."""
_STARTS_APART_SECONDS = 2.0
"""Between two starts, each of which takes a processor for about as long."""


class Sandboxes:
    """Processes that call one handler, one request at a time each, ``count`` of them at most.

    There are two at first. More are started one after the other while requests wait: a burst of
    short requests ends sooner in few processes than in many that take all processors to start.

    ``environ`` replaces all AWS variables of the environment, so that the handler cannot reach an
    account of the machine's owner. It must name a ``WORK_FOLDER``. Output goes to ``log``, or to
    stderr.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        handler: str,
        log: Path | None = None,
        count: int = 4,
    ) -> None:
        self._handler = handler
        self._spawn = multiprocessing.get_context("spawn")
        self._pipe_of_children, self._our_pipe = self._spawn.Pipe(duplex=False)
        self._arguments = (dict(environ), log, self._pipe_of_children)
        self._count = count
        self._closed = False
        self._allowed = min(2, count)
        self._free = threading.Semaphore(self._allowed)
        self._last_start = time.monotonic()
        self._lock = threading.Lock()
        self._pool = self._new_pool()

    def warm_up(self) -> "Future[None]":
        """Start one process and import the handler there; ``result()`` waits for it."""
        with _without_interrupts():
            return self._pool.submit(_import, self._handler)

    def invoke(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        """Invoke the handler in a free process; raises what it raises, or SandboxesClosed."""
        self._wait_for_one()
        try:
            return self._invoked(event, context)
        finally:
            self._free.release()

    def _wait_for_one(self) -> None:
        """Take a process that is free, or one that may be started now; raises SandboxesClosed."""
        while not self._free.acquire(timeout=_PATIENCE_SECONDS):
            with self._lock:
                if self._closed:
                    raise SandboxesClosed
                now = time.monotonic()
                due = now >= self._last_start + _STARTS_APART_SECONDS
                if self._allowed < self._count and due:
                    self._allowed, self._last_start = self._allowed + 1, now
                    return

    def _invoked(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        pool = self._pool
        try:
            with _without_interrupts():
                answer = pool.submit(_invoke, self._handler, event, context)
            return answer.result()
        except (BrokenProcessPool, CancelledError, RuntimeError) as error:
            if self._closed:
                raise SandboxesClosed from error
            if not isinstance(error, BrokenProcessPool):
                raise
            # A crash of one process breaks the pool: the next request gets a new pool.
            with self._lock:
                if pool is self._pool:
                    self._pool = self._new_pool()
            raise

    def close(self) -> None:
        """End all processes at once, also those that are busy."""
        self._closed = True  # first, for whoever sees processes end
        with self._lock:
            self._our_pipe.close()
        self._pool.shutdown(cancel_futures=True)
        self._pipe_of_children.close()  # not before: a process that is being started inherits it

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=self._spawn, initializer=_set_up, initargs=self._arguments
        )


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Have processes that start now not hear Ctrl-C, which a terminal sends to all of a group.

    They would print a traceback for it before ``_set_up`` could say that it is not for them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _set_up(environ: Mapping[str, str], log: Path | None, pipe: Connection) -> None:
    end_with_parent(os.dup(pipe.fileno()))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, and that ends us
    output = 2 if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    cast(TextIOWrapper, sys.stdout).reconfigure(
        line_buffering=True
    )  # the log is read while it grows
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(environ)
    # A function empties its work folder when it starts, so each process has its own.
    os.environ["WORK_FOLDER"] = f"{environ['WORK_FOLDER']}/{os.getpid()}"
    sign_links_for(environ)


def _invoke(handler: str, event: Event, context: LambdaContext) -> Mapping[str, Any]:
    module, _, name = handler.rpartition(".")
    answer: Mapping[str, Any] = getattr(importlib.import_module(module), name)(event, context)
    return answer


def _import(handler: str) -> None:
    importlib.import_module(handler.rpartition(".")[0])
