"""Whether a request is answered at once or becomes a job."""

import time
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from audio_translation.audio.type_detection.file_type import sniff
from audio_translation.aws.save_source import safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioUrl, SentFile
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    InvalidRequest,
    ModelGone,
    NeedsJob,
    NotFound,
    ProviderTimedOut,
    ServiceError,
)
from audio_translation.formats.render import render
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.management import JobManagement
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.request import TranslationOptions, TranslationRequest

if TYPE_CHECKING:
    from audio_translation.download.download import Download

_RESERVE_SECONDS = 1.0
"""Kept back from the invocation's time to send the answer."""
_JOB_RESERVE_SECONDS = 2.0
"""The same where a job may have to be made, which takes new connections to AWS."""
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Caller:
    """Who asks, under which request id, and by when Lambda ends the invocation."""

    owner: str
    request_id: str
    deadline: Deadline

    def before(self, reserve_seconds: float) -> Deadline:
        """Return the deadline less what is kept back to answer in."""
        return self.deadline.sooner(self.deadline.left() - reserve_seconds)


@dataclass(frozen=True)
class DirectOrJob:
    """Translates while the caller waits if that can be had, else makes a job.

    Without ``jobs`` everything is direct or fails.
    """

    direct: DirectTranslation
    jobs: JobManagement | None
    download: "Download"
    telemetry: Telemetry

    def translate(
        self, request: TranslationRequest, caller: Caller, *, respond_async: bool
    ) -> Outcome | Job:
        """Return the translation, or a job whose id is the request's.

        A job is made when the caller asks for one, when the audio is more than one request
        translates, and when downloading or translating takes longer than the request has time.
        Raises ServiceError.
        """
        source = AudioUrl(request.audio_file_url, self.download)
        if self.jobs is None:
            if request.callback_url:
                raise InvalidRequest(
                    "callbackUrl is for jobs, and here nothing becomes one: leave it out.",
                    param="callbackUrl",
                )
            deadline = caller.before(_RESERVE_SECONDS)
            return self.direct.translate(
                request, source, request_id=caller.request_id, deadline=deadline
            )
        if respond_async or request.callback_url:
            return self._submit(request, caller, self.jobs)
        deadline = caller.before(_JOB_RESERVE_SECONDS)
        try:
            return self.direct.translate(
                request, source, request_id=caller.request_id, deadline=deadline
            )
        except (NeedsJob, AudioTooLarge, ProviderTimedOut):
            return self._submit(request, caller, self.jobs)
        except AudioNotRetrievable as error:
            if not error.slow:
                raise
            return self._submit(request, caller, self.jobs)

    def translate_file(
        self, options: TranslationOptions, file: SentFile, caller: Caller
    ) -> Outcome:
        """Return the translation of a file that was sent, by a job inside if it must be.

        OpenAI's contract is one request and its answer. Raises what the job failed with;
        AudioTooLarge, which names the job, if it is not done in time.
        """
        deadline = caller.before(_JOB_RESERVE_SECONDS)
        try:
            return self.direct.translate(
                options, file, request_id=caller.request_id, deadline=deadline
            )
        except (NeedsJob, AudioTooLarge, ProviderTimedOut):
            if self.jobs is None:
                raise
        job = self._submit_file(options, file, caller, self.jobs)
        return self._waited(job, caller.owner, self.jobs, deadline)

    def _submit(self, request: TranslationRequest, caller: Caller, jobs: JobManagement) -> Job:
        self.download.check_audio_url(request.audio_file_url)
        self.download.check_callback_url(request.callback_url)
        job = jobs.submit(request, job_id=caller.request_id, owner=caller.owner)
        self.telemetry.submitted(request.audio_file_url)
        return job

    def _submit_file(
        self, options: TranslationOptions, file: SentFile, caller: Caller, jobs: JobManagement
    ) -> Job:
        """Keep the file in the stack's bucket, make its job and start it."""
        kind = sniff(BytesIO(file.content))
        source = jobs.files.source(caller.request_id, safe_name(file.name, kind.extension))
        source.save(file.content, kind.mime)
        fields = options.model_dump(by_alias=True) | {"audioFileUrl": source.url}
        request = TranslationRequest.model_validate(fields)
        job = jobs.submit(request, job_id=caller.request_id, owner=caller.owner)
        self.telemetry.submitted(file.log_name)
        return job

    def _waited(self, job: Job, owner: str, jobs: JobManagement, deadline: Deadline) -> Outcome:
        while True:
            job = jobs.find(job.id, owner)
            if job.status is JobStatus.SUCCEEDED:
                return _outcome(job, jobs)
            if job.status.final:
                raise _failure(job)
            if deadline.left() <= _LOOK_SECONDS:
                raise AudioTooLarge(
                    "This recording takes longer than a request may. Its translation goes on as a"
                    f" job: GET /jobs/{job.id}. Send recordings of this length to POST /uploads.",
                    param="file",
                )
            time.sleep(_LOOK_SECONDS)


def _outcome(job: Job, jobs: JobManagement) -> Outcome:
    translation, request = jobs.translation(job), job.request
    return Outcome(
        render(translation, request.response_format, with_source=request.with_source),
        model=translation.model,
        untranslated_segments=translation.untranslated_segments,
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
