"""Everything that can go wrong, in one tree; the classes are the error table.

    ServiceError
    ├── InvalidRequest            400 invalid_request
    ├── UrlNotAllowed             400 url_not_allowed
    ├── AudioNotRetrievable       400 audio_not_retrievable
    ├── UnsupportedAudio          400 unsupported_audio
    ├── NotFound                  404 not_found              (Retry-After)
    ├── ModelNotFound             404 model_not_found
    ├── IdempotencyConflict       409 idempotency_conflict   (Retry-After)
    ├── AudioTooLarge             413 audio_too_large
    ├── RateLimited               429 rate_limited              (Retry-After)
    ├── ProviderRejected          502 provider_rejected
    │   └── ModelGone             502 provider_rejected
    ├── ProviderQuotaExhausted    503 provider_quota_exhausted
    ├── ProviderUnavailable       502 provider_unavailable
    │   └── ProviderTimedOut      504 provider_unavailable
    └── Internal                  500 internal

A caller over HTTP sees ``envelope()``, OpenAI's error object; a caller that invokes the function
directly sees the class name as Lambda's ``errorType``.
"""

from typing import Any, ClassVar


class ServiceError(Exception):
    """An error that a caller is told about.

    ``message`` says what was wrong and what to do. It is shown to strangers: it never holds a key,
    a URL's query string or a stack trace. ``param`` is the request field at fault, if one is.
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

    def envelope(self) -> dict[str, Any]:
        """OpenAI's error object, so that OpenAI's clients parse it.

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
    """Malformed JSON, or a missing or wrong field; ``param`` names it."""

    status, code = 400, "invalid_request"


class UrlNotAllowed(ServiceError):
    """A scheme, host, port or address that is not fetched."""

    status, code = 400, "url_not_allowed"


class AudioNotRetrievable(ServiceError):
    """The URL answers with an error, not at all, or too slowly.

    ``passes`` if it may be there when asked for again soon, ``slow`` if it was arriving and
    takes longer than there was time for.
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


class NotFound(ServiceError):
    """No such route, or no such job of the caller's; ``retry_after`` if there will be one."""

    status, code = 404, "not_found"


class ModelNotFound(ServiceError):
    """OpenAI's contract: no such model."""

    status, code = 404, "model_not_found"


class IdempotencyConflict(ServiceError):
    """The ``Idempotency-Key`` was used for another request, or its first one is not answered yet.

    In the second case ``retry_after`` says when to come back.
    """

    status, code = 409, "idempotency_conflict"


class AudioTooLarge(ServiceError):
    """Over the configured size."""

    status, code = 413, "audio_too_large"


class RateLimited(ServiceError):
    """Too many requests, for us or for the provider."""

    status, code, type = 429, "rate_limited", "rate_limit_error"


class ProviderRejected(ServiceError):
    """The provider refused our key, our model or the request."""

    status, code, type = 502, "provider_rejected", "provider_error"


class ModelGone(ProviderRejected):
    """The provider does not serve the model, or not any more."""


class ProviderQuotaExhausted(ServiceError):
    """The provider's account has no credit. Retrying does not help until somebody pays."""

    status, code, type = 503, "provider_quota_exhausted", "provider_error"


class ProviderUnavailable(ServiceError):
    """The provider failed after retries, or answered what cannot be understood."""

    status, code, type = 502, "provider_unavailable", "provider_error"


class ProviderTimedOut(ProviderUnavailable):
    """The provider did not answer in the time that the request had left."""

    status = 504


class Internal(ServiceError):
    """Anything else; the log has the cause under the request id."""

    status, code, type = 500, "internal", "server_error"


class NeedsJob(Exception):
    """The audio is more than one request translates; the text says why.

    Not in the table: the caller gets a job.
    """


class SourceNotSaved(Exception):
    """The source could not be kept; the text says why and may be shown.

    Not in the table: the caller gets the translation all the same.
    """
