"""What speech providers have been seen to answer, on top of what they hear.

Each is a behaviour of ``speech_behaviours``. Texts are left to the text model.
"""

import math
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.audio.tones import english
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Heard, Hearing
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.text_answers import Question, listed
from tests.fakes.provider.text_model import PATH

_NUMBER = re.compile(r"\d+")
Changed = Callable[[Sequence[Heard]], dict[str, Any]]


def in_english(asked: Question) -> Answer:
    """A text model that knows what each sentence says: its number tells."""
    return listed(
        [
            {
                "id": one["id"],
                "text": " ".join(map(english, map(int, _NUMBER.findall(one["text"])))),
            }
            for one in asked.segments
        ]
    )


def segment(start: float, end: float, text: str, **more: float) -> dict[str, Any]:
    """One of OpenAI's, in seconds."""
    return {"start": start, "end": end, "text": f" {text}", **more}


def translation(segments: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """OpenAI's object."""
    text = " ".join(str(one["text"]).strip() for one in segments)
    return {"language": "english", "duration": 20.0, "text": text, "segments": segments, **more}


def _as_heard(heard: Sequence[Heard]) -> list[dict[str, Any]]:
    return [segment(one.start / 1000, one.end / 1000, one.english) for one in heard]


@dataclass
class Misreports:
    """Hears everything, and tells it as ``changed`` does."""

    hears: Hearing
    changed: Changed

    def __call__(self, received: Received) -> Answer | None:
        if received.path == PATH:
            return None
        heard = self.hears(received.file)
        return Answer(self.changed(heard)) if heard else None


def starts_early(heard: Sequence[Heard]) -> dict[str, Any]:
    """Segments begin up to 2 s before anybody speaks, but never before the one before has ended."""
    told, before = [], 0
    for number, one in enumerate(heard):
        early = (700, 2_000, 1_300)[number % 3]
        told.append(segment(max(before, one.start - early) / 1000, one.end / 1000, one.english))
        before = one.end
    return translation(told)


def abutting(heard: Sequence[Heard]) -> dict[str, Any]:
    """Each segment begins where the one before has ended, the first at 0."""
    starts = [0, *(one.end for one in heard)]
    return translation(
        [
            segment(start / 1000, one.end / 1000, one.english)
            for start, one in zip(starts, heard, strict=False)
        ]
    )


def ends_late(heard: Sequence[Heard]) -> dict[str, Any]:
    """The last segment ends where Whisper's window does, far behind the end of the file."""
    told = _as_heard(heard)
    told[-1]["end"] = 29.98
    return translation(told, duration=24.15)


def one_segment(heard: Sequence[Heard]) -> dict[str, Any]:
    """All sentences from 0 to the end."""
    return translation([segment(0, 20, " ".join(one.english for one in heard))])


def no_segments(heard: Sequence[Heard]) -> dict[str, Any]:
    """A duration and a text."""
    return {"duration": 20.0, "text": " ".join(one.english for one in heard)}


def in_spanish(heard: Sequence[Heard]) -> dict[str, Any]:
    """It names the language that is spoken, where OpenAI names the one that it is written in."""
    return translation(_as_heard(heard), language="spanish")


def minus_infinity(heard: Sequence[Heard]) -> dict[str, Any]:
    """Numbers that are none in JSON."""
    return translation([{**one, "avg_logprob": -math.inf} for one in _as_heard(heard)])


@dataclass
class Loops:
    """Says one sentence 24 times, ``times`` times; then what is spoken."""

    times: int = 1_000
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, received: Received) -> Answer | None:
        with self._lock:
            if received.path == PATH or not self.times:
                return None
            self.times -= 1
        looped = [
            segment(0.8 * n, 0.8 * (n + 1), english(1), compression_ratio=15.0) for n in range(24)
        ]
        return Answer(translation(looped))


@dataclass
class CoversLittle:
    """Of a long file it tells the first sentence alone, ``times`` times; then all of it."""

    hears: Hearing
    times: int = 1_000
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, received: Received) -> Answer | None:
        if received.path == PATH:
            return None
        heard = self.hears(received.file)
        with self._lock:
            if not self.times or not heard:
                return None
            self.times -= 1
        first = [one for one in heard if one.number == 1]
        return Answer(translation(_as_heard(first)))


@dataclass
class Invents:
    """Says something wherever it hears nothing; the prompt, if ``text`` is empty."""

    hears: Hearing
    text: str = "Thank you for watching!"

    def __call__(self, received: Received) -> Answer | None:
        if received.path == PATH or self.hears(received.file):
            return None
        said = self.text or received.fields.get("prompt", "Thank you for watching!")
        if received.path.endswith("/transcriptions"):
            return Answer({"text": said})
        return Answer(translation([segment(0, 2, said, no_speech_prob=0.3)]))


def takes_flac_and_wav_alone(received: Received) -> Answer | None:
    """As servers around small decoders do."""
    if received.path == PATH or received.file[:4] in {b"fLaC", b"RIFF"}:
        return None
    message = "This model does not support the format you provided."
    return Answer(envelope(message, "invalid_request_error"), 400)
