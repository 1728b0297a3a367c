"""The exceptions of the service: one tree, which is also the table of error codes.

    ServiceError
    ├── InvalidRequest            400 invalid_request
    ├── UrlNotAllowed             400 url_not_allowed
    ├── AudioNotRetrievable       400 audio_not_retrievable
    ├── UnsupportedAudio          400 unsupported_audio
    ├── CostLimitExceeded         402 cost_limit_exceeded
    ├── NotFound                  404 not_found
    ├── ModelNotFound             404 model_not_found
    ├── MethodNotAllowed          405 method_not_allowed     (Allow)
    ├── JobNotFinished            409 job_not_finished       (Retry-After)
    ├── IdempotencyConflict       409 idempotency_conflict   (Retry-After)
    ├── LiveEnded                 409 live_ended
    ├── AudioTooLarge             413 audio_too_large
    ├── RateLimited               429 rate_limited              (Retry-After)
    ├── ProviderRejected          502 provider_rejected
    │   └── ModelGone             502 provider_rejected
    ├── ProviderQuotaExhausted    503 provider_quota_exhausted
    ├── ProviderUnavailable       502 provider_unavailable
    │   ├── ProviderTimedOut      504 provider_unavailable
    │   └── UnusableAnswer        502 provider_unavailable
    └── Internal                  500 internal

Over HTTP the caller gets ``envelope()``, OpenAI's error object. A caller that invokes the Lambda
function directly gets the class name as ``errorType``.
"""

from typing import Any, ClassVar


class ServiceError(Exception):
    """Base class of the errors that the caller is told.

    ``message`` says what was wrong and what to do. It is public: it must not contain a key, a
    URL's query string or a stack trace. ``param`` is the request field that is wrong, or None.
    ``retry_after`` is in whole seconds.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    type: ClassVar[str] = "invalid_request_error"

    def __init__(
        self, message: str, *, param: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after

    def with_sentence(self, sentence: str) -> "ServiceError":
        """Return the same error with a further sentence in its message."""
        message = f"{self.message} {sentence}"
        return type(self)(message, param=self.param, retry_after=self.retry_after)

    def envelope(self) -> dict[str, Any]:
        """Return OpenAI's error object, which OpenAI's clients can parse.

        Source: https://platform.openai.com/docs/guides/error-codes
        """
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


class InvalidRequest(ServiceError):
    """Malformed JSON, or a missing or wrong field, which ``param`` names."""

    status, code = 400, "invalid_request"


class UrlNotAllowed(ServiceError):
    """The scheme, host, port or address of a URL is not allowed."""

    status, code = 400, "url_not_allowed"


class AudioNotRetrievable(ServiceError):
    """The URL answers with an error, not at all, or too slowly.

    ``passes`` is whether a retry may succeed. ``slow`` is whether the download had begun but was
    not complete before the deadline.
    """

    status, code = 400, "audio_not_retrievable"

    def __init__(
        self, message: str, *, param: str | None = None, passes: bool = False, slow: bool = False
    ) -> None:
        super().__init__(message, param=param)
        self.passes = passes
        self.slow = slow


class UnsupportedAudio(ServiceError):
    """Not audio, no audio stream, or empty or truncated beyond use."""

    status, code = 400, "unsupported_audio"


class CostLimitExceeded(ServiceError):
    """The audio may cost more than the request, the stack or the day allows."""

    status, code = 402, "cost_limit_exceeded"


class NotFound(ServiceError):
    """No such route or job, or a job that has ended without a translation."""

    status, code = 404, "not_found"


class ModelNotFound(ServiceError):
    """No such model; only OpenAI's contract has this error."""

    status, code = 404, "model_not_found"


class MethodNotAllowed(ServiceError):
    """The route is there, but not for this method; ``allow`` is the value of the header."""

    status, code = 405, "method_not_allowed"

    def __init__(self, message: str, allow: str = "", *, param: str | None = None) -> None:
        super().__init__(message, param=param)
        self.allow = allow


class JobNotFinished(ServiceError):
    """The job's translation is not there yet; ``retry_after`` says when to ask again."""

    status, code = 409, "job_not_finished"


class IdempotencyConflict(ServiceError):
    """The ``Idempotency-Key`` belongs to another request, or its request is still running.

    In the second case ``retry_after`` is set.
    """

    status, code = 409, "idempotency_conflict"


class LiveEnded(ServiceError):
    """The live session is over: it takes no more utterances."""

    status, code = 409, "live_ended"


class AudioTooLarge(ServiceError):
    """The audio is over the configured size or duration."""

    status, code = 413, "audio_too_large"


class RateLimited(ServiceError):
    """Too many requests: our own limit, or the provider's."""

    status, code, type = 429, "rate_limited", "rate_limit_error"


class ProviderRejected(ServiceError):
    """The provider refused our key, our model or the request.

    ``about_key`` is whether it is our key, or that there is none.
    """

    status, code, type = 502, "provider_rejected", "provider_error"

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        retry_after: int | None = None,
        about_key: bool = False,
    ) -> None:
        super().__init__(message, param=param, retry_after=retry_after)
        self.about_key = about_key


class ModelGone(ProviderRejected):
    """The provider does not, or no longer, serve the model."""


class ProviderQuotaExhausted(ServiceError):
    """The provider's account has no credit. A retry does not help until its owner pays."""

    status, code, type = 503, "provider_quota_exhausted", "provider_error"


class ProviderUnavailable(ServiceError):
    """The provider failed, after retries, or its answer cannot be read."""

    status, code, type = 502, "provider_unavailable", "provider_error"


class ProviderTimedOut(ProviderUnavailable):
    """The provider did not answer before the request's deadline."""

    status = 504


class UnusableAnswer(ProviderUnavailable):
    """The provider answers with a 200 that cannot be used, and has probably billed each.

    Nothing is asked again for it: not by a job either.
    """


class Internal(ServiceError):
    """Anything else; the cause is in the log under the request id.

    ``paid``: what was translated could not be stored, so that to ask again is to pay again.
    """

    status, code, type = 500, "internal", "server_error"

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        retry_after: int | None = None,
        paid: bool = False,
    ) -> None:
        super().__init__(message, param=param, retry_after=retry_after)
        self.paid = paid


class SourceNotSaved(Exception):
    """The source could not be saved; the text says why and may be shown.

    Not in the table of error codes: the caller still gets the translation.
    """
