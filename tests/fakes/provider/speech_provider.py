"""The scripted speech provider: OpenAI's audio endpoints, and a text model on the same host."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from audio_translation.languages import NAMES
from tests.fakes.provider.answers import Answer
from tests.fakes.provider.diarized_answers import diarized
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

    ``voice`` tells who says a sentence. Then it answers ``diarized_json``, too, with the labels A,
    B, … in the order in which voices are heard in that file; else it knows no such format.

    ``on_call`` is called with the sentences of every call that it hears, before the answer.
    """

    def __init__(
        self,
        hears: Hearing | None = None,
        *behaviours: Behaviour,
        tells_times: bool = True,
        keeps_requests: bool = True,
    ) -> None:
        """``tells_times`` is False for a server whose answers are plain text."""
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
        return self._answer_to(self.hears(received.file), received)

    def _answer_to(self, heard: list[Heard], received: Received) -> Answer:
        numbers = tuple(one.number for one in heard)
        self.on_call(numbers)
        with self._scripting:
            for number in numbers:
                if self.instead.get(number):
                    return self.instead[number].popleft()
            self.paid[numbers] += 1
        verbose = received.fields.get("response_format") == "verbose_json"
        if received.fields.get("response_format") == "diarized_json":
            return diarized(heard, received, self.voice, delay=self.delay)
        if received.path.endswith("/transcriptions"):
            granularities = received.fields.get("timestamp_granularities[]", "")
            said = _transcription(heard)
            if verbose and self._tells_times:
                said = _transcription_with_times(heard, words="word" in granularities)
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
        self.voice: Callable[[int], object] | None = None
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


def _transcription_with_times(heard: Sequence[Heard], *, words: bool) -> dict[str, Any]:
    """Return whisper-1's answer; each word takes as long as every other one of its sentence."""
    answer = _translation(heard)
    for segment, one in zip(answer["segments"], heard, strict=True):
        segment["text"] = f" {one.source}"
    if heard:
        answer["language"] = NAMES[heard[0].language]
    if words:
        answer["words"] = [word for one in heard for word in _words(one)]
    return {**answer, "task": "transcribe"}


def _words(one: Heard) -> Iterator[dict[str, Any]]:
    texts = one.source.split()
    each = (one.end - one.start) / len(texts)
    for number, text in enumerate(texts):
        start = one.start + number * each
        yield {"word": text.strip(".,"), "start": start / 1000, "end": (start + each) / 1000}


def _source(heard: Sequence[Heard]) -> str:
    return " ".join(one.source for one in heard)
