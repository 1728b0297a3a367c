"""Which steps of a job are retried, and after how many seconds. No function runs meanwhile."""

import random

from audio_translation.errors import (
    AudioNotRetrievable,
    Internal,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
)
from audio_translation.jobs.steps.run_job import TooLittleTime

_ATTEMPTS = 20
_ATTEMPTS_TO_FETCH = 6
"""Two minutes in all: a stranger's server is not asked for an hour."""
_FIRST_PAUSE = 5
_LONGEST_PAUSE = 300
_NEXT_INVOCATION = 30
_WEBHOOK_PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 36000)
"""Close together at first, for a receiver that is being deployed; a day in all."""


def pause_before_retry(error: Exception, attempt: int) -> int | None:
    """Return seconds until a step of a job is retried, None if that would not help.

    Retried are failures of the provider, of AWS, and temporary ones of the audio's host; other
    errors of the table are final. Half of the pause is random and comes on top of the provider's
    ``Retry-After``, so that chunks that were refused together do not come back together.
    """
    if isinstance(error, TooLittleTime):
        return _NEXT_INVOCATION
    lasting = isinstance(error, ServiceError) and not _passes(error)
    fetching = isinstance(error, AudioNotRetrievable)
    if lasting or attempt >= (_ATTEMPTS_TO_FETCH if fetching else _ATTEMPTS):
        return None
    half = min(_LONGEST_PAUSE, _FIRST_PAUSE << (attempt - 1)) / 2
    asked = (error.retry_after or 0) if isinstance(error, ServiceError) else 0
    return asked + round(half + random.uniform(0, half))  # noqa: S311  not a secret


def pause_before_webhook(_: Exception, attempt: int) -> int | None:
    """Return seconds until a webhook is sent again, None after a day."""
    if attempt > len(_WEBHOOK_PAUSES):
        return None
    return round(_WEBHOOK_PAUSES[attempt - 1] * random.uniform(1, 1.2))  # noqa: S311  no secret


def _passes(error: ServiceError) -> bool:
    if isinstance(error, AudioNotRetrievable):
        return error.passes
    return isinstance(error, RateLimited | ProviderUnavailable | Internal)
