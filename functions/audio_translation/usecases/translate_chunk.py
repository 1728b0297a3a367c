"""One chunk of a job: translated, and asked about again where something is missing or foreign."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from audio_translation.domain.audio import Audio
from audio_translation.domain.chunking import Chunk
from audio_translation.domain.containers import FLAC
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine, Task
from audio_translation.domain.errors import (
    AudioTooLarge,
    ProviderRejected,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.domain.media import Media
from audio_translation.domain.silence import Span
from audio_translation.domain.stitching import filled, missed
from audio_translation.domain.transcript import Translation
from audio_translation.usecases.second_look import IsForeign, looked_again, once_more


@dataclass(frozen=True)
class TranslateChunk:
    """Asks the engine, and a second time for spans; safe to call from several threads."""

    engine: Engine
    media: Media
    is_foreign: IsForeign
    crashed: Callable[[Exception], None]
    """Hears of what nobody thought of in the second look, which costs nobody the first answer."""

    def __call__(self, chunk: Chunk, path: Path, task: Task, deadline: Deadline) -> Translation:
        """Return the translation of the FLAC at ``path``, on the chunk's own clock.

        Raises what engines raise; the message of a refusal names the chunk's place in the audio.
        """
        audio = Audio(path=path, type=FLAC, size=path.stat().st_size)
        try:
            translation = self.engine.translate(audio, task, deadline=deadline)
        except (UnsupportedAudio, AudioTooLarge, ProviderRejected) as error:
            raise _placed(error, chunk) from error
        try:
            return self._looked_again(chunk, path, translation, task, deadline)
        except Exception as error:  # noqa: BLE001  the first answer is paid for
            self.crashed(error)
            return translation

    def _looked_again(
        self, chunk: Chunk, path: Path, translation: Translation, task: Task, deadline: Deadline
    ) -> Translation:
        again = partial(self._asked_again, path, deadline)
        for span in missed(chunk, translation):
            if answer := again(task, span):
                translation = filled(translation, span, answer)
        return looked_again(
            chunk,
            translation,
            lambda text: self.is_foreign(text, task.target),
            lambda spans: [again(once_more(task), span) for span in spans],
        )

    def _asked_again(
        self, path: Path, deadline: Deadline, task: Task, span: Span
    ) -> Translation | None:
        to = path.with_name(f"{span.start}-{span.end}.{FLAC.extension}")
        try:
            audio = self.media.cut_chunk(path, span.start, span.end, to)
            return self.engine.translate(audio, task, deadline=deadline)
        except ServiceError:
            return None


def _placed(error: ServiceError, chunk: Chunk) -> ServiceError:
    """The same error, saying where in the audio it happened."""
    place = f"from {_clock(chunk.start)} to {_clock(chunk.end)}"
    return type(error)(
        f"{error.message} It is about the audio {place}.",
        param=error.param,
        retry_after=error.retry_after,
    )


def _clock(time: int) -> str:
    """``H:MM:SS`` of integer milliseconds."""
    minutes, seconds = divmod(time // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
