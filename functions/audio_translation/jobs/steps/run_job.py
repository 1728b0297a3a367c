"""A job, step by step: split the audio, translate each chunk, stitch.

Every step may run again after a crash and then does only what is not done yet. What a step has
made lies in the bucket under keys that follow from the job's id; the disk may be empty again at
any step. What a step returns is small, because AWS keeps it with the execution.
"""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import Internal
from audio_translation.formats.render import render
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_files import JobFiles
from audio_translation.jobs.job_table import JobTable
from audio_translation.jobs.steps.cut_recording import CutRecording
from audio_translation.languages import name_of
from audio_translation.transcript import Translation, warned
from audio_translation.translation.models import price_per_minute
from audio_translation.translation.stitching import stitch
from audio_translation.translation.translate_chunk import TranslateChunk
from audio_translation.uploads.write_results import WriteResults

_DOWNLOADS_AT_ONCE = 8
_SPLIT_SECONDS = 300.0
_STITCH_SECONDS = 60.0


class TooLittleTime(Exception):
    """The invocation ends too soon; the step has done nothing and must run in the next one."""


@dataclass(frozen=True)
class RunJob:
    """The steps of a job; safe to call from several threads."""

    table: JobTable
    files: JobFiles
    recording: CutRecording
    translate: TranslateChunk
    results: WriteResults
    telemetry: Telemetry
    work_folder: Path
    default_model: str
    default_price_per_minute: float
    call_seconds: float
    """For one chunk, retries included."""
    _plans: dict[str, list[Chunk]] = field(default_factory=dict, init=False)
    """The plan of the latest job, so that not every chunk reads it from S3."""

    def split(self, job_id: str, deadline: Deadline) -> int | None:
        """Cut the audio into chunks and store them; return how many, None if the job is over.

        Raises TooLittleTime, and what fetching and decoding raise.
        """
        _need(_SPLIT_SECONDS, deadline)
        job = self.table.begin(job_id)
        if job is None:
            return None
        if job.chunk_durations:  # by an execution that was lost
            return len(job.chunk_durations)
        with self._folder() as name:
            cut = self.recording.cut(job, Path(name), deadline)
        self.files.save_plan(job_id, cut.chunks)
        self._keep_plan(job_id, cut.chunks)
        known = self.table.split(
            job_id,
            duration=cut.duration,
            chunk_durations=_shares(cut.chunks, cut.duration),
            warnings=cut.warnings,
        )
        if known is None:
            if self._is_deleted(job_id):
                self.files.delete_chunks(job_id, len(cut.chunks))
            return None
        return len(cut.chunks)

    def translate_chunk(self, job_id: str, index: int, deadline: Deadline) -> None:
        """Have one chunk translated, unless that is done already or the job is over.

        Raises TooLittleTime, and what TranslateChunk raises.
        """
        job = self._running(job_id)
        if job is None:
            return
        if not self.files.has_part(job_id, index):
            _need(self.call_seconds, deadline)
            self.files.save_part(job_id, index, self._translated(job, index, deadline))
        if self.table.chunk_done(job_id, index) is None:  # the job has ended meanwhile
            self.files.delete_part(job_id, index)

    def finish(self, job_id: str, deadline: Deadline) -> None:
        """Stitch all chunks' translations, store the result, end the job.

        Raises TooLittleTime.
        """
        _need(_STITCH_SECONDS, deadline)
        job = self._running(job_id)
        if job is None:
            return
        chunks = self._plan(job_id)
        translation = self._stitched(job, chunks, range(len(chunks)))
        self.files.save_translation(job_id, translation)
        asked = job.request
        rendered = render(translation, asked.response_format, with_source=asked.with_source)
        self.files.save_result(job, rendered)
        if job.upload:
            self.results.translated(job.upload, translation, with_source=asked.with_source)
        succeeded = self.table.succeed(job_id, model=translation.model)
        if succeeded is None and self._is_deleted(job_id):
            self.files.delete_result(job)
        self._count(succeeded, translation.untranslated_segments)

    def fail(self, job_id: str, error: dict[str, Any], deadline: Deadline) -> None:
        """End the job with OpenAI's error object; what is translated stays readable.

        Raises TooLittleTime.
        """
        _need(_STITCH_SECONDS, deadline)
        job = self.table.find(job_id)
        if job is None or job.status.final:
            return
        untranslated, model = 0, None
        if job.chunks_done:
            translation = self._stitched(job, self._plan(job_id), sorted(job.chunks_done))
            self.files.save_translation(job_id, translation)
            untranslated, model = translation.untranslated_segments, translation.model
        if job.upload:
            with suppress(Internal):  # a bucket that takes nothing, which may be the error itself
                self.results.failed(job.upload, error)
        partial = bool(job.chunks_done)
        failed = self.table.fail(job_id, error, partial=partial, model=model)
        if failed is None and self._is_deleted(job_id):
            self.files.delete_result(job)
        self._count(failed, untranslated)

    def give_up(self, job_id: str, error: dict[str, Any]) -> None:
        """End the job with OpenAI's error object and nothing else."""
        self._count(self.table.fail(job_id, error, partial=False, model=None), 0)

    def _is_deleted(self, job_id: str) -> bool:
        """Return whether the job was deleted meanwhile, so that what a step stored must go, too."""
        job = self.table.find(job_id)
        return job is None or job.status is JobStatus.CANCELLED

    def _count(self, job: Job | None, untranslated_segments: int) -> None:
        """Count a job that has ended, unless another execution has ended it."""
        if job is None:
            return
        price = price_per_minute(job.model or "", self.default_price_per_minute)
        self.telemetry.job_ended(
            job.id,
            status=job.status,
            model=job.model,
            error=job.error,
            audio_time=job.audio_done,
            dollars=job.audio_done / 60_000 * price,
            untranslated_segments=untranslated_segments,
        )

    def _translated(self, job: Job, index: int, deadline: Deadline) -> Translation:
        deadline = deadline.sooner(self.call_seconds)
        chunk, task = self._plan(job.id)[index], job.request.task(self.default_model)
        with self._folder() as name:
            path = Path(name) / f"chunk.{FLAC.extension}"
            self.files.chunk(job.id, index, path)
            return self.translate.translate(chunk, path, task, deadline=deadline)

    def _running(self, job_id: str) -> Job | None:
        job = self.table.find(job_id)
        return job if job is not None and job.status is JobStatus.RUNNING else None

    def _plan(self, job_id: str) -> list[Chunk]:
        plan = self._plans.get(job_id)
        if plan is None:
            plan = self.files.plan(job_id)
            self._keep_plan(job_id, plan)
        return plan

    def _keep_plan(self, job_id: str, plan: list[Chunk]) -> None:
        self._plans.clear()
        self._plans[job_id] = plan

    def _stitched(self, job: Job, chunks: Sequence[Chunk], indexes: Sequence[int]) -> Translation:
        with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
            parts = list(pool.map(partial(self.files.part, job.id), indexes))
        translation = stitch(
            zip([chunks[index] for index in indexes], parts, strict=True),
            duration=job.duration,
            model=job.request.task(self.default_model).model,
        )
        language = name_of(job.request.target_language)
        return warned(replace(translation, language=language, warnings=job.warnings))

    def _folder(self) -> "tempfile.TemporaryDirectory[str]":
        self.work_folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=self.work_folder, ignore_cleanup_errors=True)


def _need(seconds: float, deadline: Deadline) -> None:
    if deadline.left() < seconds:
        raise TooLittleTime


def _shares(chunks: Sequence[Chunk], duration: int) -> tuple[int, ...]:
    """How much of the audio is behind each chunk when it is done, the silence before it included.

    They add up to the whole, so that progress ends where the audio does.
    """
    ends = [chunk.end for chunk in chunks[:-1]] + ([duration] if chunks else [])
    return tuple(end - start for start, end in zip([0, *ends], ends, strict=False))
