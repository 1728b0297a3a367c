"""Practice: a recording beside what is to be said in it, while the caller waits."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import Audio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioSource
from audio_translation.errors import AudioTooLarge, InvalidRequest, ModelGone, ServiceError
from audio_translation.languages import name_of
from audio_translation.practice.comparison import ComparedWord, Comparison, compared
from audio_translation.practice.pace import pauses, words_per_minute
from audio_translation.practice.request import PracticeOptions
from audio_translation.practice.result import Pause, Practiced, PracticedWord
from audio_translation.practice.written_words import written_words
from audio_translation.transcript import Translation, seconds
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.engine import Task
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import model_named, price_of
from audio_translation.translation.pipeline import Pipeline, Progress
from audio_translation.translation.stitching import Finished, MemoryStore

if TYPE_CHECKING:
    from audio_translation.engines.text_translation import TextTranslation

LONGEST = 300_000
"""Milliseconds of audio: practice is for sentences and paragraphs."""
_DOUBTFUL = 0.5
"""Where less of the text was heard, it is asked whether another language was spoken."""
_MARKS = "The text has no accents, so the accents of what was heard were not compared."


class ShortEnough:
    """``Watch`` that ends the run of a recording that is too long."""

    def look(self, progress: Progress) -> None:
        """See ``Watch``; raises AudioTooLarge."""
        if max(progress.decoded, progress.stated or 0) > LONGEST:
            raise AudioTooLarge(
                f"The recording is longer than {LONGEST // 60_000} minutes. Practice is for"
                " sentences and paragraphs: send it in parts, each with its own text.",
                param="audioFileUrl",
            )

    def grace_seconds(self, error: Exception) -> float | None:  # noqa: ARG002
        """See ``Watch``: every failure ends the run."""
        return 0.0


@dataclass(frozen=True)
class Practice:
    """Hears recordings and compares them with texts; records metrics.

    ``texts`` makes the text model when it is needed.
    """

    engine: LazyEngine
    pipeline: Pipeline
    detector: LanguageDetector
    texts: Callable[[], "TextTranslation"]
    telemetry: Telemetry
    work_folder: Path
    default_model: str
    costs: CostLimits

    def practiced(
        self, options: PracticeOptions, source: AudioSource, *, owner: str, deadline: Deadline
    ) -> Practiced:
        """Return what was said beside what was to be said, for ``owner``.

        The provider is told the language and nothing of the text. Raises AudioTooLarge for more
        than ``LONGEST``, ModelGone if nothing here transcribes, InvalidRequest for a text without
        words, and any other ServiceError.
        """
        if not written_words(options.expected_text, options.language).words:
            raise InvalidRequest(
                "expectedText: it has no word that can be said.", param="expectedText"
            )
        self.engine.begin()
        with tempfile.TemporaryDirectory(dir=self.work_folder, ignore_cleanup_errors=True) as name:
            fetched = source.fetch(Path(name), deadline)
            try:
                audio = arriving_file.with_type(fetched, deadline)
                self.engine.warm_up()
                run = _Run(self, options, audio, Path(name), deadline, owner=owner)
                practiced = run.practiced()
            except BaseException:
                fetched.cancel()
                raise
        self._count(run, source)
        return practiced

    def _count(self, run: "_Run", source: AudioSource) -> None:
        heard = run.finished[0].translation
        paid = sum(one.paid for one in run.finished)
        self.telemetry.translated(
            source.log_name,
            audio_time=heard.duration,
            provider_time=round(sum(one.provider_seconds for one in run.finished) * 1000),
            dollars=price_of(paid, heard.served, self.costs.prices.default),
            untranslated_segments=0,
            model=heard.model,
            provider=heard.provider,
        )


class _Run:
    """One recording. ``finished`` is what was asked of the audio model."""

    def __init__(
        self,
        use: Practice,
        options: PracticeOptions,
        audio: Audio,
        folder: Path,
        deadline: Deadline,
        *,
        owner: str,
    ) -> None:
        self._use, self._options, self._owner = use, options, owner
        self._audio, self._folder, self._deadline = audio, folder, deadline
        self.finished: list[Finished] = []
        self._warnings: list[str] = []

    def practiced(self) -> Practiced:
        """Hear the recording and compare it."""
        options = self._options
        heard = self._heard()
        comparison = compared(options.expected_text, heard, options.language)
        self._warnings += heard.warnings
        self._warn_of_languages(heard, comparison)
        understood = self._understood(heard)
        speech = [span for part in self.finished[0].parts for span in part.chunk.speech]
        return Practiced(
            words=[_word(word) for word in comparison.words],
            wordsPerMinute=words_per_minute(comparison.said, speech),
            pauses=[Pause(start=seconds(one), end=seconds(other)) for one, other in pauses(speech)],
            completeness=round(comparison.completeness, 4),
            understood=understood,
            heardText=heard.text,
            language=options.language,
            model=heard.model,
            provider=heard.provider,
            warnings=list(dict.fromkeys(self._warnings)),
        )

    def _heard(self) -> Translation:
        task = self._options.task(self._use.default_model)
        try:
            return self._run(task)
        except ModelGone as error:
            raise ModelGone(
                f"Practice needs a model that transcribes, and there is none: {error.message} Name"
                " another model, or have the operator set TranscriptionModel.",
                param="model",
            ) from error

    def _run(self, task: Task) -> Translation:
        folder = self._folder / str(len(self.finished))
        folder.mkdir()
        with self._use.costs.spending(task, self._owner) as money:
            finished = money.limited(self._use.pipeline).run(
                self._audio,
                task,
                store=MemoryStore(),
                watch=money.watching(ShortEnough()),
                folder=folder,
                deadline=self._deadline,
            )
        self.finished.append(finished)
        return finished.translation

    def _understood(self, heard: Translation) -> str | None:
        """Return what was understood in English, if it is known or asked for.

        What was heard is paid for: without the second call it is returned all the same.
        """
        if self._options.is_english or not heard.text:
            return heard.text
        if not self._options.with_understood:
            return None
        try:
            english = self._in_english(heard)
        except ServiceError as error:
            self._warnings.append(f"What was understood in English is not known: {error.message}")
            return None
        self._warnings += english.warnings
        if english.untranslated_segments:
            self._warnings.append("Not all of what was understood is in English.")
        return english.text

    def _in_english(self, heard: Translation) -> Translation:
        """Translate the sound with a model of one step, and the text with one of two."""
        task = replace(
            self._options.task(self._use.default_model), transcribe=False, with_words=False
        )
        if model_named(heard.model).engine.english_only:
            return self._run(task)
        made = self._use.texts().translated(heard, task, deadline=self._deadline)
        return replace(made, warnings=())

    def _warn_of_languages(self, heard: Translation, comparison: Comparison) -> None:
        """Tell of a text or a speech that is in another language, and of accents left out."""
        options = self._options
        name = name_of(options.language).capitalize()
        if comparison.marks_ignored:
            self._warnings.append(_MARKS)
        if self._is_foreign(options.expected_text):
            self._warnings.append(f"The text seems to be in another language than {name}.")
        if comparison.completeness < _DOUBTFUL and self._is_foreign(heard.text):
            self._warnings.append(f"What was heard seems to be in another language than {name}.")

    def _is_foreign(self, text: str) -> bool:
        """Return whether a text is certainly in another language; False if that is not known."""
        try:
            return self._use.detector.is_foreign(text, self._options.language)
        except Exception as error:  # noqa: BLE001  the answer is paid for
            self._use.telemetry.crashed(error)
            return False


def _word(word: ComparedWord) -> PracticedWord:
    """Return a word of the answer, without what it does not have."""
    found: dict[str, object] = {"word": word.word, "verdict": word.verdict}
    if word.heard is not None:
        found["heard"] = word.heard
    if word.start is not None and word.end is not None:
        found |= {"start": seconds(word.start), "end": seconds(word.end)}
    return PracticedWord.model_validate(found)
