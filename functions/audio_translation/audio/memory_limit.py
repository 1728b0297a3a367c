"""A memory limit for this process while it reads a file that cannot be trusted."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATM = Path("/proc/self/statm")
_DATA = 5  # the column of statm that RLIMIT_DATA limits
_one_at_a_time = threading.Lock()


@contextmanager
def bounded(more: int) -> Iterator[None]:
    """Let the process allocate at most ``more`` bytes in addition to what it has now.

    Mapped files do not count. Over the limit, allocations fail in C code and raise MemoryError in
    Python. The limit is that of the whole process, so only one thread at a time can set it.
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
