"""The scripted speech provider: OpenAI's audio endpoints, and a text model on the same host."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.provider.answers import Answer
from tests.fakes.provider.hearing import Heard, Hearing
from tests.fakes.provider.scripted_server import Received, ScriptedServer
from tests.fakes.provider.speech_behaviours import Behaviour
from tests.fakes.provider.text_model import PATH, TextModel


class SpeechProvider(ScriptedServer):
    """Answers a request with the first of these that has an answer.

    1. ``script``: answers in order, whatever was asked.
    2. ``behaviours``: each may answer or let the request pass; see ``speech_behaviours``.
    3. ``default``, if it hears nothing (``hears`` is None).
    4. ``text_model``, if it is asked for a text.
    5. ``instead[number]``: answers in order for whoever sends the sentence of that number.
    6. What it ``hears``, ``delay`` seconds later. For each set of sentences ``paid`` counts these.

    ``on_call`` is called with the sentences of every call that it hears, before the answer.
    """

    def __init__(
        self,
        hears: Hearing | None = None,
        *behaviours: Behaviour,
        tells_times: bool = True,
        keeps_requests: bool = True,
    ) -> None:
        """``tells_times`` is False for a server whose translations are plain text."""
        super().__init__(keeps_requests=keeps_requests)
        self.text_model = TextModel()
        self._made_with = (hears, behaviours)
        self._tells_times = tells_times
        self._scripting = threading.Lock()
        self._begin()

    def reset(self) -> None:
        super().reset()
        self.text_model.reset()
        self._begin()

    def answer(self, received: Received) -> Answer:
        with self._scripting:
            if self.script:
                return self.script.popleft()
        for behaviour in self.behaviours:
            answer = behaviour(received)
            if answer is not None:
                return answer
        if self.hears is None:
            return self.default
        if received.path == PATH:
            return self.text_model.take(received)
        return self._answer_to(self.hears(received.file), received.path)

    def _answer_to(self, heard: list[Heard], path: str) -> Answer:
        numbers = tuple(one.number for one in heard)
        self.on_call(numbers)
        with self._scripting:
            for number in numbers:
                if self.instead.get(number):
                    return self.instead[number].popleft()
            self.paid[numbers] += 1
        if path.endswith("/transcriptions"):
            said = _transcription(heard)
        else:
            said = _translation(heard) if self._tells_times else {"text": _source(heard)}
        return Answer(said, delay=self.delay)

    def _begin(self) -> None:
        self.hears, behaviours = self._made_with
        self.behaviours: list[Behaviour] = list(behaviours)
        self.script: deque[Answer] = deque()
        self.default = Answer()
        self.instead: dict[int, deque[Answer]] = {}
        self.delay = 0.0
        self.paid: Counter[tuple[int, ...]] = Counter()
        self.on_call: Callable[[tuple[int, ...]], object] = lambda _: None


def _translation(heard: Sequence[Heard]) -> dict[str, Any]:
    segments = [
        {"start": one.start / 1000, "end": one.end / 1000, "text": f" {one.english}"}
        for one in heard
    ]
    return {"duration": 1.0, "text": "", "language": "english", "segments": segments}


def _transcription(heard: Sequence[Heard]) -> dict[str, Any]:
    languages = sorted({one.language for one in heard})
    return {"text": _source(heard), "languages": [{"code": code} for code in languages]}


def _source(heard: Sequence[Heard]) -> str:
    return " ".join(one.source for one in heard)
