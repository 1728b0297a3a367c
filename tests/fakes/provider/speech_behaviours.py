"""What the speech provider can do instead of answering what it hears; give it as many as you like.

Any function of a request will do that returns an answer, or None to let the request pass.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.scripted_server import Received

Behaviour = Callable[[Received], Answer | None]


@dataclass
class RateLimit:
    """Refuses what is more than ``a_second`` requests in any second, and counts both."""

    a_second: int
    passed: int = 0
    refused: int = 0
    most_in_a_second: int = 0
    _latest: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, received: Received) -> Answer | None:
        with self._lock:
            now = time.monotonic()
            self._latest = [at for at in self._latest if now - at < 1]
            if len(self._latest) >= self.a_second:
                self.refused += 1
                return Answer(envelope("Too many requests"), 429, headers={"Retry-After": "1"})
            self._latest.append(now)
            self.passed += 1
            self.most_in_a_second = max(self.most_in_a_second, len(self._latest))
            return None


@dataclass
class ModelGone:
    """Gives ``answer`` to whoever asks for ``model``, after ``serves`` requests for it.

    ``in_vain`` counts those answers.
    """

    model: str
    answer: Answer
    serves: int = 0
    in_vain: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, received: Received) -> Answer | None:
        if received.fields.get("model") != self.model:
            return None
        with self._lock:
            if self.serves:
                self.serves -= 1
                return None
            self.in_vain += 1
            return self.answer


class ByPrompt:
    """Gives each prompt of ``answers`` those in order, the last one for ever; others pass."""

    def __init__(self, answers: Mapping[str, Sequence[Answer]]) -> None:
        self._answers = answers
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, received: Received) -> Answer | None:
        prompt = received.fields.get("prompt", "")
        if prompt not in self._answers:
            return None
        with self._lock:
            number = self._asked[prompt]
            self._asked[prompt] += 1
        return self._answers[prompt][min(number, len(self._answers[prompt]) - 1)]
