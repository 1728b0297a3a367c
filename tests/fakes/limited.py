"""A provider that takes so many requests a second, and no more."""

import threading
import time
from collections import Counter

from tests.fakes.provider import Answer, Received, envelope
from tests.fakes.tones import Listener


class Limited(Listener):
    """Refuses what is more than ``a_second`` requests in any second; ``answered`` counts both."""

    def __init__(self, a_second: int) -> None:
        super().__init__()
        self.answered: Counter[int] = Counter()
        self.busiest = 0
        self._a_second = a_second
        self._taken: list[float] = []
        self._lock = threading.Lock()

    def answer(self, received: Received) -> Answer:
        with self._lock:
            now = time.monotonic()
            self._taken = [at for at in self._taken if now - at < 1]
            refused = len(self._taken) >= self._a_second
            if not refused:
                self._taken.append(now)
            self.busiest = max(self.busiest, len(self._taken))
            self.answered[429 if refused else 200] += 1
        if refused:
            return Answer(envelope("Too many requests"), 429, headers={"Retry-After": "1"})
        return super().answer(received)
