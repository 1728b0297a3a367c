"""Several calls at once, none of which outlasts the request."""

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
    """Return the results in the order of the items.

    After a failure no further call is begun; those under way may end, and then the first failure
    in that order is raised. Raises ProviderTimedOut for what is not done by the deadline, whatever
    it is stuck in.
    """
    over = threading.Event()

    def unless_over(item: Item) -> Result:
        if over.is_set():
            raise CancelledError
        try:
            return call(item)
        except BaseException:
            over.set()
            raise

    pool = ThreadPoolExecutor(max_workers=max(1, min(at_once, len(items))))
    try:
        calls = [pool.submit(unless_over, item) for item in items]
        wait(calls, timeout=deadline.left(), return_when=FIRST_EXCEPTION)
    finally:
        over.set()
        pool.shutdown(wait=False, cancel_futures=True)
    # What never began is never done, as ``wait`` counts.
    begun = [each for each in calls if not each.cancelled()]
    ended = wait(begun, timeout=deadline.left()).done
    for error in (each.exception() for each in begun if each in ended):
        if error and not isinstance(error, CancelledError):
            raise error
    if len(ended) < len(calls):
        raise ProviderTimedOut("The provider did not answer in time. Try again later.")
    return [each.result() for each in calls]
