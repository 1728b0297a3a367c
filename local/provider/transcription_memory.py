"""The last half hour that was transcribed: words with their times, and the sound of it."""

import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from local.provider.audio_decoding import RATE, Samples
from local.provider.speech_spans import Span
from local.provider.whisper_model import WhisperResult

REMEMBERED_SECONDS = 1_800

_MARGIN = 0.5
"""Seconds that are added before and after some words, where nobody speaks there."""


class SoundRecorder:
    """Passes pieces of audio on and keeps their samples, unless they are too long to remember."""

    def __init__(self, pieces: Iterable[tuple[float, Samples]]) -> None:
        self._pieces = pieces
        self._kept: list[npt.NDArray[np.int16]] = []
        self._seconds = 0.0

    def __iter__(self) -> Iterator[tuple[float, Samples]]:
        for start, samples in self._pieces:
            self._seconds += len(samples) / RATE
            if self._seconds > REMEMBERED_SECONDS:
                self._kept.clear()
            else:
                self._kept.append(np.round(samples * 32768).astype(np.int16))
            yield start, samples

    def samples(self) -> npt.NDArray[np.int16]:
        """Return all samples, 16 bits each, or none if they were too many."""
        return np.concatenate([*self._kept, np.zeros(0, np.int16)])


@dataclass(frozen=True)
class Transcription:
    """One transcription with its sound."""

    words: Sequence[tuple[str, float, float]]
    """(word with the space before it, start, end), times in seconds."""
    samples: npt.NDArray[np.int16]
    language: str
    english: dict[tuple[Span, bool], str] = field(default_factory=dict)
    """Translations of parts that were made already, by span and by whether it was a second one."""
    translating: threading.Lock = field(default_factory=threading.Lock)

    def span(self, text: str) -> Span | None:
        """Return where ``text`` is said, in seconds; None unless it is some of the words."""
        whole = "".join(word for word, _, _ in self.words)
        seconds = len(self.samples) / RATE
        if _one_line(whole) == text:
            return 0.0, seconds
        found = re.search(rf"(?<!\S){re.escape(text)}(?!\S)", _one_line(whole))
        if not found:
            return None
        # A word of Whisper's may be a part of one between spaces: letters are counted instead.
        ends = list(accumulate(_letters(word) for word, _, _ in self.words))
        before, after = (_letters(_one_line(whole)[:at]) for at in found.span())
        first = next(n for n, end in enumerate(ends) if end > before)
        last = next(n for n, end in enumerate(ends) if end >= after)
        start, end = self.words[first][1], self.words[last][2]
        previous = self.words[first - 1][2] if first else 0.0
        following = self.words[last + 1][1] if last + 1 < len(self.words) else seconds
        return (
            start - min(_MARGIN, max(0.0, start - previous) / 2),
            end + min(_MARGIN, max(0.0, following - end) / 2),
        )


TranscribedPart = tuple[Transcription, Span]
"""Where in a transcription something was said."""


class TranscriptionMemory:
    """The transcriptions of the last ``REMEMBERED_SECONDS`` of sound; threads may share it."""

    def __init__(self) -> None:
        self._transcriptions: deque[Transcription] = deque()
        self._lock = threading.Lock()

    def keep(self, result: WhisperResult, recorder: SoundRecorder) -> None:
        """Remember a transcription and its sound; forget the oldest that have no room."""
        words = [
            (word.word, word.start, word.end)
            for segment in result.segments
            for word in segment.words or []
        ]
        samples = recorder.samples()
        if not words or not len(samples):
            return
        with self._lock:
            self._transcriptions.append(Transcription(words, samples, result.language))
            while sum(len(t.samples) for t in self._transcriptions) > REMEMBERED_SECONDS * RATE:
                self._transcriptions.popleft()

    def find(self, text: str) -> TranscribedPart | None:
        """Return the part of the latest transcription that has these words."""
        with self._lock:
            transcriptions = list(self._transcriptions)
        for transcription in reversed(transcriptions):
            if span := transcription.span(_one_line(text)):
                return transcription, span
        return None


def _one_line(text: str) -> str:
    """Return a text with one space wherever it has any."""
    return " ".join(text.split())


def _letters(text: str) -> int:
    return len("".join(text.split()))
