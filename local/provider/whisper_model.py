"""Whisper on one machine: audio of any length to segments."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]

from local.provider.audio_decoding import RATE, Samples
from local.provider.cached_encoder import CachedEncoderModel
from local.provider.speech_spans import missed_speech, speech_spans, split_at_long_pauses

Task = Literal["transcribe", "translate"]
Progress = Callable[[float], object]
"""Called with the seconds of the file that are done."""

_TEMPERATURES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
"""What temperature 0 means to OpenAI, too: the next one is tried if an answer looks wrong."""


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
        self._model = CachedEncoderModel(
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
        duration = len(audio) / RATE
        for speech in split_at_long_pauses(speech_spans(audio)):
            start, end = max(0, speech[0][0] - 1), min(duration, speech[-1][1] + 1)
            call_progress = partial(_progress_from, progress, start)
            found, languages = self._call(
                _cut(audio, start, end), languages, options, call_progress
            )
            segments += [_ended(_moved(segment, start), end) for segment in found]
            for begin, stop in missed_speech(speech, [(s.start, s.end) for s in segments]):
                again, _ = self._call(
                    _cut(audio, begin, stop), languages, options, _ignore_progress
                )
                segments += [_ended(_moved(segment, begin), stop) for segment in again]
        return sorted(segments, key=lambda segment: segment.start), languages

    def _call(
        self,
        audio: Samples,
        languages: Sequence[str],
        options: dict[str, Any],
        progress: Progress,
    ) -> tuple[list[Segment], Sequence[str]]:
        if len(languages) > 1:
            _, _, likely = self._model.detect_language(audio, vad_filter=True)
            languages = [next(code for code, _ in likely if code in languages)]
        found, info = self._model.transcribe(
            audio,
            language=languages[0] if languages else None,
            beam_size=5,
            vad_filter=True,
            # With True one wrong guess spreads: half an hour of Spanish came back in Spanish.
            condition_on_previous_text=False,
            **options,
        )
        segments = []
        for segment in found:
            segments.append(segment)
            progress(segment.end)
        return segments, [info.language]


def _progress_from(progress: Progress, start: float, seconds: float) -> None:
    progress(start + seconds)


def _cut(audio: Samples, start: float, end: float) -> Samples:
    return audio[round(start * RATE) : round(end * RATE)]


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
