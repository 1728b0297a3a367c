"""The translation of one chunk of a job, with second calls for missed and foreign speech."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.speech import Span
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    ProviderRejected,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.retranslate import Retranslate
from audio_translation.translation.stitching import filled, missed


@dataclass(frozen=True)
class TranslateChunk:
    """Calls the engine for a chunk, then for spans of it; safe to call from several threads."""

    engine: Engine
    decoder: Decoder
    retranslate: Retranslate

    def translate(self, chunk: Chunk, path: Path, task: Task, *, deadline: Deadline) -> Translation:
        """Return the translation of the FLAC at ``path``; times count from the chunk's start.

        Raises what engines raise. Messages of UnsupportedAudio, AudioTooLarge and ProviderRejected
        also name the chunk's interval in the source.
        """
        audio = Audio(path=path, type=FLAC, size=path.stat().st_size)
        try:
            translation = self.engine.translate(audio, task, deadline=deadline)
        except (UnsupportedAudio, AudioTooLarge, ProviderRejected) as error:
            raise _with_place(error, chunk) from error
        try:
            return self._checked(chunk, translation, task, path, deadline)
        except Exception as error:  # noqa: BLE001  the first answer is paid for
            self.retranslate.telemetry.crashed(error)
            return translation

    def _checked(
        self, chunk: Chunk, translation: Translation, task: Task, path: Path, deadline: Deadline
    ) -> Translation:
        spans = _ChunkSpans(self.engine, self.decoder, path, deadline)
        missed_spans = missed(chunk, translation)
        answers = spans.translate_spans(missed_spans, task)
        for span, answer in zip(missed_spans, answers, strict=True):
            if answer:
                translation = filled(translation, span, answer)
        return self.retranslate.check(chunk, translation, task, spans)


@dataclass(frozen=True)
class _ChunkSpans:
    """``SpanEngine`` for a chunk's FLAC, one call after the other."""

    engine: Engine
    decoder: Decoder
    path: Path
    deadline: Deadline

    def translate_spans(self, spans: Sequence[Span], task: Task) -> Iterator[Translation | None]:
        """See ``SpanEngine``."""
        for span in spans:
            to = self.path.with_name(f"{span.start}-{span.end}.{FLAC.extension}")
            try:
                audio = self.decoder.cut_chunk(self.path, span.start, span.end, to)
                yield self.engine.translate(audio, task, deadline=self.deadline)
            except ServiceError:
                yield None


def _with_place(error: ServiceError, chunk: Chunk) -> ServiceError:
    """Return the error with the chunk's interval in its message."""
    place = f"from {_clock(chunk.start)} to {_clock(chunk.end)}"
    return type(error)(
        f"{error.message} It is about the audio {place}.",
        param=error.param,
        retry_after=error.retry_after,
    )


def _clock(time: int) -> str:
    """Return ``H:MM:SS`` of integer milliseconds."""
    minutes, seconds = divmod(time // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
