"""OpenAI's contract is one request and its answer: what needs a job waits for it inside."""

import time
from collections.abc import Callable
from io import BytesIO

from audio_translation.domain.audio import SentFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.errors import (
    AudioTooLarge,
    Internal,
    ModelGone,
    NeedsJob,
    NotFound,
    ProviderTimedOut,
    ServiceError,
)
from audio_translation.domain.job import Job, JobStatus, source_key
from audio_translation.domain.rendering import render
from audio_translation.domain.request import TranslationOptions, TranslationRequest
from audio_translation.domain.sniff import sniff
from audio_translation.domain.transcript import Translation
from audio_translation.usecases.jobs import Jobs
from audio_translation.usecases.translate import Outcome, safe_name

_LOOK_SECONDS = 0.5


def translate_or_wait(
    *,
    translate: Callable[[], Outcome],
    submit: Callable[[], Job],
    find: Callable[[str], Job],
    translation: Callable[[Job], Translation],
    deadline: Deadline,
) -> Outcome:
    """Translate at once if that can be had, else make a job and wait until it has ended.

    Raises what the job failed with; AudioTooLarge, which names the job, if it is not done in time.
    """
    try:
        return translate()
    except (NeedsJob, AudioTooLarge, ProviderTimedOut):
        job = submit()
    while True:
        job = find(job.id)
        if job.status is JobStatus.SUCCEEDED:
            return _outcome(job, translation(job))
        if job.status.final:
            raise _failure(job)
        if deadline.left() <= _LOOK_SECONDS:
            raise AudioTooLarge(
                "This recording takes longer than a request may. Its translation goes on as a job:"
                f" GET /jobs/{job.id}. Send recordings of this length to POST /uploads.",
                param="file",
            )
        time.sleep(_LOOK_SECONDS)


def _outcome(job: Job, translation: Translation) -> Outcome:
    request = job.request
    return Outcome(
        rendered=render(translation, request.response_format, with_source=request.with_source),
        model=translation.model,
        audio_time=translation.duration,
        provider_time=0,
        source_location=None,
        source_error=None,
        untranslated=translation.untranslated,
    )


def submit_file(
    jobs: Jobs, options: TranslationOptions, file: SentFile, *, job_id: str, owner: str
) -> Job:
    """Keep a file, make its job and start it."""
    kind = sniff(BytesIO(file.content))
    key = source_key(job_id, safe_name(file.name, kind.extension))
    jobs.files.save(key, file.content, mime=kind.mime)
    fields = options.model_dump(by_alias=True) | {"audioFileUrl": jobs.files.url(key)}
    return jobs.submit(TranslationRequest.model_validate(fields), job_id=job_id, owner=owner)


def _failure(job: Job) -> ServiceError:
    """What a job failed with, as the error that it was."""
    if job.error is None:
        return NotFound("The job of this request was deleted before it had ended.")
    message, code = job.error["message"], job.error["code"]
    if code == ModelGone.code and job.error["param"] == "model":
        return ModelGone(message, param="model")
    kinds = {kind.code: kind for kind in reversed(ServiceError.__subclasses__())}
    return kinds.get(code, Internal)(message, param=job.error["param"])
