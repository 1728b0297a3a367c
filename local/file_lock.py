"""A lock between processes.

    python local/file_lock.py FILE COMMAND ...

runs a command while no other process runs one with the same file.
"""

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock of this file, then hold it; makes the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _main() -> None:
    """Become the command, which holds the lock until it and all that it started have ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the waiting without a traceback
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    os.set_inheritable(file, True)  # noqa: FBT003  it has no name
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another run sets up; waiting for it ...", file=sys.stderr, flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    _main()
