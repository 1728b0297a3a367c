"""Whether a request is answered at once or becomes a job."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audio_translation.audio.arriving_file import wait_for, with_type
from audio_translation.aws.save_source import safe_name
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import AudioSource, AudioUrl, SentFile
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    InvalidRequest,
    ProviderTimedOut,
    ServiceError,
)
from audio_translation.jobs.job import Job
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.stack_defaults import StackDefaults
from audio_translation.jobs.storage.job_files import JobFiles, JobParts, JobSourceFile
from audio_translation.jobs.waiting_caller import outcome_in_time, outcome_of_job
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.direct_estimate import NotInTime
from audio_translation.translation.request import TranslationOptions, TranslationRequest

if TYPE_CHECKING:
    from audio_translation.download.download import Download

_RESERVE_SECONDS = 1.0
"""Kept back from the invocation's time to send the answer."""
_JOB_RESERVE_SECONDS = 2.0
"""The same where a job may have to be made, which takes new connections to AWS."""
_STORING_SECONDS = 4.0
"""What it takes to store the audio for it: at most ``MaxAudioBytes``."""


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

    A job that takes over from a request gets its audio and what is translated of it. Without
    ``jobs`` everything is direct or fails.
    """

    direct: DirectTranslation
    jobs: JobManagement | None
    download: "Download"
    telemetry: Telemetry
    work_folder: Path
    defaults: StackDefaults = field(default_factory=StackDefaults)

    def translate(
        self, request: TranslationRequest, caller: Caller, *, respond_async: bool
    ) -> Outcome | Job:
        """Return the translation, or a job whose id is the request's.

        A job is made when the caller asks for one or for a record, when the audio is more than one
        request translates, and when downloading or translating takes longer than the request has
        time. One that ends while the caller waits is answered as what it has made. Raises
        ServiceError.
        """
        request = self.defaults.applied(request)
        source = AudioUrl(request.audio_file_url, self.download)
        with self._folder() as folder:
            if self.jobs is None:
                return self._without_jobs(request, source, folder, caller)
            if respond_async or request.callback_url:
                return self._submit(request, caller, self.jobs)
            if request.record:
                return self._awaited(self._submit(request, caller, self.jobs), caller, self.jobs)
            try:
                return self._direct(request, source, folder, caller, _JOB_RESERVE_SECONDS)
            except NotInTime as late:
                return self._submit(request, caller, self.jobs, late)
            except AudioTooLarge:
                pass
            except AudioNotRetrievable as error:
                if not error.slow:
                    raise
            return self._submit(request, caller, self.jobs)

    def translate_file(
        self, options: TranslationOptions, file: SentFile, caller: Caller
    ) -> Outcome:
        """Return the translation of a file that was sent, by a job inside if it must be.

        OpenAI's contract is one request and its answer. Raises what the job failed with;
        AudioTooLarge, which names the job, if the recording is too long for a request, and
        ProviderTimedOut if it is the provider that is slow.
        """
        options = self.defaults.applied(options)
        with self._folder() as folder:
            try:
                if options.record:
                    raise self._for_a_job(file, folder, caller)
                return self._direct(options, file, folder, caller, _JOB_RESERVE_SECONDS)
            except NotInTime as late:
                slow = isinstance(late.reason, ProviderTimedOut)
                if self.jobs is None or (slow and not late.parts):
                    raise late.reason from None
                job = self._submit_sent(late, options, caller, self.jobs)
        deadline = caller.before(_JOB_RESERVE_SECONDS)
        return outcome_of_job(job, caller.owner, self.jobs, deadline, slow=slow)

    def translate_sent(
        self, options: TranslationOptions, file: SentFile, caller: Caller, *, respond_async: bool
    ) -> Outcome | Job:
        """Return what ``translate`` does, for a file that was sent. Raises ServiceError."""
        options = self.defaults.applied(options)
        with self._folder() as folder:
            if self.jobs is None:
                return self._without_jobs(options, file, folder, caller)
            waits = not (respond_async or options.callback_url)
            if options.record or not waits:
                asked = self._for_a_job(file, folder, caller)
                job = self._submit_sent(asked, options, caller, self.jobs)
                return self._awaited(job, caller, self.jobs) if waits else job
            try:
                return self._direct(options, file, folder, caller, _JOB_RESERVE_SECONDS)
            except NotInTime as late:
                return self._submit_sent(late, options, caller, self.jobs)

    def _for_a_job(self, file: SentFile, folder: Path, caller: Caller) -> NotInTime:
        """Return the exception with which a file that was sent becomes a job at once."""
        deadline = caller.before(_JOB_RESERVE_SECONDS)
        audio = with_type(file.fetch(folder, deadline), deadline)
        return NotInTime(Internal("A job was asked for."), audio, file.name)

    def _awaited(self, job: Job, caller: Caller, jobs: JobManagement) -> Outcome | Job:
        deadline = caller.before(_JOB_RESERVE_SECONDS)
        return outcome_in_time(job, caller.owner, jobs, deadline)

    def _without_jobs(
        self, options: TranslationOptions, source: AudioSource, folder: Path, caller: Caller
    ) -> Outcome:
        if options.callback_url:
            raise InvalidRequest(
                "callbackUrl is for jobs, and here nothing becomes one: leave it out.",
                param="callbackUrl",
            )
        return self._direct(options, source, folder, caller, _RESERVE_SECONDS)

    def language_of_file(self, file: SentFile, caller: Caller) -> tuple[str, float] | None:
        """Return the language spoken in a file that was sent, see ``DirectTranslation.language``.

        Raises ServiceError.
        """
        with self._folder() as folder:
            deadline = caller.before(_RESERVE_SECONDS)
            owner = caller.owner
            return self.direct.language(file, owner=owner, folder=folder, deadline=deadline)

    def _direct(
        self,
        request: TranslationOptions,
        source: AudioSource,
        folder: Path,
        caller: Caller,
        reserve_seconds: float,
    ) -> Outcome:
        return self.direct.translate(
            request,
            source,
            owner=caller.owner,
            folder=folder,
            request_id=caller.request_id,
            deadline=caller.before(reserve_seconds),
        )

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.work_folder, ignore_cleanup_errors=True) as path:
            yield Path(path)

    def _hand_over(self, late: NotInTime, caller: Caller, files: JobFiles) -> None:
        """Store the audio and what is translated for the job; without them it does all again.

        Nothing is stored of audio that does not arrive in time: the job may fetch another file.
        """
        job_id, audio = caller.request_id, late.audio
        name = safe_name(late.name, audio.type.extension)
        try:
            wait_for(audio, caller.before(_JOB_RESERVE_SECONDS + _STORING_SECONDS))
            files.parts(job_id).keep_all(late.parts, late.notes)
            files.keep_audio(job_id, name, audio.path, audio.type.mime)
        except (AudioTooLarge, AudioNotRetrievable):
            pass
        except (ServiceError, OSError) as error:
            self.telemetry.crashed(error)
        finally:
            audio.cancel()

    def _submit(
        self,
        request: TranslationRequest,
        caller: Caller,
        jobs: JobManagement,
        late: NotInTime | None = None,
    ) -> Job:
        """Make a job, which takes over from ``late``; nothing is stored for one that is refused."""
        self.download.check_audio_url(request.audio_file_url)
        self.download.check_callback_url(request.callback_url)
        if late is not None:
            self._hand_over(late, caller, jobs.files)
        job = jobs.submit(request, job_id=caller.request_id, owner=caller.owner)
        self.telemetry.submitted(request.audio_file_url)
        return job

    def _submit_sent(
        self, late: NotInTime, options: TranslationOptions, caller: Caller, jobs: JobManagement
    ) -> Job:
        """Make a job of a file that was sent, and hand it what is translated."""
        self.download.check_callback_url(options.callback_url)
        name = safe_name(late.name, late.audio.type.extension)
        source = jobs.files.source(caller.request_id, name)
        fields = options.model_dump(by_alias=True) | {"audioFileUrl": source.url}
        _store(late, source, jobs.files.parts(caller.request_id))
        request = TranslationRequest.model_validate(fields)
        job = jobs.submit(
            request, job_id=caller.request_id, owner=caller.owner, file_name=late.name or None
        )
        self.telemetry.submitted("sent")
        return job


def _store(late: NotInTime, source: JobSourceFile, parts: JobParts) -> None:
    """Store a file that was sent, and what is translated of it, for its job."""
    with late.audio.path.open("rb") as file:
        source.save(file, late.audio.type.mime)
    parts.keep_all(late.parts, late.notes)
