"""Several calls at the same time, up to the request's deadline."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from typing import TypeVar

from audio_translation.deadline import Deadline
from audio_translation.errors import ProviderTimedOut

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    call: Callable[[Item], Result], items: Sequence[Item], *, at_once: int, deadline: Deadline
) -> list[Result]:
    """Call ``call`` for each item, ``at_once`` at a time; return the results in the items' order.

    After a failure no further call starts. The running ones may end; then the first failure in the
    items' order is raised. Raises ProviderTimedOut for calls that have not ended by the deadline,
    whatever they are waiting for.
    """
    stopped = threading.Event()

    def call_unless_stopped(item: Item) -> Result:
        if stopped.is_set():
            raise CancelledError
        try:
            return call(item)
        except BaseException:
            stopped.set()
            raise

    pool = ThreadPoolExecutor(max_workers=max(1, min(at_once, len(items))))
    try:
        calls = [pool.submit(call_unless_stopped, item) for item in items]
        wait(calls, timeout=deadline.left(), return_when=FIRST_EXCEPTION)
    finally:
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
    # Calls that never started are left out: ``wait`` never counts them as done.
    started = [each for each in calls if not each.cancelled()]
    ended = wait(started, timeout=deadline.left()).done
    for error in (each.exception() for each in started if each in ended):
        if error and not isinstance(error, CancelledError):
            raise error
    if len(ended) < len(calls):
        raise ProviderTimedOut("The provider did not answer in time. Try again later.")
    return [each.result() for each in calls]
