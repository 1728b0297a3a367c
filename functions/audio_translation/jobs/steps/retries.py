"""Which steps of a job are retried, and after how many seconds. No function runs meanwhile."""

import random

from audio_translation.errors import (
    AudioNotRetrievable,
    Internal,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnusableAnswer,
)

_uniform = random.SystemRandom().uniform
_ATTEMPTS = 20
_ATTEMPTS_TO_FETCH = 6
"""Two minutes in all: a stranger's server is not asked for an hour."""
_ATTEMPTS_IF_PAID = 3
"""Each pays for what its calls under way bring, which is lost again while nothing can be stored."""
_FIRST_PAUSE = 5
_LONGEST_PAUSE = 300
_LONGEST_LOOK = 240
_MOST_LOOKS = 375
"""A day of looks for a turn. Each wakes a function and asks the table."""
_NEXT_INVOCATION = 1
_SILENCE_PAUSE, _MOST_LOOKS_FOR_SILENCE = 1, 60
_WEBHOOK_PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 36000)
"""Close together at first, for a receiver that is being deployed; a day in all."""


class TooLittleTime(Exception):
    """The invocation ends too soon; the rest must be done in the next one."""


def pause_before_retry(error: Exception, attempt: int) -> int | None:
    """Return seconds until a step of a job is retried, None if that would not help.

    Retried are failures of the provider, of AWS, and temporary ones of the audio's host; other
    errors of the table are final. Half of the pause is random and comes on top of the provider's
    ``Retry-After``, so that jobs that were refused together do not come back together.
    """
    if isinstance(error, TooLittleTime):
        return _NEXT_INVOCATION
    if not passes(error) or attempt >= _attempts(error):
        return None
    half = min(_LONGEST_PAUSE, _FIRST_PAUSE << (attempt - 1)) / 2
    asked = (error.retry_after or 0) if isinstance(error, ServiceError) else 0
    return asked + round(half + _uniform(0, half))


def _attempts(error: Exception) -> int:
    if isinstance(error, AudioNotRetrievable):
        return _ATTEMPTS_TO_FETCH
    return _ATTEMPTS_IF_PAID if is_paid(error) else _ATTEMPTS


def pause_before_turn(attempt: int) -> int | None:
    """Return seconds until a job that has no turn looks again, None after a day.

    About a quarter of what it has waited, so that it is not idle for long where it could run.
    """
    if attempt > _MOST_LOOKS:
        return None
    pause = min(_LONGEST_LOOK, _FIRST_PAUSE * 1.25 ** min(attempt - 1, 20))
    return round(pause * _uniform(0.8, 1.2))


def pause_before_silence(attempt: int) -> int | None:
    """Return seconds until it is looked again whether a live session's utterances are translated.

    None after more time than a request has: then nobody translates them any more.
    """
    return _SILENCE_PAUSE if attempt <= _MOST_LOOKS_FOR_SILENCE else None


def pause_before_webhook(_: Exception, attempt: int) -> int | None:
    """Return seconds until a webhook is sent again, None after a day."""
    if attempt > len(_WEBHOOK_PAUSES):
        return None
    return round(_WEBHOOK_PAUSES[attempt - 1] * _uniform(1, 1.2))


def is_paid(error: Exception) -> bool:
    """Return whether what was paid could not be stored."""
    return isinstance(error, Internal) and error.paid


def passes(error: Exception) -> bool:
    """Return whether what failed may succeed later."""
    if isinstance(error, AudioNotRetrievable):
        return error.passes
    if isinstance(error, UnusableAnswer):
        return False  # what is asked again is paid again
    lasting = isinstance(error, ServiceError)
    return not lasting or isinstance(error, RateLimited | ProviderUnavailable | Internal)
