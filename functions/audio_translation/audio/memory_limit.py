"""A bound on what this process may take, for a while in which it reads what strangers made."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATM = Path("/proc/self/statm")
_DATA = 5  # the number of its column that the limit is about
_one_at_a_time = threading.Lock()


@contextmanager
def bounded(more: int) -> Iterator[None]:
    """Let the process have at most so many bytes ``more``, mappings of files not counted.

    Who asks for more is refused by the system: C code sees an allocation fail, Python a
    MemoryError. That goes for all threads, so only one at a time can be in here.
    """
    with _one_at_a_time:
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        now = int(_STATM.read_text().split()[_DATA]) * resource.getpagesize()
        most = now + more
        resource.setrlimit(resource.RLIMIT_DATA, (_least(most, soft, hard), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _least(*limits: int) -> int:
    return min(limit for limit in limits if limit != resource.RLIM_INFINITY)
