"""Puts the service together, once per sandbox; the only place with lazy imports.

What a request may not need, or needs only after the audio is there, is imported and made when it
is first asked for: ``openai`` takes longer to import than everything else together, so that
happens in a thread while the audio downloads.
"""

import functools
import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audio_translation.adapter_bootstrap import Adapters
from audio_translation.adapters import lazy_media
from audio_translation.adapters.telemetry import Telemetry
from audio_translation.domain.audio import Audio, SentFile
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine
from audio_translation.domain.errors import (
    Internal,
    InvalidRequest,
    NeedsJob,
    ServiceError,
)
from audio_translation.domain.job import Job, fits_a_request
from audio_translation.domain.models import offered, price_per_minute
from audio_translation.domain.request import TranslationOptions, TranslationRequest
from audio_translation.domain.upload_request import UploadRequest
from audio_translation.settings import Settings
from audio_translation.usecases.jobs import Jobs, PreparedUpload, translate_or_submit
from audio_translation.usecases.second_look import SecondLook
from audio_translation.usecases.translate import (
    Check,
    Fetch,
    Outcome,
    dated_key,
    only_direct,
    translate,
)
from audio_translation.usecases.translate_file import submit_file, translate_or_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from audio_translation.adapters.idempotency import Answer

_RESERVE_SECONDS = 1.0
"""Kept back from the time that Lambda leaves us, to answer in."""
_JOB_RESERVE_SECONDS = 2.0
"""The same where the answer may become a job, which takes a new connection or two."""


@functools.cache
def service() -> "Service":
    """The sandbox's one service, made at its first request."""
    return Service(Settings.from_environment(os.environ))


class Service:
    """Settings, telemetry and adapters, and the use cases with all of that filled in."""

    def __init__(self, settings: Settings) -> None:
        self.telemetry = Telemetry()
        self._settings = settings
        self._adapters = Adapters(settings)
        self._engine: Future[Engine] | None = None
        shutil.rmtree(settings.work_folder, ignore_errors=True)  # a crash may have left files
        settings.work_folder.mkdir(parents=True, mode=0o700)

    def translate(
        self, request: TranslationRequest, *, request_id: str, seconds_left: float
    ) -> Outcome:
        """Translate, log and count; ``seconds_left`` is what the invocation has.

        Raises ServiceError and nothing else.
        """
        if request.callback_url:
            raise InvalidRequest(
                "callbackUrl is for jobs, and here nothing becomes one: leave it out.",
                param="callbackUrl",
            )
        left = seconds_left - _RESERVE_SECONDS
        return self._translate_url(request, request_id, left, only_direct)

    def answer(
        self,
        request: TranslationRequest,
        *,
        owner: str,
        respond_async: bool,
        request_id: str,
        seconds_left: float,
    ) -> Outcome | Job:
        """Translate, or make a job whose id is the request's; log and count."""
        if not self._settings.job_function:
            return self.translate(request, request_id=request_id, seconds_left=seconds_left)
        left = seconds_left - _JOB_RESERVE_SECONDS
        return translate_or_submit(
            request,
            respond_async=respond_async,
            translate=lambda: self._translate_url(request, request_id, left, self._fits_a_request),
            submit=lambda: self._submit(request, request_id, owner),
        )

    def answer_file(
        self,
        options: TranslationOptions,
        file: SentFile,
        *,
        owner: str,
        request_id: str,
        by: Deadline,
    ) -> Outcome:
        """Translate a file that was sent, by a job inside if it must be; log and count."""
        by = by.sooner(by.left() - _JOB_RESERVE_SECONDS)

        def direct(check: Check) -> Outcome:
            return self._translate(
                options,
                request_id,
                by.left(),
                check,
                fetch=lambda folder, _: file.fetch(folder),
                url="sent",
            )

        def submit() -> Job:
            job = submit_file(self.jobs, options, file, job_id=request_id, owner=owner)
            self.telemetry.submitted("sent")
            return job

        if not self._settings.job_function:
            return direct(only_direct)
        return translate_or_wait(
            translate=lambda: direct(self._fits_a_request),
            submit=submit,
            find=lambda job_id: self.jobs.find(job_id, owner),
            translation=self.jobs.translation,
            deadline=by,
        )

    @property
    def models(self) -> list[str]:
        """The models that a request may name."""
        configured = (self._settings.default_model, self._settings.transcription_model)
        return offered(configured, datetime.now(UTC).date())

    def model_asked(self, request: TranslationOptions) -> str:
        """Return the model that a request names, or the one for requests that name none."""
        return request.model or self._settings.default_model

    def once(
        self,
        key: str,
        request: TranslationOptions,
        answer: "Callable[[], Answer]",
        context: "LambdaContext",
    ) -> "Answer":
        """Return the first answer to an idempotency key; raises IdempotencyConflict, too."""
        if not self._settings.job_table:
            raise InvalidRequest(
                "This service remembers no Idempotency-Key: leave it out.", param="Idempotency-Key"
            )
        return self._adapters.first_answers.once(key, request.model_dump_json(), answer, context)

    @property
    def jobs(self) -> Jobs:
        """What callers do with their jobs; raises NotFound where there are none."""
        return self._adapters.jobs

    def prepare(self, request: UploadRequest, *, owner: str) -> PreparedUpload:
        """Make a job that waits for its audio; count it."""
        self._adapters.check_callback(request.callback_url)
        prepared = self.jobs.prepare(request, owner=owner)
        self.telemetry.submitted(prepared.upload.url)
        return prepared

    def _submit(self, request: TranslationRequest, request_id: str, owner: str) -> Job:
        self._adapters.check_audio_url(request.audio_file_url)
        self._adapters.check_callback(request.callback_url)
        job = self.jobs.submit(request, job_id=request_id, owner=owner)
        self.telemetry.submitted(request.audio_file_url)
        return job

    def _translate_url(
        self, request: TranslationRequest, request_id: str, seconds_left: float, check: Check
    ) -> Outcome:
        url = request.audio_file_url
        fetch = functools.partial(self._adapters.fetch, url)
        return self._translate(request, request_id, seconds_left, check, fetch=fetch, url=url)

    def _translate(
        self,
        request: TranslationOptions,
        request_id: str,
        seconds_left: float,
        check: Check,
        *,
        fetch: Fetch,
        url: str,
    ) -> Outcome:
        try:
            outcome = self._translated(request, request_id, seconds_left, check, fetch)
        except (NeedsJob, ServiceError):
            raise
        except Exception as error:
            raise self._internal(error) from error
        price = price_per_minute(outcome.model, self._settings.price_per_minute_usd)
        self.telemetry.translated(
            url,
            audio_time=outcome.audio_time,
            provider_time=outcome.provider_time,
            dollars=outcome.audio_time / 60_000 * price,
            untranslated=outcome.untranslated,
            model=outcome.model,
        )
        if outcome.source_error:
            self.telemetry.source_not_saved(outcome.source_error)
        return outcome

    def failed(self, error: Exception) -> ServiceError:
        """Log and count what a caller is going to be told."""
        known = error if isinstance(error, ServiceError) else self._internal(error)
        self.telemetry.failed(known)
        return known

    def _internal(self, error: Exception) -> Internal:
        self.telemetry.crashed(error)
        return Internal("Something went wrong on our side. The log has it under the request id.")

    def _translated(
        self,
        request: TranslationOptions,
        request_id: str,
        seconds_left: float,
        check: Check,
        fetch: Fetch,
    ) -> Outcome:
        engine = self._begin_engine()
        return translate(
            request,
            fetch=fetch,
            check=check,
            engine=engine.result,
            second_look=SecondLook(_is_foreign, lambda: lazy_media, self.telemetry.crashed),
            save=self._adapters.save,
            work_folder=self._settings.work_folder,
            default_model=self._settings.default_model,
            source_key=dated_key(self._settings.audio_folder, datetime.now(UTC).date(), request_id),
            deadline=Deadline.after(seconds_left),
        )

    def warm_up(self) -> None:
        """Import and make everything that needs no secret, for a snapshot."""
        self._begin_engine().result()
        _is_foreign("Hello.", "en")
        self._adapters.warm_up()

    def _begin_engine(self) -> "Future[Engine]":
        """Start making the engine in a thread unless that was done, and did not fail, before."""
        if self._engine is None or (self._engine.done() and self._engine.exception()):
            pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
            self._engine = pool.submit(self._make_engine)
            pool.shutdown(wait=False)
        return self._engine

    def _make_engine(self) -> Engine:
        from audio_translation.engine_bootstrap import make_engine

        return make_engine(
            self._settings,
            ssm=self._adapters.aws.ssm,
            media=lazy_media,
            took_over=self.telemetry.successor_served,
        )

    def _fits_a_request(self, audio: Audio) -> None:
        from audio_translation.adapters.duration import duration

        if not fits_a_request(
            audio,
            duration(audio.path),
            max_bytes=self._settings.provider_max_audio_bytes,
            max_duration=self._settings.direct_max_seconds * 1000,
        ):
            raise NeedsJob(f"{audio.size} bytes of {audio.type.extension} are more than one call.")


def _is_foreign(text: str, target: str) -> bool:
    from audio_translation.adapters.language import is_foreign

    return is_foreign(text, target)
