"""Direct translation of one audio file, while the caller waits: fetch, save, translate."""

import itertools
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.recording import Recording
from audio_translation.aws.save_source import SavedSources, safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioSource
from audio_translation.errors import ProviderTimedOut, SourceNotSaved
from audio_translation.formats.render import Rendered, render
from audio_translation.transcript import ServedBy, Translation, spoken_languages
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.direct_estimate import (
    Caution,
    DirectEstimate,
    DoesNotFit,
    NotInTime,
)
from audio_translation.translation.engine import Task
from audio_translation.translation.kept.kept_answers import Asked, KeptAnswers
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import price_of
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.request import TranslationOptions
from audio_translation.translation.stitching import Finished, MemoryStore, Part, stitch

_LISTENED_TO = 30_000
"""Milliseconds of audio that tell its language."""
_MOST_LISTENED_TO = 3
"""Chunks of that length; in the first ones there may be no words."""


@dataclass(frozen=True)
class Outcome:
    """The answer to a request, and the values of its headers.

    - ``served``: what served the request.
    - ``warnings``: how many the translation has.
    - ``untranslated_segments``: how many segments are still in the source language.
    - ``source_location``, ``source_error``: where the source was saved, or why not, or None.
    - ``job_id``: the job that made it, and has its record; None if there is no record.
    - ``cached``: whether it was kept of an earlier request, and cost nothing.
    """

    rendered: Rendered
    served: ServedBy
    warnings: int = 0
    untranslated_segments: int = 0
    source_location: str | None = None
    source_error: str | None = None
    job_id: str | None = None
    cached: bool = False

    @classmethod
    def of(cls, translation: Translation, request: TranslationOptions) -> "Outcome":
        """Return the answer with a translation in the format that was asked for."""
        return cls(
            render(
                translation,
                request.response_format,
                with_source=request.with_source,
                with_words=request.with_words,
                rules=request.rules(translation.language),
            ),
            served=translation.served,
            warnings=len(translation.warnings),
            untranslated_segments=translation.untranslated_segments,
            cached=translation.cached,
        )


@dataclass(frozen=True)
class DirectTranslation:
    """Translates files while the caller waits, and records metrics.

    ``max_duration``: of the audio, in milliseconds. ``estimates``: whether a run is given up as
    soon as it is seen that it does not fit the request's time.
    """

    engine: LazyEngine
    pipeline: Pipeline
    max_duration: int
    estimates: bool
    saved_sources: SavedSources
    kept: KeptAnswers
    telemetry: Telemetry
    default_model: str
    costs: CostLimits
    caution: Caution = field(default_factory=Caution)

    def translate(
        self,
        request: TranslationOptions,
        source: AudioSource,
        *,
        owner: str,
        folder: Path,
        request_id: str,
        deadline: Deadline,
    ) -> Outcome:
        """Translate the audio for ``owner``, or find that it is kept.

        Its files are written to ``folder``. If the source cannot be saved, the translation is
        still returned. Raises NotInTime for audio too long for a request, and ServiceError.
        """
        self.engine.begin()
        fetched = source.fetch(folder, deadline)
        pool = ThreadPoolExecutor(max_workers=1)
        saving = None
        try:
            audio = arriving_file.with_type(fetched, deadline)
            if request.save_source:
                saving = pool.submit(self._save, fetched, audio, request_id, deadline)
            asked = Asked(owner, request.task(self.default_model), request.cache)
            kept = self.kept.find(audio, asked, deadline)
            if kept is None:
                self.engine.warm_up()  # is no time of the provider
                most = request.max_cost_usd
                finished = self._finished(asked, audio, fetched.name, folder, deadline, usd=most)
                self.kept.keep(audio, asked, finished.translation, deadline)
            elif self.estimates and kept.translation.duration > self.max_duration:
                too_long = DoesNotFit("What is kept is more than one request answers.")
                raise NotInTime(too_long, audio, fetched.name)
            else:
                finished = Finished(kept.translation, (), 0.0)
        except NotInTime:
            saving = None  # the job saves it, too, and needs the time
            raise
        except BaseException:
            fetched.cancel()
            raise
        finally:
            location, problem = _saved(saving, deadline)
            pool.shutdown(wait=False, cancel_futures=True)
        self._count(finished, source)
        if problem:
            self.telemetry.source_not_saved(problem)
        outcome = Outcome.of(finished.translation, request)
        return replace(outcome, source_location=location, source_error=problem)

    def language(
        self, source: AudioSource, *, owner: str, folder: Path, deadline: Deadline
    ) -> tuple[str, float] | None:
        """Return the code of the language spoken, and its share of the speech; None without speech.

        Only where speech begins is listened to, for half a minute or so. Raises ServiceError.
        """
        self.engine.begin()
        fetched = source.fetch(folder, deadline)
        audio = arriving_file.with_type(fetched, deadline)
        self.engine.warm_up()
        listening = replace(self.pipeline.listening, target=_LISTENED_TO)
        task = Task(self.default_model, transcribe=True)
        recording = Recording(audio, listening, folder)
        parts: list[Part] = []
        languages: tuple[tuple[str, float], ...] = ()
        began = time.monotonic()
        with (
            self.costs.spending(task, owner) as money,
            closing(recording.chunks(deadline)) as chunks,
        ):
            translate = money.limited(self.pipeline).translate
            for chunk in itertools.islice(chunks, _MOST_LISTENED_TO):
                try:
                    part = translate.translate(chunk, task, deadline=deadline)
                finally:
                    chunk.discard()
                parts.append(part)
                if languages := spoken_languages(part.translation.segments):
                    break
        whole = stitch(parts, duration=recording.decoded, model=task.model)
        self._count(Finished(whole, tuple(parts), time.monotonic() - began), source)
        return languages[0] if languages else None

    def _finished(
        self,
        asked: Asked,
        audio: Audio,
        name: str,
        folder: Path,
        deadline: Deadline,
        *,
        usd: float | None,
    ) -> Finished:
        store, most = MemoryStore(), self.pipeline.at_once
        at_once = self.caution.at_once(most) if self.estimates else most
        estimate = DirectEstimate(
            deadline, max_duration=self.max_duration, at_once=at_once, gives_up=self.estimates
        )
        try:
            with self.costs.spending(asked.task, asked.owner, most=usd) as money:
                finished = money.limited(replace(self.pipeline, at_once=at_once)).run(
                    audio,
                    asked.task,
                    store=store,
                    watch=money.watching(estimate),
                    folder=folder,
                    deadline=deadline,
                )
        except Exception as error:
            if not estimate.is_about_time(error):
                raise
            if isinstance(error, ProviderTimedOut):
                self.caution.lost()
            raise NotInTime(error, audio, name, tuple(store.parts), store.notes) from error
        if finished.parts:
            self.caution.came_back()
        return finished

    def _save(self, fetched: FetchedFile, audio: Audio, request_id: str, deadline: Deadline) -> str:
        arriving_file.wait_for(audio, deadline)
        name = safe_name(fetched.name, audio.type.extension)
        key = self.saved_sources.key(datetime.now(UTC).date(), request_id, name)
        return self.saved_sources.save(audio.path, key=key, mime=audio.type.mime)

    def _count(self, finished: Finished, source: AudioSource) -> None:
        translation = finished.translation
        self.telemetry.translated(
            source.log_name,
            audio_time=translation.duration,
            provider_time=round(finished.provider_seconds * 1000),
            dollars=price_of(finished.paid, translation.served, self.costs.prices.default),
            untranslated_segments=translation.untranslated_segments,
            model=translation.model,
            provider=translation.provider,
            cached=translation.cached,
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
