"""``/v1/responses`` for the service's text step: English for what was transcribed here before.

There is no text model to be had from the package registries (docs/engines.md). So Whisper's
translate task hears once more the very sound that a text was transcribed from: what comes is
Whisper's translation of that sound, never a text that was there before. A text that was not
transcribed here lately is refused, and so is every other use of a text model.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError

from local.provider.openai_answers import Refused, bad_value, unknown_model
from local.provider.whisper_model import RATE, Heard, Samples, Span, Whisper

TEXT_MODEL = "gpt-6-luna"
"""The model's name that this answers to."""
ANSWERED_BY = "local-whisper-translate"
"""What it says it is."""
REMEMBERED_SECONDS = 1_800

_AGAIN = 0.4  # temperature: at 0 the same would come again
_MARGIN = 0.5  # seconds that a part has before its words and after them, if nobody speaks there
_TAKEN_NO_NOTICE_OF = {
    "instructions",
    "max_output_tokens",
    "metadata",
    "prompt_cache_key",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "temperature",
    "top_p",
    "truncation",
    "user",
}


class Recorder:
    """Passes audio on and keeps it, 16 bits a sample, unless it is too long to be remembered."""

    def __init__(self, audio: Iterable[tuple[float, Samples]]) -> None:
        self._audio = audio
        self._kept: list[npt.NDArray[np.int16]] = []
        self.seconds = 0.0

    def __iter__(self) -> Iterator[tuple[float, Samples]]:
        for start, samples in self._audio:
            self.seconds += len(samples) / RATE
            if self.seconds > REMEMBERED_SECONDS:
                self._kept.clear()
            else:
                self._kept.append(np.round(samples * 32768).astype(np.int16))
            yield start, samples

    def samples(self) -> npt.NDArray[np.int16]:
        """All of them, or none."""
        return np.concatenate([*self._kept, np.zeros(0, np.int16)])


@dataclass(frozen=True)
class Passage:
    """One transcription and its sound; ``words`` have times in seconds."""

    words: Sequence[tuple[str, float, float]]
    samples: npt.NDArray[np.int16]
    language: str
    english: dict[tuple[Span, bool], str] = field(default_factory=dict)
    """What Whisper has said of parts of it already: who was cut off asks again."""
    translating: threading.Lock = field(default_factory=threading.Lock)

    def span(self, text: str) -> Span | None:
        """Where in the sound this is said, in seconds; None if it is not the words of a part."""
        whole = "".join(word for word, _, _ in self.words)
        seconds = len(self.samples) / RATE
        if _plain(whole) == text:
            return 0.0, seconds
        found = re.search(rf"(?<!\S){re.escape(text)}(?!\S)", _plain(whole))
        if not found:
            return None
        # Spaces are not where Whisper's words have them: letters are counted.
        ends = list(accumulate(_letters(word) for word, _, _ in self.words))
        before, after = (_letters(_plain(whole)[:at]) for at in found.span())
        first = next(n for n, end in enumerate(ends) if end > before)
        last = next(n for n, end in enumerate(ends) if end >= after)
        start, end = self.words[first][1], self.words[last][2]
        previous = self.words[first - 1][2] if first else 0.0
        following = self.words[last + 1][1] if last + 1 < len(self.words) else seconds
        return (
            start - min(_MARGIN, max(0.0, start - previous) / 2),
            end + min(_MARGIN, max(0.0, following - end) / 2),
        )


Part = tuple[Passage, Span]


class Memory:
    """The last half hour that was transcribed; threads may share it."""

    def __init__(self) -> None:
        self._passages: deque[Passage] = deque()
        self._changing = threading.Lock()

    def keep(self, heard: Heard, recorder: Recorder) -> None:
        """Remember a transcription with its sound, and forget what is too old for it."""
        words = [
            (word.word, word.start, word.end)
            for segment in heard.segments
            for word in segment.words or []
        ]
        samples = recorder.samples()
        if not words or not len(samples):
            return
        with self._changing:
            self._passages.append(Passage(words, samples, heard.language))
            while sum(len(p.samples) for p in self._passages) > REMEMBERED_SECONDS * RATE:
                self._passages.popleft()

    def part(self, text: str) -> Part | None:
        """Return the part of the latest transcription with these words."""
        with self._changing:
            passages = list(self._passages)
        for passage in reversed(passages):
            if span := passage.span(_plain(text)):
                return passage, span
        return None


class TextStep:
    """Translates to English what the memory has heard."""

    def __init__(self, whisper: Whisper, memory: Memory) -> None:
        self._whisper = whisper
        self._memory = memory

    def found(self, line: "Line") -> Part:
        """Return what a text was transcribed from; raises ``Refused``."""
        part = self._memory.part(line.text)
        if part is None:
            raise Refused(
                400,
                f"The text of segment {line.id} was not transcribed here lately. This local server "
                "has no text model: Whisper translates the sound that a text was transcribed from "
                f"with gpt-transcribe, and it remembers the last {REMEMBERED_SECONDS // 60} "
                "minutes of sound.",
                param="input",
                code="text_not_heard",
            )
        return part

    def translated(self, part: Part, *, again: bool) -> str:
        """Return Whisper's English; ``again`` asks it for another one than before."""
        passage, (start, end) = part
        with passage.translating:
            known = passage.english.get(((start, end), again))
            if known is None:
                samples = passage.samples[round(start * RATE) : round(end * RATE)]
                sound = samples.astype(np.float32) / np.float32(32768)
                heard = self._whisper.hear(
                    [(0.0, sound)],
                    "translate",
                    languages=[passage.language],
                    temperature=_AGAIN if again else 0,
                )
                known = passage.english[(start, end), again] = heard.text
        return known


# The request --------------------------------------------------------------------------------------


class Line(BaseModel):
    """A segment to translate; ``problem`` says that it was asked for before."""

    id: int
    text: str
    problem: str = ""


class _Language(BaseModel):
    tag: str


class _Lines(BaseModel):
    target_language: _Language
    segments: list[Line]


class _Message(BaseModel):
    role: str
    content: str


class _Format(BaseModel):
    type: str


class _Text(BaseModel):
    format: _Format


class _Request(BaseModel, extra="allow"):
    model: str
    input: list[_Message]
    text: _Text
    stream: bool | None = False


def read_request(body: bytes) -> list[Line]:
    """Return the segments of the text step's request; raises ``Refused``."""
    try:
        request = _Request.model_validate_json(body)
    except ValidationError as error:
        where = str((*error.errors()[0]["loc"], "body")[0])
        raise _not_the_text_step(where) from None
    if request.model != TEXT_MODEL:
        raise unknown_model(request.model)
    if request.stream:
        raise bad_value("stream", "This local server does not stream.")
    for name in sorted((request.model_extra or {}).keys() - _TAKEN_NO_NOTICE_OF):
        raise Refused(
            400,
            f"Unsupported parameter: '{name}' is not supported with this model.",
            param=name,
            code="unsupported_parameter",
        )
    if request.text.format.type != "json_schema":
        raise _not_the_text_step("text")
    if len(request.input) != 1 or request.input[0].role != "user":
        raise _not_the_text_step("input")
    return _lines(request.input[0].content)


def _lines(content: str) -> list[Line]:
    try:
        lines = _Lines.model_validate(json.loads(content))
    except (ValueError, RecursionError):
        raise _not_the_text_step("input") from None
    tag = lines.target_language.tag
    if tag.partition("-")[0].lower() != "en":
        raise Refused(
            400,
            f"This local server translates to English only, not to '{tag[:35]}': it has no text "
            "model but Whisper's translate task.",
            param="input",
            code="unsupported_value",
        )
    return lines.segments


def _not_the_text_step(param: str) -> Refused:
    return bad_value(
        param,
        "This local server has no text model. It answers the service's text step only: one user "
        "message with a JSON object of segments, and an answer by JSON schema.",
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> int:
    return len("".join(text.split()))
