"""The translation of one chunk, with second calls for what is missed, foreign or no translation.

The first answer is paid for: whatever goes wrong afterwards, it is not lost.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    CostLimitExceeded,
    ProviderRejected,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.transcript import Translation, clock
from audio_translation.translation.checks.doubtful import Doubts, without_loop
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.checks.missed import missed
from audio_translation.translation.checks.spoken_language import with_language
from audio_translation.translation.checks.untranslated import (
    TEMPERATURE,
    UntranslatedRun,
    mark_untranslated,
    replace_if_better,
    untranslated_runs,
)
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.stitching import Part, filled
from audio_translation.translation.warnings import (
    NO_WORDS,
    NOT_ASKED_AGAIN,
    NOT_CHECKED,
    REPEATED,
)

_LEAST_SECONDS = 3.0
"""With less time left there are no second calls."""
_AT_ONCE = 4  # calls for spans of one chunk
_LOOP_TEMPERATURE = 0.4
"""Least temperature of the call after a loop; with less, Whisper mostly loops again."""
_CLEAR_RANGE = 20
"""dB from the quiet to the loud of a chunk; with less, phrases that may be made up are."""


@dataclass(frozen=True)
class TranslateChunk:
    """Calls the engine for a chunk, then for spans of it; safe to call from several threads."""

    engine: Engine
    decoder: Decoder
    detector: LanguageDetector
    telemetry: Telemetry
    engine_again: Engine | None = None
    """For all calls but a chunk's first one; None if it is the same."""

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Part:
        """Return the chunk's translation; times count from its start.

        Raises what engines raise. Messages of UnsupportedAudio, AudioTooLarge and ProviderRejected
        also name the chunk's interval in the source, if it is not the whole.
        """
        calls = _Calls(self, audio, task, deadline)
        try:
            translation = calls.whole(task, self.engine)
        except (UnsupportedAudio, AudioTooLarge, ProviderRejected) as error:
            if audio.original is not None:
                raise
            place = f"from {clock(audio.chunk.start)} to {clock(audio.chunk.end)}"
            raise error.with_sentence(f"It is about the audio {place}.") from error
        try:
            translation = calls.checked(translation)
        except Exception as error:  # noqa: BLE001  see the module
            self.telemetry.crashed(error)
            translation = _warned(translation, NOT_CHECKED)
        return Part(audio.chunk, translation, calls.paid)


@dataclass
class _Calls:
    """The calls for one chunk."""

    use: TranslateChunk
    audio: ChunkAudio
    task: Task
    deadline: Deadline
    paid: int = 0
    _detector_failed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._doubts = Doubts(
            self.task.prompt,
            self.audio.chunk.length,
            clear=self.audio.range >= _CLEAR_RANGE,
            before=self.task.said_before,
        )

        self._again = self.use.engine_again or self.use.engine

    def whole(self, task: Task, engine: Engine) -> Translation:
        """Return a translation of the whole chunk."""
        self.paid += self.audio.chunk.length
        return engine.translate(self.audio, task, deadline=self.deadline)

    def checked(self, translation: Translation) -> Translation:
        """Return the translation with better answers where it is no good, or marks."""
        translation = self._believable(translation)
        if not self._is_over_noise(translation):
            translation = self._complete(translation)
        if self.task.transcribe:
            translation = self._with_language(translation)
        else:
            translation = self._in_target_language(translation)
        return _warned(translation, NOT_CHECKED) if self._detector_failed else translation

    def _believable(self, translation: Translation) -> Translation:
        """Ask again for what is no translation; if it comes back, leave it out."""
        if not self._doubts.any_of(translation):
            return translation
        again = self.task.untold(max(_LOOP_TEMPERATURE, self.task.temperature))
        heard_twice = False
        if self.deadline.left() >= _LEAST_SECONDS:
            try:
                second = self.whole(again, self._again)
            except ServiceError as error:
                self._not_paid(error, self.audio.chunk)
            else:
                heard_twice = True
                if not self._doubts.any_of(second) or self._doubts.is_the_prompt_indeed(second):
                    return second
                translation = min(translation, second, key=lambda answer: len(answer.text))
        if self._doubts.repeats(translation):
            cut = without_loop(translation, sum(span.length for span in self.audio.chunk.speech))
            return _warned(cut, REPEATED)
        left_out = replace(translation, segments=())
        if not heard_twice and self._doubts.clear:
            return left_out  # there is speech: it is asked for by the span, or its loss is told
        return _warned(left_out, NO_WORDS)

    def _is_over_noise(self, translation: Translation) -> bool:
        return NO_WORDS in translation.warnings

    def _complete(self, translation: Translation) -> Translation:
        """Ask for the speech that has no text."""
        spans = missed(self.audio.chunk, translation)
        answers = self._spans(spans, self.task)
        for span, answer in zip(spans, answers, strict=True):
            if answer and not self._doubts.any_of(answer):
                translation = filled(translation, span, answer)
        if None in answers:
            return _warned(translation, NOT_ASKED_AGAIN)
        return translation

    def _with_language(self, translation: Translation) -> Translation:
        """Tell the language of a transcription where the provider has not."""
        try:
            return with_language(translation, self.task.source, self.use.detector)
        except Exception as error:  # noqa: BLE001  see the module
            self.use.telemetry.crashed(error)
            return translation

    def _in_target_language(self, translation: Translation) -> Translation:
        """Ask again for what is still in the source language; mark what remains so."""
        chunk = self.audio.chunk
        runs = untranslated_runs(chunk, translation, self._is_foreign)
        found = [run for run in runs if run.span.length > 0]
        again = replace(self.task, temperature=max(TEMPERATURE, self.task.temperature))
        for run, answer in self._answers(found, again):
            if self._doubts.any_of(answer):
                continue
            translation = replace_if_better(translation, run, answer, self._is_foreign)
        return mark_untranslated(chunk, translation, self._is_foreign) if runs else translation

    def _answers(
        self, runs: Sequence[UntranslatedRun], task: Task
    ) -> list[tuple[UntranslatedRun, Translation]]:
        answers = self._spans([run.span for run in runs], task)
        return [(run, answer) for run, answer in zip(runs, answers, strict=True) if answer]

    def _is_foreign(self, text: str) -> bool:
        """Return whether a text is certainly in another language; False if that cannot be told."""
        if self._detector_failed:
            return False
        try:
            return self.use.detector.is_foreign(text, self.task.target)
        except Exception as error:  # noqa: BLE001  see the module
            self._detector_failed = True
            self.use.telemetry.crashed(error)
            return False

    def _spans(self, spans: Sequence[Span], task: Task) -> list[Translation | None]:
        """Return translations of parts of the chunk, side by side; None where a call failed.

        The spans, and the answers' times, count from the chunk's and from the span's start.
        """
        if not spans or self.deadline.left() < _LEAST_SECONDS:
            return [None] * len(spans)
        self.paid += sum(span.length for span in spans)
        pool = ThreadPoolExecutor(min(_AT_ONCE, len(spans)))
        try:
            calls = [pool.submit(self._span, span, task) for span in spans]
            answers: list[Translation | None] = []
            for span, call in zip(spans, calls, strict=True):
                try:
                    answers.append(call.result(timeout=self.deadline.left()))
                except (ServiceError, TimeoutError) as error:
                    self._not_paid(error, span)
                    answers.append(None)
            return answers
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _not_paid(self, error: Exception, about: Span | Chunk) -> None:
        """Do not count a call that was not made, because it would have cost too much."""
        self.paid -= about.length if isinstance(error, CostLimitExceeded) else 0

    def _span(self, span: Span, task: Task) -> Translation:
        flac = self.audio.flac
        to = flac.path.with_name(f"{flac.path.stem}.{span.start}-{span.end}.{FLAC.extension}")
        part = Chunk(
            span.start,
            span.end,
            tuple(
                Span(max(s.start, span.start), min(s.end, span.end))
                for s in self.audio.chunk.speech_from_start
                if s.start < span.end and s.end > span.start
            )
            or (span,),
        )
        audio = ChunkAudio(
            part, self.use.decoder.cut_chunk(flac.path, span.start, span.end, to), self.audio.range
        )
        try:
            return self._again.translate(audio, task, deadline=self.deadline)
        finally:
            audio.discard()


def _warned(translation: Translation, warning: str) -> Translation:
    """Return the translation with one more warning."""
    return replace(translation, warnings=(*translation.warnings, warning))
