"""One turn of a job: from its audio to the translation, or as much of it as there is time for."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.jobs.job import Job
from audio_translation.jobs.steps.job_results import JobResults
from audio_translation.jobs.steps.job_source import JobSource
from audio_translation.jobs.steps.job_watch import JobOver, JobWatch
from audio_translation.jobs.steps.retries import pause_before_retry
from audio_translation.jobs.storage.job_files import JobParts
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.translation.cost.cost_limits import CostLimits
from audio_translation.translation.kept.kept_answers import Asked, KeptAnswers
from audio_translation.translation.pipeline import Pipeline
from audio_translation.translation.stitching import Finished


@dataclass(frozen=True)
class Turn:
    """A turn after which nothing is left to translate.

    ``answer``: the key under which the translation is kept for later requests, None if it is not.
    """

    finished: Finished
    answer: str | None


@dataclass(frozen=True)
class JobTurn:
    """The same run that a request makes, whose parts are kept as the job's."""

    table: JobTable
    source: JobSource
    kept: KeptAnswers
    pipeline: Pipeline
    results: JobResults
    work_folder: Path
    default_model: str
    costs: CostLimits

    def run(self, job: Job, parts: JobParts, deadline: Deadline) -> Turn:
        """Translate what is not translated, and keep it for later requests.

        Audio that is not begun is answered from what is kept, if there is such. Raises what
        fetching, decoding and engines raise, and what ``JobWatch`` does.
        """
        self.work_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.work_folder, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            audio, storing = self.source.fetch(job, folder, deadline)
            try:
                turn = self._translated(job, audio, parts, folder, deadline)
                self.results.note_heard(job, audio, deadline)
                return turn
            except Exception as error:
                if isinstance(error, JobOver) or pause_before_retry(error, 1) is None:
                    audio.cancel()  # there is no next turn
                raise
            finally:
                with suppress(TimeoutError):  # the next turn stores it
                    storing.result(timeout=max(1.0, deadline.left()))
                audio.cancel()

    def _translated(
        self, job: Job, audio: Audio, parts: JobParts, folder: Path, deadline: Deadline
    ) -> Turn:
        asked = Asked(job.owner, job.request.task(self.default_model), job.request.cache)
        kept = self.kept.find(audio, asked, deadline) if parts.are_none() else None
        if kept:
            return Turn(Finished(kept.translation, (), 0.0), kept.key)
        watch = JobWatch(job.id, self.table, parts, self.pipeline.call_seconds, deadline)
        most = job.request.max_cost_usd
        before = self.costs.paid_for(parts.all()) if self.costs.is_bounded(most) else 0.0
        with self.costs.spending(asked.task, job.owner, most=most, before=before) as money:
            finished = money.limited(self.pipeline).run(
                audio,
                asked.task,
                store=parts,
                watch=money.watching(watch),
                folder=folder,
                deadline=deadline,
            )
        return Turn(finished, self.kept.keep(audio, asked, finished.translation, deadline))
