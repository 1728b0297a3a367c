"""One audio file translated while its caller waits: fetch, look at the type, save and translate."""

import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.file_type import sniff
from audio_translation.aws.saved_sources import SavedSources, safe_name
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
    """The answer to a request, and what is said about it in headers.

    ``source_location`` and ``source_error`` are both None when nothing was to be saved;
    ``untranslated_segments`` counts those that are still in the language spoken.
    """

    rendered: Rendered
    model: str
    untranslated_segments: int = 0
    source_location: str | None = None
    source_error: str | None = None


@dataclass(frozen=True)
class DirectTranslation:
    """Translates files that fit one call of the provider, and counts what that took."""

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
        """Translate the audio; ``work_folder`` is as empty afterwards as before.

        A source that cannot be saved does not cost the caller the translation. Raises NeedsJob for
        audio that is more than a request translates, and ServiceError.
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
            # No longer than the request may take, whatever the call is stuck in.
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
    """Return where the source was saved, or why it was not; twice None if it was not to be."""
    if saving is None:
        return None, None
    try:
        return saving.result(timeout=deadline.left()), None
    except TimeoutError:
        return None, "it was not finished in time"
    except SourceNotSaved as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001  the translation is paid for: it is handed out
        return None, type(error).__name__
