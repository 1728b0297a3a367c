"""What can go wrong, one class for each code of the service.

    AudioTranslateError
    ├── ConfigurationError      the URL, the key or the configuration file cannot be used
    ├── SourceNotReadable       the file is not there, or cannot be read
    ├── NotWritten              a result cannot be written, or would replace a file
    ├── ConnectionFailed        nothing answers at the URL
    ├── TimedOut                it took longer than the caller would wait; the job goes on
    ├── Stopped                 the caller stopped it; the job is cancelled
    └── ApiError                what the service said: message, code, status, param, request id
        ├── InvalidRequest, UrlNotAllowed, AudioNotRetrievable, UnsupportedAudio
        ├── InvalidApiKey, CostLimitExceeded, NotFound, ModelNotFound, MethodNotAllowed
        ├── IdempotencyConflict, JobNotFinished, LiveEnded, AudioTooLarge, RateLimited, Internal
        ├── ProviderRejected, ProviderUnavailable, ProviderQuotaExhausted
        └── JobCancelled        somebody cancelled the job

What to do about each code of the service is in its README.
"""

from typing import ClassVar


class AudioTranslateError(Exception):
    """Base class. ``job_id`` is that of the job that it is about, if there is one."""

    def __init__(self, message: str, *, job_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.job_id = job_id

    @property
    def explained(self) -> str:
        """The message and what to look it up by, in one line."""
        return self.message


class ConfigurationError(AudioTranslateError):
    """The URL, the key or the configuration file cannot be used."""


class SourceNotReadable(AudioTranslateError):
    """The recording is not there, or cannot be read."""


class NotWritten(AudioTranslateError):
    """A result could not be written, or would replace a file."""


class ConnectionFailed(AudioTranslateError):
    """Nothing answers, or the connection broke. ``refused``: nobody listens there at all."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class TimedOut(AudioTranslateError):
    """It takes longer than the caller would wait. The job, if there is one already, goes on."""


class Stopped(AudioTranslateError):
    """The caller stopped it; the job, if there was one already, is cancelled.

    ``goes_on``: it was not, because it had ended or could not be reached.
    """

    goes_on = False


class ApiError(AudioTranslateError):
    """What the service said.

    - ``message`` says what was wrong and what to do; ``code`` is its name.
    - ``status`` is that of HTTP, 0 for the error of a job.
    - ``param`` names the field that is wrong, or is None.
    - ``request_id`` finds the request in the service's log, None if it told none.
    - ``retry_after`` is in seconds, None if it told none.
    - ``partial``: a job failed, but what it had translated until then can be read.
    """

    known: ClassVar[str] = ""
    """The code that a class stands for."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 0,
        param: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        job_id: str | None = None,
        partial: bool = False,
    ) -> None:
        super().__init__(message, job_id=job_id)
        self.code = code
        self.status = status
        self.param = param
        self.request_id = request_id
        self.retry_after = retry_after
        self.partial = partial

    @property
    def explained(self) -> str:
        named = f"request {self.request_id}" if self.request_id else None
        about = named or (f"job {self.job_id}" if self.job_id else None)
        return f"{self.message} ({', '.join(filter(None, (self.code, about)))})"

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed later."""
        if self.code in {ProviderRejected.known, ProviderQuotaExhausted.known}:
            return False
        waits = self.status == 409 and self.retry_after is not None
        return waits or self.status == 429 or self.status >= 500


class InvalidRequest(ApiError):
    """A missing or wrong field, which ``param`` names."""

    known = "invalid_request"


class UrlNotAllowed(ApiError):
    """A scheme, host or address that the service does not fetch."""

    known = "url_not_allowed"


class AudioNotRetrievable(ApiError):
    """The URL answers the service with an error, not at all, or too slowly."""

    known = "audio_not_retrievable"


class UnsupportedAudio(ApiError):
    """Not audio, without sound, empty or cut off."""

    known = "unsupported_audio"


class InvalidApiKey(ApiError):
    """The API key is missing or wrong."""

    known = "invalid_api_key"


class CostLimitExceeded(ApiError):
    """The audio may cost more than the request, the stack or the day allows."""

    known = "cost_limit_exceeded"


class NotFound(ApiError):
    """No such job of this key, or no such route."""

    known = "not_found"


class ModelNotFound(ApiError):
    """No such model."""

    known = "model_not_found"


class MethodNotAllowed(ApiError):
    """The route has other methods."""

    known = "method_not_allowed"


class IdempotencyConflict(ApiError):
    """The same Idempotency-Key came with another request."""

    known = "idempotency_conflict"


class JobNotFinished(ApiError):
    """The job has not ended yet."""

    known = "job_not_finished"


class LiveEnded(ApiError):
    """The live session is over and takes no more utterances."""

    known = "live_ended"


class AudioTooLarge(ApiError):
    """The recording, or the answer, is larger than the service takes or sends."""

    known = "audio_too_large"


class RateLimited(ApiError):
    """Too many requests."""

    known = "rate_limited"


class Internal(ApiError):
    """The service failed."""

    known = "internal"


class ProviderRejected(ApiError):
    """The speech provider refused the service's key, the model or the request."""

    known = "provider_rejected"


class ProviderUnavailable(ApiError):
    """The speech provider failed, or did not answer in time."""

    known = "provider_unavailable"


class ProviderQuotaExhausted(ApiError):
    """The speech provider's account has no credit."""

    known = "provider_quota_exhausted"


class JobCancelled(ApiError):
    """Somebody cancelled the job."""

    known = "cancelled"


_CLASSES = {kind.known: kind for kind in ApiError.__subclasses__()}
_BY_STATUS = {
    401: InvalidApiKey,
    402: CostLimitExceeded,
    404: NotFound,
    413: AudioTooLarge,
    429: RateLimited,
}


def error_class(code: str, status: int = 0) -> type[ApiError]:
    """Return the class of a code; for one that is not known, that of the status."""
    return _CLASSES.get(code) or _BY_STATUS.get(status, ApiError)
