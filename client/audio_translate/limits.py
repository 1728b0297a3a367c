"""How long a caller waits, and whether they still do."""

import threading
import time
from dataclasses import dataclass, field
from math import inf

from audio_translate.errors import Stopped, TimedOut


@dataclass(frozen=True)
class Limits:
    """``ends`` is a moment of ``time.monotonic()``; ``stop`` is set by whoever has had enough."""

    ends: float = inf
    stop: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def within(cls, seconds: float | None, stop: threading.Event | None = None) -> "Limits":
        """Return those that end so many seconds from now, never with None."""
        ends = inf if seconds is None else time.monotonic() + seconds
        return cls(ends, stop or threading.Event())

    def check(self) -> None:
        """Raise Stopped or TimedOut if it is time to."""
        if self.stop.is_set():
            raise Stopped("Stopped.")
        if time.monotonic() >= self.ends:
            raise TimedOut("It took longer than it was to be waited for.")

    def left(self) -> float:
        """Return the seconds that are left."""
        return self.ends - time.monotonic()

    def pause(self, seconds: float) -> None:
        """Wait, at most until the end; raises Stopped or TimedOut."""
        # A bounded wait, because Windows lets no Ctrl-C into an endless one.
        self.stop.wait(max(0.0, min(seconds, self.left())))
        self.check()
