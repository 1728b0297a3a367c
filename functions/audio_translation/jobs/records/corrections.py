"""Corrects what was said in a job's segments: these are translated again, and all laid out anew.

The job's stored translation is written last, but for the table. Until then a correction that was
cut off can be made again as if it had not begun; after it, the next one finds that it was made.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audio_translation.deadline import Deadline
from audio_translation.errors import IdempotencyConflict, InvalidRequest, JobNotFinished, NotFound
from audio_translation.jobs.job import Job, JobStatus, poll_seconds
from audio_translation.jobs.records.correction_request import CorrectionRequest
from audio_translation.jobs.records.job_records import JobRecords
from audio_translation.jobs.storage.correction_table import CorrectionTable
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.transcript import Translation
from audio_translation.translation.direct import Outcome
from audio_translation.translation.warnings import with_untranslated

if TYPE_CHECKING:
    from audio_translation.engines.text_translation import TextTranslation

_SEGMENTS = "segments"


@dataclass(frozen=True)
class Corrections:
    """``texts`` makes the text model; ``records`` is None where no record can be signed."""

    table: CorrectionTable
    files: JobFiles
    texts: "Callable[[], TextTranslation]"
    records: JobRecords | None
    default_model: str

    def correct(self, job: Job, request: CorrectionRequest, deadline: Deadline) -> Job:
        """Return the corrected job. The same request again changes nothing and costs nothing.

        Raises JobNotFinished for a job that has not succeeded, IdempotencyConflict while somebody
        else corrects it, InvalidRequest for segments that have no source text, and what the text
        model fails with; then nothing is changed.
        """
        if job.status is not JobStatus.SUCCEEDED:
            raise _not_succeeded(job)
        begun = self.table.begin(job.id)
        if begun is None:
            raise IdempotencyConflict(
                "This job is being corrected, or was deleted. Try again in a moment.", retry_after=2
            )
        stored: tuple[tuple[str, ...] | None, int | None] = (None, None)
        try:
            stored = self._corrected(begun, request, deadline)
        finally:
            ended = self.table.end(job.id, warnings=stored[0], revision=stored[1])
        if ended is None:
            self.files.delete_all(job.id)
            raise NotFound("The job was deleted meanwhile.")
        return ended

    def _corrected(
        self, job: Job, request: CorrectionRequest, deadline: Deadline
    ) -> tuple[tuple[str, ...] | None, int | None]:
        """Store what the correction makes of the job; return its warnings and its revision.

        None stands for each of them that has not changed.
        """
        before = self.files.translation(job.id)
        changed = _changed(before, request)
        revision = self._revision(job, before)
        if not changed:
            lost = before.warnings != job.warnings or revision != job.revision
            return (before.warnings, revision) if lost else (None, None)
        translation = self._translated(job, before, changed, deadline)
        rendered = Outcome.of(translation, job.request).rendered
        if revision is not None:
            if self.records is None:
                raise InvalidRequest(
                    "The job has a record, and nothing signs a new one: the stack's parameter"
                    " Records is off."
                )
            revision += 1
            self.records.keep(
                job, translation, rendered, revision=revision, corrected=sorted(changed)
            )
        self.files.save_result(job, rendered)
        self.files.save_translation(job.id, translation)
        return translation.warnings, revision

    def _revision(self, job: Job, before: Translation) -> int | None:
        """Return which record the job has: another one than its table says if that was cut off."""
        if job.revision is None or self.records is None:
            return job.revision
        return self.records.revision_of(job, before) or job.revision

    def _translated(
        self, job: Job, before: Translation, changed: dict[int, str], deadline: Deadline
    ) -> Translation:
        said = [
            replace(
                segment,
                text=changed.get(
                    number, segment.text if segment.source is None else segment.source
                ),
                untranslated=False,
            )
            for number, segment in enumerate(before.segments)
        ]
        made = self.texts().translated(
            replace(before, segments=tuple(said)),
            job.request.task(self.default_model),
            deadline=deadline,
            only=changed,
        )
        segments = tuple(
            made.segments[number] if number in changed else segment
            for number, segment in enumerate(before.segments)
        )
        return with_untranslated(replace(before, segments=segments), before)


def _changed(before: Translation, request: CorrectionRequest) -> dict[int, str]:
    """Return the new source texts by the numbers of their segments; raises InvalidRequest."""
    changed: dict[int, str] = {}
    for correction in request.segments:
        if correction.id >= len(before.segments):
            raise InvalidRequest(
                f"segments: There is no segment {correction.id}; the last one is"
                f" {len(before.segments) - 1}.",
                param=_SEGMENTS,
            )
        source = before.segments[correction.id].source
        if source is None:
            raise InvalidRequest(
                f"segments: What was said in segment {correction.id} is not known: only what was"
                " translated in two steps, transcribed and then translated, can be corrected."
                " Include the source in the request for the job.",
                param=_SEGMENTS,
            )
        if correction.source != source.strip():
            changed[correction.id] = correction.source
    return changed


def _not_succeeded(job: Job) -> JobNotFinished:
    if job.status.final:
        return JobNotFinished(
            f"Only a job that has succeeded can be corrected: it is {job.status}."
        )
    return JobNotFinished(
        f"There is nothing to correct yet: the job is {job.status}.",
        retry_after=poll_seconds(job, datetime.now(UTC)),
    )
