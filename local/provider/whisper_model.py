"""Whisper on one machine: audio of any length to segments."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from faster_whisper.transcribe import (  # type: ignore[import-untyped]
    Segment,
    restore_speech_timestamps,
)

from local.provider.audio_decoding import RATE, Samples
from local.provider.english_model import EnglishModel
from local.provider.speech_spans import (
    WINDOW,
    Span,
    missed_speech,
    speech_probabilities,
    speech_spans,
    split_at_long_pauses,
)

Task = Literal["transcribe", "translate"]
Progress = Callable[[float], object]
"""Called with the seconds of the file that are done."""

_TEMPERATURES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
"""What temperature 0 means to OpenAI, too: the next one is tried if an answer looks wrong."""

_MIN_PAUSE, _PAD = 2.0, 0.4
"""Seconds: shorter pauses Whisper hears, and so much around speech; as ``vad_filter`` does it."""


@dataclass(frozen=True)
class WhisperResult:
    """The segments of the whole audio in order, their times in seconds on the file's clock."""

    segments: list[Segment]
    language: str
    """The code of the spoken language; "en" where nothing was said and no language was given."""
    duration: float
    """Seconds of audio."""

    @property
    def text(self) -> str:
        """The text of all segments."""
        return "".join(segment.text for segment in self.segments).strip()


def _ignore_progress(_: float) -> None:
    pass


class Whisper:
    """A loaded model. Two threads may call it at once."""

    def __init__(self, model: str) -> None:
        """``model`` is a folder or a hub's id, as faster-whisper takes it."""
        self._model = EnglishModel(
            model, device="cpu", compute_type="int8", cpu_threads=1, num_workers=2
        )

    def transcribe(
        self,
        pieces: Iterable[tuple[float, Samples]],
        task: Task,
        *,
        prompt: str | None = None,
        keywords: Sequence[str] = (),
        temperature: float = 0,
        languages: Sequence[str] = (),
        word_times: bool = False,
        progress: Progress = _ignore_progress,
    ) -> WhisperResult:
        """Transcribe or translate ``pieces``: (start in seconds, samples). Raises what they raise.

        ``languages`` are codes: one, or several to choose from; none for any language. What is
        found in the first speech holds for the rest. With ``word_times`` segments have words.
        """
        options = {
            "task": task,
            "initial_prompt": prompt,
            "hotwords": ", ".join(keywords) or None,
            "temperature": temperature or _TEMPERATURES,
            "word_timestamps": word_times,
        }
        segments: list[Segment] = []
        end = 0.0
        for start, samples in pieces:
            piece_progress = partial(_progress_from, progress, start)
            found, languages = self._transcribe_piece(samples, languages, options, piece_progress)
            segments += [_moved(segment, start) for segment in found]
            end = start + len(samples) / RATE
            progress(end)
        numbered = [replace(segment, id=i) for i, segment in enumerate(segments)]
        return WhisperResult(numbered, languages[0] if len(languages) == 1 else "en", end)

    def _transcribe_piece(
        self,
        audio: Samples,
        languages: Sequence[str],
        options: dict[str, Any],
        progress: Progress,
    ) -> tuple[list[Segment], Sequence[str]]:
        """Return segments in order, and the languages for the next piece."""
        segments: list[Segment] = []
        probabilities = speech_probabilities(audio)
        for speech in split_at_long_pauses(speech_spans(probabilities)):
            span = (speech[0][0] - 1, speech[-1][1] + 1)
            found, languages = self._call(
                _part(audio, probabilities, span), languages, options, progress
            )
            segments += found
            for missed in missed_speech(speech, [(s.start, s.end) for s in segments]):
                part = _part(audio, probabilities, missed)
                segments += self._call(part, languages, options, _ignore_progress)[0]
        return sorted(segments, key=lambda segment: segment.start), languages

    def _call(
        self,
        part: "_Part",
        languages: Sequence[str],
        options: dict[str, Any],
        progress: Progress,
    ) -> tuple[list[Segment], Sequence[str]]:
        if not part.speech:
            return [], languages
        audio = np.concatenate([part.samples[span["start"] : span["end"]] for span in part.speech])
        if len(languages) > 1:
            _, _, likely = self._model.detect_language(audio)
            languages = [next(code for code, _ in likely if code in languages)]
        found, info = self._model.transcribe(
            audio,
            language=languages[0] if languages else None,
            beam_size=5,
            # With True one wrong guess spreads: half an hour of Spanish came back in Spanish.
            condition_on_previous_text=False,
            **options,
        )
        segments = []
        for segment in restore_speech_timestamps(found, part.speech, RATE):
            segments.append(_ended(_moved(segment, part.start), part.end))
            progress(segments[-1].end)
        return segments, [info.language]


@dataclass(frozen=True)
class _Part:
    """What Whisper gets in one call: the speech of a part of a piece, without its pauses."""

    samples: Samples
    speech: list[dict[str, int]]
    """First sample, and the one after the last, as faster-whisper has them."""
    start: float
    end: float
    """Seconds in the piece."""


def _part(audio: Samples, probabilities: npt.NDArray[np.float32], span: Span) -> _Part:
    """Return a part of a piece; it begins with a window of the probabilities."""
    first, after = max(0, int(span[0] * RATE / WINDOW)), math.ceil(span[1] * RATE / WINDOW)
    samples = audio[first * WINDOW : min(after * WINDOW, round(span[1] * RATE))]
    speech = speech_spans(probabilities[first:after], min_pause=_MIN_PAUSE, pad=_PAD)
    spoken = [
        {"start": round(start * RATE), "end": min(len(samples), round(end * RATE))}
        for start, end in speech
    ]
    start = first * WINDOW / RATE
    return _Part(samples, spoken, start, start + len(samples) / RATE)


def _progress_from(progress: Progress, start: float, seconds: float) -> None:
    progress(start + seconds)


def _moved(segment: Segment, seconds: float) -> Segment:
    words = segment.words and [
        replace(word, start=word.start + seconds, end=word.end + seconds) for word in segment.words
    ]
    return replace(
        segment,
        words=words,
        seek=segment.seek + round(seconds * 100),
        start=segment.start + seconds,
        end=segment.end + seconds,
    )


def _ended(segment: Segment, end: float) -> Segment:
    """Return a segment that ends with the audio: Whisper's steps may lead it beyond the end."""
    return replace(segment, start=min(segment.start, end), end=min(segment.end, end))
