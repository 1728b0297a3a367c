"""One utterance through the one pipeline, as a request's audio goes through it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audio_translation.audio import arriving_file
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import SentFile
from audio_translation.errors import AudioTooLarge, ServiceError
from audio_translation.jobs.job import Job
from audio_translation.live.utterance import Utterance, context
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import price_of
from audio_translation.translation.pipeline import Pipeline, Progress
from audio_translation.translation.stitching import Finished, MemoryStore

LONGEST_SECONDS = 30
"""Of an utterance's audio."""
_TOLERANCE = 100
"""Milliseconds; encoders fill their last block."""
_LOG_NAME = "live"


@dataclass(frozen=True)
class SentUtterance:
    """An utterance as it came: its number, its start on the session's clock, its audio."""

    seq: int
    start: int
    content: bytes
    sha256: str


class NotTranslated(Exception):
    """The audio of an utterance is good, and ``reason`` is why it has no translation.

    ``length``: of its audio, in milliseconds.
    """

    def __init__(self, reason: Exception, length: int) -> None:
        super().__init__(str(reason))
        self.reason, self.length = reason, length


@dataclass(frozen=True)
class TranslateUtterance:
    """Translates utterances while their callers wait, and records metrics."""

    engine: LazyEngine
    pipeline: Pipeline
    telemetry: Telemetry
    work_folder: Path
    default_model: str
    costs: CostLimits

    def translate(
        self, sent: SentUtterance, session: Job, before: Sequence[Utterance], deadline: Deadline
    ) -> Utterance:
        """Return the utterance with its text; ``before`` are others that were said before it.

        Raises UnsupportedAudio or AudioTooLarge for its audio, and NotTranslated.
        """
        watch = _LengthWatch()
        try:
            finished = self._finished(sent, session, before, watch, deadline)
        except AudioTooLarge as error:
            raise AudioTooLarge(
                f"An utterance has at most {LONGEST_SECONDS} seconds of audio: cut it at a pause."
            ) from error
        except Exception as error:
            if isinstance(error, ServiceError) and error.param == "audioFileUrl":
                error.param = None  # the audio is all of the body
            if not watch.length:
                raise
            raise NotTranslated(error, watch.length) from error
        self._count(finished)
        whole = finished.translation
        has_source = any(segment.source is not None for segment in whole.segments)
        return Utterance(
            seq=sent.seq,
            start=sent.start,
            length=whole.duration,
            sha256=sent.sha256,
            size=len(sent.content),
            text=whole.text,
            source=whole.spoken_text if has_source else None,
            language=next(iter(dict(whole.languages)), None),
            parts=finished.parts,
        )

    def begin(self) -> None:
        """Make what translates, beside what else is done meanwhile."""
        self.engine.begin()

    def _finished(
        self,
        sent: SentUtterance,
        session: Job,
        before: Sequence[Utterance],
        watch: "_LengthWatch",
        deadline: Deadline,
    ) -> Finished:
        task = replace(session.request.task(self.default_model), before=context(before))
        most = session.request.max_cost_usd
        paid = self.costs.prices.of(session.audio_done, task)
        with (
            tempfile.TemporaryDirectory(dir=self.work_folder, ignore_cleanup_errors=True) as folder,
            self.costs.spending(task, session.owner, most=most, before=paid) as money,
        ):
            fetched = SentFile("", sent.content).fetch(Path(folder), deadline)
            audio = arriving_file.with_type(fetched, deadline)
            self.engine.warm_up()  # is no time of the provider
            return money.limited(self._pipeline).run(
                audio,
                task,
                store=MemoryStore(),
                watch=money.watching(watch),
                folder=Path(folder),
                deadline=deadline,
            )

    @property
    def _pipeline(self) -> Pipeline:
        most = LONGEST_SECONDS * 1000 + _TOLERANCE
        return replace(self.pipeline, listening=replace(self.pipeline.listening, max_duration=most))

    def _count(self, finished: Finished) -> None:
        translation = finished.translation
        self.telemetry.translated(
            _LOG_NAME,
            audio_time=translation.duration,
            provider_time=round(finished.provider_seconds * 1000),
            dollars=price_of(finished.paid, translation.served, self.costs.prices.default),
            untranslated_segments=translation.untranslated_segments,
            model=translation.model,
            provider=translation.provider,
        )


class _LengthWatch:
    """``Watch`` that lets a run go on, and remembers how much audio was decoded."""

    def __init__(self) -> None:
        self.length = 0

    def look(self, progress: Progress) -> None:
        """See ``Watch``."""
        self.length = max(self.length, progress.decoded)

    def grace_seconds(self, error: Exception) -> float | None:  # noqa: ARG002
        """See ``Watch``: the others of one utterance are not waited for."""
        return 0.0
