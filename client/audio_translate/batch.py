"""Several recordings at once."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from audio_translate.errors import AudioTranslateError

_LEAVE_SECONDS = 20.0
"""For how long those under way are waited for when the caller leaves: they cancel their jobs."""
_LOOK_SECONDS = 0.2
"""Between looks at the results: Windows lets no Ctrl-C into an endless wait."""

_NO_MORE = object()

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Outcome(Generic[Item, Value]):
    """What became of one: ``result``, or ``error``; the other is None."""

    source: Item
    result: Value | None
    error: AudioTranslateError | None


def at_once(
    count: int,
    work: Callable[[Item], Value],
    items: Iterable[Item],
    stop: threading.Event,
) -> Generator[Outcome[Item, Value], None, None]:
    """Do the work of all items, ``count`` at once; yield what became of each, as they end.

    An AudioTranslateError is that item's outcome, any other exception ends it all. If the caller
    leaves, by an exception such as Ctrl-C or by closing the iterator, ``stop`` is set and those
    under way are waited for.
    """
    workers = _Workers(work, iter(items), stop)
    # Threads that do not keep the process: the second Ctrl-C ends it at once.
    threads = [threading.Thread(target=workers.run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield from workers.outcomes(count)
    except BaseException:
        stop.set()
        raise
    finally:
        ends = time.monotonic() + _LEAVE_SECONDS
        for thread in threads:
            thread.join(max(0, ends - time.monotonic()) if stop.is_set() else None)


class _Workers(Generic[Item, Value]):
    """What the threads share."""

    def __init__(
        self, work: Callable[[Item], Value], items: Iterator[Item], stop: threading.Event
    ) -> None:
        self._work, self._items, self._stop = work, items, stop
        self._taking = threading.Lock()
        self._ended: queue.SimpleQueue[Outcome[Item, Value] | BaseException | None]
        self._ended = queue.SimpleQueue()

    def run(self) -> None:
        """Do the work of items until there are no more; None tells so."""
        try:
            for item in iter(self._next, _NO_MORE):
                self._ended.put(self._outcome(cast("Item", item)))
        except BaseException as error:  # noqa: BLE001  raised in the caller's thread
            self._ended.put(error)
        self._ended.put(None)

    def outcomes(self, running: int) -> Iterator[Outcome[Item, Value]]:
        while running:
            try:
                found = self._ended.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            if found is None:
                running -= 1
            else:
                yield found

    def _next(self) -> object:
        with self._taking:
            return _NO_MORE if self._stop.is_set() else next(self._items, _NO_MORE)

    def _outcome(self, item: Item) -> Outcome[Item, Value]:
        try:
            return Outcome(item, self._work(item), None)
        except AudioTranslateError as error:
            return Outcome(item, None, error)
