"""Whisper on one machine: a file of any length to segments, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO, Literal

import av
import av.error
import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.transcribe import Segment  # type: ignore[import-untyped]
from faster_whisper.vad import (  # type: ignore[import-untyped]
    VadOptions,
    get_speech_timestamps,
)

Task = Literal["transcribe", "translate"]
Samples = npt.NDArray[np.float32]
Span = tuple[float, float]
Progress = Callable[[float], object]
"""Told how many seconds of the file are done."""

RATE = 16_000
"""Samples a second that Whisper hears."""

PIECE_SECONDS = 300
"""Most audio that Whisper gets at once: memory grows with it (29 minutes: 1.7 GB)."""

_CUT_SECONDS = 60  # a piece is cut in its last minute, where it is quietest
_PAUSE_SECONDS = 10  # what lies on the two sides of such a pause is asked for apart
_UNHEARD_SECONDS = 3  # speech without a segment for this long is asked for again
_FALLBACK = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]  # what temperature 0 means to OpenAI, too


class Undecodable(Exception):
    """The file is not audio that FFmpeg can decode."""


@dataclass(frozen=True)
class Heard:
    """What was said: segments in order, times in seconds on the file's clock."""

    segments: list[Segment]
    language: str
    """The code of the spoken language; "en" where nothing was said and nothing known."""
    duration: float
    """Seconds of audio."""

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments).strip()


def _untold(_: float) -> None:
    """Progress that nobody watches."""


class Whisper:
    """A loaded model. Two threads may call it at once."""

    def __init__(self, model: str) -> None:
        self._model = WhisperModel(
            model, device="cpu", compute_type="int8", cpu_threads=1, num_workers=2
        )

    def hear(
        self,
        audio: Iterable[tuple[float, Samples]],
        task: Task,
        *,
        prompt: str | None = None,
        keywords: Sequence[str] = (),
        temperature: float = 0,
        languages: Sequence[str] = (),
        words: bool = False,
        progress: Progress = _untold,
    ) -> Heard:
        """Translate or transcribe all of ``pieces``; raises what they raise.

        ``languages`` are codes: the only one, or those to choose from; of all when left out. The
        first speech decides. With ``words`` segments have times of their words.
        """
        options = {
            "task": task,
            "initial_prompt": prompt,
            "hotwords": ", ".join(keywords) or None,
            "temperature": temperature or _FALLBACK,
            "word_timestamps": words,
        }
        segments: list[Segment] = []
        end = 0.0
        for start, samples in audio:
            told = partial(_told, progress, start)
            found, languages = self._hear_piece(samples, languages, options, told)
            segments += [_moved(segment, start) for segment in found]
            end = start + len(samples) / RATE
            progress(end)
        numbered = [replace(segment, id=i) for i, segment in enumerate(segments)]
        return Heard(numbered, languages[0] if len(languages) == 1 else "en", end)

    def _hear_piece(
        self,
        audio: Samples,
        languages: Sequence[str],
        options: dict[str, Any],
        progress: Progress,
    ) -> tuple[list[Segment], Sequence[str]]:
        segments: list[Segment] = []
        duration = len(audio) / RATE
        for speech in stretches(_speech(audio)):
            start, end = max(0, speech[0][0] - 1), min(duration, speech[-1][1] + 1)
            told = partial(_told, progress, start)
            found, languages = self._ask(_cut(audio, start, end), languages, options, told)
            segments += [_within(_moved(segment, start), end) for segment in found]
            for begin, stop in unheard(speech, [(s.start, s.end) for s in segments]):
                again, _ = self._ask(_cut(audio, begin, stop), languages, options, _untold)
                segments += [_within(_moved(segment, begin), stop) for segment in again]
        return sorted(segments, key=lambda segment: segment.start), languages

    def _ask(
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


def pieces(file: BinaryIO) -> Iterator[tuple[float, Samples]]:
    """Yield (start in seconds, samples): the whole file in pieces of at most ``PIECE_SECONDS``.

    Starts are counted in samples, because containers' clocks lie. Raises ``Undecodable``.
    """
    longest = PIECE_SECONDS * RATE
    start = 0
    waiting = bytearray()
    for block in _decoded(file):
        waiting += block
        while len(waiting) > 2 * longest:
            length = _quietest(waiting, longest - _CUT_SECONDS * RATE, longest)
            yield start / RATE, _samples(waiting[: 2 * length])
            start += length
            del waiting[: 2 * length]
    if waiting:
        yield start / RATE, _samples(waiting)


def stretches(speech: Sequence[Span]) -> list[list[Span]]:
    """Part speech, in seconds, at its long pauses.

    Whisper hears no pause, because silence is left out: a segment of it may begin before one and
    end after it, minutes later.
    """
    found: list[list[Span]] = []
    for span in speech:
        if found and span[0] - found[-1][-1][1] < _PAUSE_SECONDS:
            found[-1].append(span)
        else:
            found.append([span])
    return found


def unheard(speech: Sequence[Span], segments: Sequence[Span]) -> list[Span]:
    """Return the spans, in seconds, that hold ``_UNHEARD_SECONDS`` of speech and no segment.

    Whisper sometimes skips 20 seconds in the middle; asked for them alone, it hears them.
    """
    gaps, heard = [], 0.0
    for start, end in [*sorted(segments), (float("inf"), float("inf"))]:
        gaps.append((heard, start))
        heard = max(heard, end)
    spans = []
    for start, end in gaps:
        missed = [(max(a, start), min(b, end)) for a, b in speech if a < end and b > start]
        if sum(b - a for a, b in missed) >= _UNHEARD_SECONDS:
            spans.append((missed[0][0], missed[-1][1]))
    return spans


def _decoded(file: BinaryIO) -> Iterator[bytes]:
    """Yield 16-bit mono samples at ``RATE``, block by block; skip packets that are damaged."""
    any_sample = False
    try:
        with av.open(file, "r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise Undecodable("no audio stream")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for packet in container.demux(container.streams.audio[0]):
                for block in _decoded_packet(packet, resampler):
                    any_sample = True
                    yield block
            for frame in resampler.resample(None) if any_sample else ():
                yield frame.to_ndarray().tobytes()
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        if not any_sample:
            raise Undecodable(str(error)) from error
    if not any_sample:
        raise Undecodable("no samples")


def _decoded_packet(packet: Any, resampler: av.AudioResampler) -> Iterator[bytes]:
    try:
        frames = packet.decode()
    except av.error.InvalidDataError:
        return
    for frame in frames:
        frame.pts = None  # jumps of the container's clock are not the resampler's business
        for mono in resampler.resample(frame):
            yield mono.to_ndarray().tobytes()


def _samples(pcm: bytearray) -> Samples:
    return np.frombuffer(bytes(pcm), dtype=np.int16).astype(np.float32) / np.float32(32768)


def _quietest(pcm: bytearray, first: int, last: int) -> int:
    """Return the sample between two in the middle of the quietest half second."""
    step = RATE // 50
    audio = _samples(pcm[2 * first : 2 * last])
    energy = np.square(audio).reshape(-1, step).mean(axis=1)
    smooth = np.convolve(energy, np.ones(25), mode="valid")
    return first + (int(smooth.argmin()) + 12) * step


def _speech(audio: Samples) -> list[Span]:
    found = get_speech_timestamps(audio, VadOptions(min_silence_duration_ms=500, speech_pad_ms=0))
    return [(span["start"] / RATE, span["end"] / RATE) for span in found]


def _told(progress: Progress, start: float, seconds: float) -> None:
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


def _within(segment: Segment, end: float) -> Segment:
    """Whisper counts in steps of its own and may end after the audio does."""
    return replace(segment, start=min(segment.start, end), end=min(segment.end, end))
