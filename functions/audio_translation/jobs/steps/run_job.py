"""A job, step by step: translate in as many turns as it takes, then write the results.

A turn is the same run that a request makes, from the audio to the translation. What a turn has
paid for lies in the bucket; the next one decodes again and pays for the rest. The disk may be empty
again at any step. What a step returns is small, because AWS keeps it with the execution.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    ServiceError,
    UnsupportedAudio,
    UrlNotAllowed,
)
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.slots import Slots
from audio_translation.jobs.steps.job_results import JobResults
from audio_translation.jobs.steps.job_turn import JobTurn
from audio_translation.jobs.steps.job_waiting import pause_and_tell, tell_wait
from audio_translation.jobs.steps.job_watch import JobOver
from audio_translation.jobs.steps.retries import TooLittleTime, pause_before_retry
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.transcript import Translation
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.models import price_of
from audio_translation.translation.speakers.labels import NOT_LINKED, without_labels
from audio_translation.translation.stitching import Part, stitch
from audio_translation.translation.warnings import there, with_warnings

_TURN_SECONDS = 300.0
_FINISH_SECONDS = 60.0
_OF_THE_AUDIO = {
    kind.code for kind in (AudioNotRetrievable, AudioTooLarge, UnsupportedAudio, UrlNotAllowed)
}
"""Failures that come again however often the job goes on: its audio need not be kept."""


@dataclass(frozen=True)
class RunJob:
    """The steps of a job."""

    table: JobTable
    slots: Slots
    files: JobFiles
    turn: JobTurn
    results: JobResults
    telemetry: Telemetry
    default_model: str
    costs: CostLimits

    def has_turn(self, job_id: str) -> bool:
        """Become one of the jobs that run, until the job has ended; False if too many do.

        False, too, while the table does not answer. A job that is over needs no slot.
        """
        with suppress(ServiceError):
            if self.slots.take_of_ended(job_id, self.table):
                return True
            job = self.table.find(job_id)
            return job is None or job.status.final
        return False

    def translate(self, job_id: str, deadline: Deadline) -> int | None:
        """Translate as much as one turn can; return the seconds to wait before the next one.

        None if no further one is needed: all is translated and stored, or the job is over. Raises
        what a turn without any progress failed with, and TooLittleTime.
        """
        _need(_TURN_SECONDS, deadline)
        job = self.table.begin(job_id)
        if job is None:
            return None
        parts = self.files.parts(job_id)
        try:
            turn = self.turn.run(job, parts, deadline)
        except JobOver:
            if self._is_deleted(job_id):
                self.files.delete_all(job_id)
            return None
        except Exception as error:
            pause = pause_before_retry(error, 1)
            if not parts.kept or pause is None or isinstance(error, AudioNotRetrievable):
                raise  # a host that sends other audio each time is asked a few times only
            tell_wait(self.table, job_id, error, pause, went_on=True)
            return pause
        finished = turn.finished
        self.telemetry.turn_ended(round(finished.provider_seconds * 1000))
        warnings = (*_about_options(job), *finished.translation.warnings)
        translation = replace(finished.translation, warnings=warnings)
        self.files.save_translation(job_id, translation)
        runs = self.table.translated(
            job_id,
            duration=translation.duration,
            chunks=len(finished.parts),
            paid=finished.paid,
            warnings=translation.warnings,
            languages=translation.languages,
            answer=turn.answer,
            cached=translation.cached,
        )
        if not runs and self._is_deleted(job_id):
            self.files.delete_all(job_id, answer=turn.answer)
        return None

    def pause(self, job_id: str, error: Exception, attempt: int) -> int | None:
        """Return the seconds before a failed step is tried again, None if it is not; tell both."""
        return pause_and_tell(self.table, job_id, error, attempt)

    def finish(self, job_id: str, deadline: Deadline) -> None:
        """Store the result as it was asked for and end the job; raises TooLittleTime."""
        _need(_FINISH_SECONDS, deadline)
        job = self.table.find(job_id)
        if job is None or job.status is not JobStatus.RUNNING:
            return
        translation = self.files.translation(job_id)
        recorded = self.results.store(job, translation)
        self.files.delete_kept_audio(job_id)
        succeeded = self.table.succeed(job_id, served=translation.served, recorded=recorded)
        if succeeded is None and self._is_deleted(job_id):
            self.files.delete_all(job_id)
        self._count(succeeded, translation.untranslated_segments)

    def fail(self, job_id: str, error: dict[str, Any], deadline: Deadline) -> None:
        """End the job with OpenAI's error object; what is translated stays readable.

        Raises TooLittleTime.
        """
        _need(_FINISH_SECONDS, deadline)
        job = self.table.find(job_id)
        if job is None or job.status.final:
            return
        parts = self.files.parts(job_id).all()
        translation = self._partial(job, parts) if parts else None
        if translation is not None:
            self.files.save_translation(job_id, translation)
        if job.upload:
            with suppress(Internal):  # a bucket that takes nothing, which may be the error itself
                self.results.beside.failed(job.upload, error)
        if error["code"] in _OF_THE_AUDIO:
            with suppress(ServiceError):  # it expires with the job
                self.files.delete_kept_audio(job_id)
        failed = self.table.fail(
            job_id,
            error,
            partial=translation is not None,
            served=translation.served if translation else None,
            chunks_done=len(parts),
            audio_done=sum(part.chunk.length for part in parts) // _streams(parts),
            paid=sum(part.paid for part in parts),
            warnings=translation.warnings if translation else (),
            languages=translation.languages if translation else (),
        )
        if failed is None and self._is_deleted(job_id):
            self.files.delete_all(job_id)
        self._count(failed, translation.untranslated_segments if translation else 0)

    def give_up(self, job_id: str, error: dict[str, Any]) -> None:
        """End the job with OpenAI's error object and nothing else."""
        self._count(self.table.fail(job_id, error, partial=False), 0)

    def _partial(self, job: Job, parts: Sequence[Part]) -> Translation:
        """Return what is translated of a job that has failed."""
        task = job.request.task(self.default_model)
        about = _about_options(job)
        if task.speakers is not None:
            parts, about = without_labels(parts), (*about, NOT_LINKED)
        duration = max(job.audio, *(part.chunk.end for part in parts))
        translation = task.labelled(stitch(parts, duration=duration, model=task.model))
        told = f"The job failed before all was translated; there is text of {there(parts, task)}."
        return with_warnings(translation, parts, (*about, told))

    def _is_deleted(self, job_id: str) -> bool:
        """Return whether the job was deleted meanwhile, so that what a step stored must go, too."""
        job = self.table.find(job_id)
        return job is None or job.status is JobStatus.CANCELLED

    def _count(self, job: Job | None, untranslated_segments: int) -> None:
        """Count a job that has ended, unless another execution has ended it.

        Utterances of a live session were counted when they were translated.
        """
        if job is None:
            return
        counted = job.live_until is None
        paid = max(0, job.paid - job.counted) if counted else 0
        self.telemetry.job_ended(
            job.id,
            status=job.status,
            model=job.model,
            provider=job.provider,
            error=job.error,
            audio_time=job.audio_done if counted else 0,
            dollars=price_of(paid, job.served, self.costs.prices.default),
            untranslated_segments=untranslated_segments if counted else 0,
            cached=job.cached,
        )


def _streams(parts: Sequence[Part]) -> int:
    """Return how often the recording is heard: twice if its sides are apart."""
    return 2 if any(part.chunk.channel is not None for part in parts) else 1


def _about_options(job: Job) -> tuple[str, ...]:
    return job.upload.warnings if job.upload else ()


def _need(seconds: float, deadline: Deadline) -> None:
    if deadline.left() < seconds:
        raise TooLittleTime
