"""Direct translation of one audio file, while the caller waits: fetch, check, save, translate."""

import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.type_detection.file_type import sniff
from audio_translation.aws.save_source import SavedSources, safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioSource
from audio_translation.errors import ProviderTimedOut, SourceNotSaved
from audio_translation.formats.render import Rendered, render
from audio_translation.languages import name_of
from audio_translation.transcript import Translation, warned
from audio_translation.translation.direct_limits import DirectLimits
from audio_translation.translation.engine import Task
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import price_per_minute
from audio_translation.translation.request import TranslationOptions
from audio_translation.translation.retranslate import RetranslateFile


@dataclass(frozen=True)
class Outcome:
    """The answer to a request, and the values of its headers.

    - ``model``: the model that served the request.
    - ``untranslated_segments``: how many segments are still in the source language.
    - ``source_location``, ``source_error``: where the source was saved, or why it was not. Both are
      None if it was not to be saved.
    """

    rendered: Rendered
    model: str
    untranslated_segments: int = 0
    source_location: str | None = None
    source_error: str | None = None


@dataclass(frozen=True)
class DirectTranslation:
    """Translates files that fit one call to the provider, and records metrics."""

    engine: LazyEngine
    retranslate: RetranslateFile
    limits: DirectLimits
    saved_sources: SavedSources
    telemetry: Telemetry
    work_folder: Path
    default_model: str
    default_price_per_minute: float

    def translate(
        self,
        request: TranslationOptions,
        source: AudioSource,
        *,
        request_id: str,
        deadline: Deadline,
    ) -> Outcome:
        """Translate the audio and delete its files from ``work_folder``.

        If the source cannot be saved, the translation is still returned. Raises NeedsJob for audio
        that is too large or too long for a request, and ServiceError.
        """
        self.engine.begin()
        task = request.task(self.default_model)
        with tempfile.TemporaryDirectory(
            dir=self.work_folder, ignore_cleanup_errors=True
        ) as folder:
            fetched = source.fetch(Path(folder), deadline)
            with fetched.path.open("rb") as file:
                audio = Audio(path=fetched.path, type=sniff(file), size=fetched.size)
            self.limits.check(audio)
            pool = ThreadPoolExecutor(max_workers=2)
            saving = None
            if request.save_source:
                saving = pool.submit(self._save, fetched, audio, request_id)
            try:
                self.engine.warm_up()  # is no time of the provider
                started = time.monotonic()
                translation = self._translated(audio, task, pool, deadline)
                provider_time = round((time.monotonic() - started) * 1000)
            finally:
                location, problem = _saved(saving, deadline)
                pool.shutdown(wait=False, cancel_futures=True)
        self._count(translation, source, provider_time)
        if problem:
            self.telemetry.source_not_saved(problem)
        return Outcome(
            render(translation, request.response_format, with_source=task.with_source),
            model=translation.model,
            untranslated_segments=translation.untranslated_segments,
            source_location=location,
            source_error=problem,
        )

    def _translated(
        self, audio: Audio, task: Task, pool: ThreadPoolExecutor, deadline: Deadline
    ) -> Translation:
        call = pool.submit(self.engine.translate, audio, task, deadline=deadline)
        try:
            # The call runs in a thread, so that the deadline holds whatever the call waits for.
            translation = call.result(timeout=deadline.left())
        except TimeoutError:
            raise ProviderTimedOut(
                "The provider did not answer in time. Try again later."
            ) from None
        translation = self.retranslate.check(
            translation, audio, task, engine=self.engine, deadline=deadline
        )
        return warned(replace(translation, language=name_of(task.target)))

    def _save(self, fetched: FetchedFile, audio: Audio, request_id: str) -> str:
        name = safe_name(fetched.name, audio.type.extension)
        key = self.saved_sources.key(datetime.now(UTC).date(), request_id, name)
        return self.saved_sources.save(audio.path, key=key, mime=audio.type.mime)

    def _count(self, translation: Translation, source: AudioSource, provider_time: int) -> None:
        price = price_per_minute(translation.model, self.default_price_per_minute)
        self.telemetry.translated(
            source.log_name,
            audio_time=translation.duration,
            provider_time=provider_time,
            dollars=translation.duration / 60_000 * price,
            untranslated_segments=translation.untranslated_segments,
            model=translation.model,
        )


def _saved(saving: "Future[str] | None", deadline: Deadline) -> tuple[str | None, str | None]:
    """Return where the source was saved and why it was not; one of them, or both, are None."""
    if saving is None:
        return None, None
    try:
        return saving.result(timeout=deadline.left()), None
    except TimeoutError:
        return None, "it was not finished in time"
    except SourceNotSaved as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001  the translation is paid for and must be returned
        return None, type(error).__name__
