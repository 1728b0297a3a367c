"""Second calls for segments that are still in the source language.

They are translated once more. If the second answer is no better, they are marked ``untranslated``.
The first answer is paid for, so no failure here loses it.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.decoder import Decoded, Decoder
from audio_translation.audio.speech import Span, speech_spans
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import ServiceError
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.untranslated import (
    TEMPERATURE,
    mark_untranslated,
    replace_if_better,
    untranslated_runs,
)

_LEAST_SECONDS = 3.0
"""With less time left there are no second calls."""
_MOST_SECONDS = 60.0
"""Longest time for all second calls of a file."""
_LONGEST = 3_600_000
"""Longest audio that is decoded for second calls, in milliseconds; it takes 115 MB of disk."""
_AT_ONCE = 4  # calls


class SpanEngine(Protocol):
    """Translates speech spans of one chunk."""

    def translate_spans(self, spans: Sequence[Span], task: Task) -> Iterable[Translation | None]:
        """Return a translation for each span, from the span's start; None if its call failed."""
        ...


@dataclass(frozen=True)
class Retranslate:
    """Makes the second calls for a chunk."""

    detector: LanguageDetector
    telemetry: Telemetry

    def check(
        self, chunk: Chunk, translation: Translation, task: Task, engine: SpanEngine
    ) -> Translation:
        """Return the chunk's translation with better answers, or marks where there are none."""
        language = self.language(task)
        runs = untranslated_runs(chunk, translation, language.is_foreign)
        found = [run for run in runs if run.span.length > 0]
        again = replace(task, temperature=max(TEMPERATURE, task.temperature))
        answers = engine.translate_spans([run.span for run in found], again)
        for run, answer in zip(found, answers, strict=True):
            if answer is not None:
                translation = replace_if_better(translation, run, answer, language.is_foreign)
        return mark_untranslated(chunk, translation, language.is_foreign)

    def language(self, task: Task) -> "TargetLanguage":
        """Return the check of the task's target language."""
        return TargetLanguage(task.target, self.detector, self.telemetry)


@dataclass(frozen=True)
class TargetLanguage:
    """The check of a target language, a BCP 47 tag; nothing is foreign if the detector fails."""

    tag: str
    detector: LanguageDetector
    telemetry: Telemetry

    def is_foreign(self, text: str) -> bool:
        """Return whether a text is certainly in another language."""
        try:
            return self.detector.is_foreign(text, self.tag)
        except Exception as error:  # noqa: BLE001  see the module
            self.telemetry.crashed(error)
            return False


@dataclass(frozen=True)
class RetranslateFile:
    """Makes the second calls for a whole file, which is decoded only if a segment is foreign."""

    decoder: Decoder
    retranslate: Retranslate

    def check(
        self,
        translation: Translation,
        audio: Audio,
        task: Task,
        *,
        engine: Engine,
        deadline: Deadline,
    ) -> Translation:
        """Return the translation with better answers, or marks where there are none.

        Raises nothing. The audio is decoded into a temporary folder next to it. Calls that have not
        ended by the deadline count as failed.
        """
        language = self.retranslate.language(task)
        duration = max([translation.duration, *(s.end for s in translation.segments)])
        whole = Chunk(0, duration, ())
        if not untranslated_runs(whole, translation, language.is_foreign):
            return translation
        if deadline.left() >= _LEAST_SECONDS:
            deadline = deadline.sooner(_MOST_SECONDS)
            try:
                return self._translated_again(translation, audio, task, engine, deadline)
            except ServiceError:  # the provider can read this audio, our decoder cannot
                pass
            except Exception as error:  # noqa: BLE001  see the module
                self.retranslate.telemetry.crashed(error)
        return mark_untranslated(whole, translation, language.is_foreign)

    def _translated_again(
        self,
        translation: Translation,
        audio: Audio,
        task: Task,
        engine: Engine,
        deadline: Deadline,
    ) -> Translation:
        with tempfile.TemporaryDirectory(dir=audio.path.parent, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            decoded = self.decoder.decode(
                audio.path, folder, max_duration=_LONGEST, deadline=deadline
            )
            duration = decoded.info.duration
            chunk = Chunk(0, duration, tuple(speech_spans(decoded.levels, duration)))
            spans = _DecodedSpans(engine, self.decoder, decoded, folder, deadline)
            return self.retranslate.check(chunk, translation, task, spans)


@dataclass(frozen=True)
class _DecodedSpans:
    """``SpanEngine`` for decoded audio, with parallel calls."""

    engine: Engine
    decoder: Decoder
    decoded: Decoded
    folder: Path
    deadline: Deadline

    def translate_spans(self, spans: Sequence[Span], task: Task) -> Iterator[Translation | None]:
        """See ``SpanEngine``."""
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            for call in [pool.submit(self._translated, span, task) for span in spans]:
                try:
                    yield call.result(timeout=self.deadline.left())
                except (ServiceError, TimeoutError):
                    yield None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _translated(self, span: Span, task: Task) -> Translation:
        """Translate a span, in a folder of its own: engines write files next to the audio."""
        own = self.folder / str(span.start)
        own.mkdir()
        to = own / f"part.{FLAC.extension}"
        part = self.decoder.cut(self.decoded.pcm, span.start, span.end, to)
        return self.engine.translate(part, task, deadline=self.deadline)
