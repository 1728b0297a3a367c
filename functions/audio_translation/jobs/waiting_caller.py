"""What a job has made, for callers who wait for it and for those who come back."""

import time
from dataclasses import replace

from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    Internal,
    ModelGone,
    NotFound,
    ProviderTimedOut,
    ServiceError,
)
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.management import JobManagement
from audio_translation.translation.direct import Outcome
from audio_translation.translation.fields.subtitle_rules import SubtitleRules

_LOOK_SECONDS = 0.5


def outcome_of_job(
    job: Job, owner: str, jobs: JobManagement, deadline: Deadline, *, slow: bool
) -> Outcome:
    """Return what the job has made of the request, when it has ended.

    Raises what the job failed with; AudioTooLarge, which names the job, if it has not ended at the
    deadline, and ProviderTimedOut if it is the provider that is ``slow``.
    """
    made = outcome_in_time(job, owner, jobs, deadline)
    if isinstance(made, Job):
        raise _unfinished(made, slow=slow)
    return made


def outcome_in_time(job: Job, owner: str, jobs: JobManagement, deadline: Deadline) -> Outcome | Job:
    """Return what the job has made of the request, or the job if it has not ended by then.

    Raises what the job failed with.
    """
    while True:
        job = jobs.find(job.id, owner)
        if job.status is JobStatus.SUCCEEDED:
            recorded = job.id if job.revision is not None else None
            return replace(Outcome.of(jobs.translation(job), job.request), job_id=recorded)
        if job.status.final:
            raise _failure(job)
        if deadline.left() <= _LOOK_SECONDS:
            return job
        time.sleep(_LOOK_SECONDS)


def laid_out(
    job: Job,
    jobs: JobManagement,
    response_format: ResponseFormat | None = None,
    subtitles: SubtitleRules | None = None,
) -> Outcome:
    """Return a job's text in a format, laid out by rules; nobody is asked or paid again.

    What is not given is the job's own. Raises what ``JobManagement.translation`` does, and
    InvalidRequest if the rules contradict the job's.
    """
    stored, asked = jobs.translation(job), job.request
    changed = {
        "response_format": response_format or asked.response_format,
        "subtitles": subtitles.over(asked.subtitles) if subtitles else asked.subtitles,
    }
    return Outcome.of(stored, asked.model_copy(update=changed))


def _unfinished(job: Job, *, slow: bool) -> ServiceError:
    goes_on = f"Its translation goes on as a job: GET /jobs/{job.id}."
    if slow:
        return ProviderTimedOut(f"The provider did not answer in time. {goes_on}")
    return AudioTooLarge(
        f"This recording takes longer than a request may. {goes_on} Send recordings of this length"
        " to POST /uploads.",
        param="file",
    )


def _failure(job: Job) -> ServiceError:
    """Return what a job failed with, as the error that it was."""
    if job.error is None:
        return NotFound("The job of this request was deleted before it had ended.")
    message, code, param = job.error["message"], job.error["code"], job.error["param"]
    if code == ModelGone.code and param == "model":
        return ModelGone(message, param="model")
    kinds = {kind.code: kind for kind in reversed(ServiceError.__subclasses__())}
    return kinds.get(code, Internal)(message, param=param)
