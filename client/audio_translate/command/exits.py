"""How the command ends: exit statuses, and Ctrl-C."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from audio_translate.errors import (
    AudioTranslateError,
    ConfigurationError,
    ConnectionFailed,
    InvalidApiKey,
    TimedOut,
)

ALL_RIGHT, SOME_FAILED, USAGE, NO_SERVICE, NOT_WAITED_FOR, INTERRUPTED = 0, 1, 2, 3, 4, 130

TABLE = """\
  0    all is translated
  1    some of it failed; the rest is translated
  2    the command or the configuration is wrong; nothing was sent
  3    no service answers at the URL, or it refuses the key
  4    --timeout has passed; the jobs go on
  130  stopped by Ctrl-C; the jobs are cancelled\
"""


def status_of(error: AudioTranslateError) -> int:
    """Return the status with which the command ends if this is all that happened."""
    if isinstance(error, ConfigurationError):
        return USAGE
    if isinstance(error, (ConnectionFailed, InvalidApiKey)):
        return NO_SERVICE
    return NOT_WAITED_FOR if isinstance(error, TimedOut) else SOME_FAILED


@contextmanager
def interruptible(tell: Callable[[], object]) -> Iterator[None]:
    """Let the first Ctrl-C, or what ends processes, be a KeyboardInterrupt, after ``tell``.

    The second one ends the process at once.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        for each in before:
            signal.signal(each, _leave_at_once)
        tell()
        raise KeyboardInterrupt

    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    before = {}
    with suppress(ValueError):  # signals belong to the main thread
        before = {each: signal.signal(each, leave) for each in numbers if each is not None}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_at_once(number: int, frame: FrameType | None) -> NoReturn:
    with suppress(OSError):
        sys.stderr.write("\x1b[?25h" if sys.stderr.isatty() else "")  # the bars hid the cursor
        sys.stderr.flush()
    os._exit(INTERRUPTED)
