"""A job, step by step: split the audio, translate each chunk, stitch.

Every step may be run again after a crash, and then does only what is not done yet: what a step
has made lies in the bucket under a key that follows from the job, and the disk may be empty again
at any step. What the steps return is small, because it is kept with the execution.
"""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from audio_translation.domain.audio import Decoded, FetchedFile
from audio_translation.domain.chunking import Chunk, plan
from audio_translation.domain.containers import FLAC
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import AudioTooLarge, Internal, UnsupportedAudio
from audio_translation.domain.job import (
    Job,
    JobStatus,
    chunk_key,
    part_key,
    plan_key,
    result_key,
    translation_key,
)
from audio_translation.domain.languages import name_of
from audio_translation.domain.media import Media
from audio_translation.domain.rendering import render
from audio_translation.domain.silence import speech_spans
from audio_translation.domain.stitching import stitch
from audio_translation.domain.transcript import Translation, from_json, to_json, warned
from audio_translation.usecases.beside import Beside
from audio_translation.usecases.effects import JobFiles, JobTable
from audio_translation.usecases.translate_chunk import TranslateChunk

_TRANSFERS = 8
_SPLIT_SECONDS = 300.0
_STITCH_SECONDS = 60.0
_PLAN = TypeAdapter(list[Chunk])


class TooLittleTime(Exception):
    """The invocation is about to end; the step has done nothing and wants to run in the next."""


@dataclass(frozen=True)
class Limits:
    """Settings of a job; times are in integer milliseconds unless named otherwise."""

    max_duration: int
    chunk_target: int
    chunk_limit: int
    call_seconds: float
    """What one chunk gets, calls that are tried again included."""


@dataclass(frozen=True)
class RunJob:
    """The steps, with all that they need. Safe to call from several threads."""

    table: JobTable
    files: JobFiles
    media: Media
    fetch: Callable[[Job, Path, Deadline], FetchedFile]
    keep_source: Callable[[FetchedFile, Job], None]
    translate: TranslateChunk
    beside: Beside
    ended: Callable[[Job, int], None]
    """Hears of a job's end, and how many of its segments are still in the language spoken."""
    work_folder: Path
    default_model: str
    limits: Limits
    _plans: dict[str, list[Chunk]] = field(default_factory=dict, init=False)
    """The plan of the latest job, which does not change: every chunk needs it."""

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
            folder = Path(name)
            fetched = self.fetch(job, folder, deadline)
            if job.request.save_source:
                self.keep_source(fetched, job)
            decoded = self._decoded(fetched, folder, deadline)
            duration = decoded.info.duration
            chunks = plan(
                speech_spans(decoded.levels, duration),
                duration=duration,
                target=self.limits.chunk_target,
                limit=self.limits.chunk_limit,
            )
            self._store_chunks(job_id, decoded.pcm, chunks, folder)
        self.files.write(plan_key(job_id), _PLAN.dump_json(chunks), "application/json")
        self._keep_plan(job_id, chunks)
        shares = _shares(chunks, duration)
        warnings = decoded.info.warnings
        known = self.table.split(
            job_id, duration=duration, chunk_durations=shares, warnings=warnings
        )
        if known is None:
            stored = [chunk_key(job_id, index) for index in range(len(chunks))]
            self._clear_if_deleted(job_id, [*stored, plan_key(job_id)])
            return None
        return len(chunks)

    def translate_chunk(self, job_id: str, index: int, deadline: Deadline) -> None:
        """Have one chunk translated, unless that is done already or the job is over.

        Raises TooLittleTime, and what TranslateChunk raises.
        """
        job = self._running(job_id)
        if job is None:
            return
        if self.files.read(part_key(job_id, index)) is None:
            _need(self.limits.call_seconds, deadline)
            self._store(part_key(job_id, index), self._translated(job, index, deadline))
        if self.table.chunk_done(job_id, index) is None:  # the job has ended meanwhile
            self.files.delete(part_key(job_id, index))

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
        self._store(translation_key(job_id), translation)
        response_format, with_source = job.request.response_format, job.request.with_source
        rendered = render(translation, response_format, with_source=with_source)
        self.files.write(
            result_key(job_id, response_format.extension),
            rendered.text.encode(),
            rendered.content_type,
        )
        if job.upload:
            self.beside.translated(job.upload, translation, with_source=with_source)
        succeeded = self.table.succeed(job_id, model=translation.model)
        if succeeded is None:
            result = result_key(job_id, response_format.extension)
            self._clear_if_deleted(job_id, [translation_key(job_id), result])
        self._end(succeeded, translation.untranslated)

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
            self._store(translation_key(job_id), translation)
            untranslated, model = translation.untranslated, translation.model
        if job.upload:
            with suppress(Internal):  # a bucket that takes nothing, which may be the error itself
                self.beside.failed(job.upload, error)
        partial = bool(job.chunks_done)
        failed = self.table.fail(job_id, error, partial=partial, model=model)
        if failed is None:
            self._clear_if_deleted(job_id, [translation_key(job_id)])
        self._end(failed, untranslated)

    def give_up(self, job_id: str, error: dict[str, Any]) -> None:
        """End the job with OpenAI's error object and nothing else."""
        self._end(self.table.fail(job_id, error, partial=False, model=None), 0)

    def _clear_if_deleted(self, job_id: str, keys: Sequence[str]) -> None:
        """Delete what a step has stored of a job whose other objects were deleted meanwhile."""
        job = self.table.find(job_id)
        if job is None or job.status is JobStatus.CANCELLED:
            with ThreadPoolExecutor(_TRANSFERS) as pool:
                list(pool.map(self.files.delete, keys))

    def _end(self, job: Job | None, untranslated: int) -> None:
        if job is not None:
            self.ended(job, untranslated)

    def _translated(self, job: Job, index: int, deadline: Deadline) -> Translation:
        deadline = deadline.sooner(self.limits.call_seconds)
        chunk, task = self._plan(job.id)[index], job.request.task(self.default_model)
        with self._folder() as name:
            path = Path(name) / f"chunk.{FLAC.extension}"
            self.files.download(chunk_key(job.id, index), path)
            return self.translate(chunk, path, task, deadline)

    def _decoded(self, fetched: FetchedFile, folder: Path, deadline: Deadline) -> Decoded:
        longest = self.limits.max_duration
        try:
            return self.media.decode(fetched.path, folder, max_duration=longest, deadline=deadline)
        except (UnsupportedAudio, AudioTooLarge) as error:
            error.param = error.param or "audioFileUrl"
            raise

    def _store_chunks(self, job_id: str, pcm: Path, chunks: Sequence[Chunk], folder: Path) -> None:
        def store(index: int) -> None:
            path = folder / f"{index}.{FLAC.extension}"
            chunk = chunks[index]
            audio = self.media.cut(pcm, chunk.start, chunk.end, path)
            self.files.upload(path, chunk_key(job_id, index), audio.type.mime)
            path.unlink()

        with ThreadPoolExecutor(_TRANSFERS) as pool:
            list(pool.map(store, range(len(chunks))))

    def _running(self, job_id: str) -> Job | None:
        job = self.table.find(job_id)
        return job if job is not None and job.status is JobStatus.RUNNING else None

    def _plan(self, job_id: str) -> list[Chunk]:
        plan = self._plans.get(job_id)
        if plan is None:
            plan = _PLAN.validate_json(self._stored(plan_key(job_id)))
            self._keep_plan(job_id, plan)
        return plan

    def _keep_plan(self, job_id: str, plan: list[Chunk]) -> None:
        self._plans.clear()
        self._plans[job_id] = plan

    def _stitched(self, job: Job, chunks: Sequence[Chunk], indexes: Sequence[int]) -> Translation:
        def part(index: int) -> Translation:
            return from_json(self._stored(part_key(job.id, index)))

        with ThreadPoolExecutor(_TRANSFERS) as pool:
            parts = list(pool.map(part, indexes))
        translation = stitch(
            zip([chunks[index] for index in indexes], parts, strict=True),
            duration=job.duration,
            model=job.request.task(self.default_model).model,
        )
        language = name_of(job.request.target_language)
        return warned(replace(translation, language=language, warnings=job.warnings))

    def _store(self, key: str, translation: Translation) -> None:
        self.files.write(key, to_json(translation).encode(), "application/json")

    def _stored(self, key: str) -> bytes:
        content = self.files.read(key)
        if content is None:
            raise LookupError(f"{key} is gone")
        return content

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
