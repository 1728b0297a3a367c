"""Lambda's sandboxes (execution environments) on one machine: processes that run a handler."""

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

from local.aws.lambda_context import Event, LambdaContext
from local.end_with_parent import end_with_parent


class Sandboxes:
    """Processes that call one handler, one request at a time each, ``count`` of them at most.

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
        self._lock = threading.Lock()
        self._pool = self._new_pool()

    def warm_up(self) -> "Future[None]":
        """Start one process and import the handler there; ``result()`` waits for it."""
        return self._pool.submit(_import, self._handler)

    def invoke(self, event: Event, context: LambdaContext) -> Mapping[str, Any]:
        """Invoke the handler in a free process; raises what the handler raises."""
        pool = self._pool
        try:
            return pool.submit(_invoke, self._handler, event, context).result()
        except BrokenProcessPool:
            # A crash of one process breaks the pool: the next request gets a new pool.
            with self._lock:
                if pool is self._pool and not self._our_pipe.closed:
                    self._pool = self._new_pool()
            raise

    def close(self) -> None:
        """End all processes at once, also those that are busy."""
        with self._lock:
            self._our_pipe.close()
        self._pool.shutdown(cancel_futures=True)
        self._pipe_of_children.close()  # not before: a process that is being started inherits it

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=self._spawn, initializer=_set_up, initargs=self._arguments
        )


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


def _invoke(handler: str, event: Event, context: LambdaContext) -> Mapping[str, Any]:
    module, _, name = handler.rpartition(".")
    answer: Mapping[str, Any] = getattr(importlib.import_module(module), name)(event, context)
    return answer


def _import(handler: str) -> None:
    importlib.import_module(handler.rpartition(".")[0])
