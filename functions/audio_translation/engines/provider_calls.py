"""Calls to an OpenAI-compatible provider: when they are made again, and what their failures mean.

Whatever a call raises comes out as an error of the table; this is the only place that decides it.
Source of shapes: openai-python 3.54, ``_exceptions.py``.
"""

import math
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import openai

from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    ModelGone,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
)

_ATTEMPTS = 4
_ATTEMPTS_IF_PAID = 2
"""After an answer of 200 that cannot be read: the provider has most likely billed it."""
_LONGEST_BACKOFF_SECONDS = 8.0
_CONNECT_SECONDS = 5.0
_SHORTEST_CALL_SECONDS = 1.0
"""With less time left no call is begun: it would be paid for and come to nothing."""
_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_NO_CHANNEL = "no available channel"
"""What resellers answer with 503 for a model that they do not have any more."""
_TOO_MANY = "The provider is taking no more requests for now. Try again later."
_BAD_AUDIO_WORDS = ("invalid file format", "could not be decoded", "corrupted", "too short")
# The operating system's randomness: sandboxes restored from one snapshot share a seed.
_uniform = random.SystemRandom().uniform

Answer = TypeVar("Answer")


class Unreadable(Exception):
    """A 200 whose body is empty or not what a program can read; it is asked for once more."""


class ProviderCalls:
    """Calls over one shared SDK client; safe to use from several threads.

    What one thread learns of the provider's limits holds for all: a 429 stops every thread until
    the moment that ``Retry-After`` names, or for the backoff of who was refused.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        backoff_seconds: float = 0.5,
    ) -> None:
        """Take a client with ``max_retries=0``: trying again is decided here.

        ``refresh_key`` re-reads the key that the client uses and says whether it changed;
        ``backoff_seconds`` is the first pause's upper bound.
        """
        self.client = client
        self._refresh_key = refresh_key
        self._backoff_seconds = backoff_seconds
        self._opens_at = 0.0

    def run(
        self,
        call: Callable[[openai.Timeout], Answer],
        *,
        model: str,
        deadline: Deadline,
        longest_seconds: float = math.inf,
        attempts: int = _ATTEMPTS,
    ) -> Answer:
        """Return what ``call`` returns, trying again while it makes sense and there is time.

        ``call`` makes one request with the time-out that it is given, ``longest_seconds`` at most,
        and is made ``attempts`` times at most; it may raise errors of the SDK, Unreadable for an
        answer that makes no sense, or anything else, which passes.
        Raises ModelGone where the provider says that it has no such ``model``, AudioTooLarge,
        UnsupportedAudio, RateLimited or one of the Provider errors.
        """
        key_was_read_again = False
        attempt = 0
        while True:
            self._wait_until_open(deadline)
            try:
                return call(_timeout(deadline, longest_seconds))
            except openai.AuthenticationError as error:
                if key_was_read_again or not self._refresh_key():
                    raise mapped(error, model) from error
                key_was_read_again = True
            except (openai.OpenAIError, Unreadable) as error:
                attempt += 1
                if isinstance(error, openai.RateLimitError) and not _is_quota(error):
                    asked = _retry_after(error)
                    closed = self._ceiling(attempt) if asked is None else asked
                    self._opens_at = max(self._opens_at, time.monotonic() + closed)
                pause = self._pause(error, attempt, attempts)
                if pause is None or pause + _SHORTEST_CALL_SECONDS > deadline.left():
                    raise mapped(error, model) from error
                time.sleep(pause)

    def _wait_until_open(self, deadline: Deadline) -> None:
        """Call no earlier than the provider asked any thread to; raises RateLimited."""
        while (left := self._opens_at - time.monotonic()) > 0:
            pause = left + random.uniform(0, self._backoff_seconds)  # noqa: S311  not a secret
            if pause >= deadline.left():
                raise RateLimited(_TOO_MANY, retry_after=math.ceil(left))
            time.sleep(pause)

    def _ceiling(self, attempt: int) -> float:
        return min(_LONGEST_BACKOFF_SECONDS, self._backoff_seconds * 2.0 ** (attempt - 1))

    def _pause(self, error: Exception, attempt: int, attempts: int) -> float | None:
        """Seconds to wait before trying again, or None to give up.

        Full jitter; on top of ``Retry-After`` where the provider sent one, so that callers that
        were refused together do not come back together.
        """
        if isinstance(error, Unreadable):
            attempts = _ATTEMPTS_IF_PAID
        if attempt >= attempts or not _is_transient(error):
            return None
        return (_retry_after(error) or 0) + _uniform(0, self._ceiling(attempt))


def _timeout(deadline: Deadline, longest_seconds: float) -> openai.Timeout:
    """The time that is left; raises ProviderTimedOut for too little."""
    left = deadline.left()
    if left < _SHORTEST_CALL_SECONDS:
        raise ProviderTimedOut("Too little time was left to ask the provider.")
    left = min(left, longest_seconds)
    return openai.Timeout(left, connect=min(left, _CONNECT_SECONDS))


def _is_transient(error: Exception) -> bool:
    if isinstance(error, openai.APIStatusError):
        return not (_is_quota(error) or _is_gone(error)) and (
            error.status_code in {408, 409, 429} or error.status_code >= 500
        )
    return isinstance(error, openai.APIConnectionError | Unreadable)


def _is_quota(error: openai.APIStatusError) -> bool:
    return bool({error.code, error.type} & _QUOTA_CODES)


def _is_gone(error: openai.APIStatusError) -> bool:
    return (
        error.status_code in {404, 410}
        or error.code == "model_not_found"
        or (error.status_code == 503 and _NO_CHANNEL in _message(error).lower())
    )


def _retry_after(error: Exception) -> float | None:
    """Seconds that the answer asks us to wait, if it does.

    Source: RFC 9110, 10.2.3 (seconds or a date), and OpenAI's ``retry-after-ms``.
    """
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for text, unit in ((headers.get("retry-after-ms"), 1000), (headers.get("retry-after"), 1)):
        seconds = _seconds_of(text) if text else None
        if seconds is not None and 0 <= seconds / unit < 86_400:
            return seconds / unit
    return None


def _seconds_of(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def mapped(error: Exception, model: str) -> ServiceError:
    """Any failure of a call as an error of the table: the only place where this is decided."""
    if isinstance(error, openai.APIStatusError):
        if _is_gone(error):
            said = _what_it_said(error)
            return ModelGone(
                f"The provider does not serve the model {model!r}{said}", param="model"
            )
        return _mapped_status(error)
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    if isinstance(error, openai.APIConnectionError):
        return ProviderUnavailable("The provider cannot be reached. Try again later.")
    return ProviderUnavailable("The provider's answer cannot be read.")


def _mapped_status(error: openai.APIStatusError) -> ServiceError:
    status = error.status_code
    said = _what_it_said(error)
    if _is_quota(error):
        return ProviderQuotaExhausted(
            "The provider's account has no credit left. Its owner must add some."
        )
    if status == 429:
        return RateLimited(_TOO_MANY, retry_after=math.ceil(_retry_after(error) or 5))
    if status == 413:
        return AudioTooLarge(f"The provider finds the audio too large{said}", param="audioFileUrl")
    if status == 415 or (status == 400 and any(word in said.lower() for word in _BAD_AUDIO_WORDS)):
        return UnsupportedAudio(f"The provider cannot read the audio{said}", param="audioFileUrl")
    if status in {408, 504}:
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    return _refused(status, said)


def _refused(status: int, said: str) -> ServiceError:
    if status >= 500 or status == 409:
        return ProviderUnavailable(f"The provider failed (status {status}). Try again later.")
    if status in {401, 403}:
        return ProviderRejected(
            f"The provider refused this service's key (status {status}). The operator must put a "
            "valid key into SSM."
        )
    return ProviderRejected(f"The provider refused the request (status {status}){said}")


def _what_it_said(error: openai.APIStatusError) -> str:
    """The provider's own words as the end of a sentence, without anything that looks like a key."""
    message = _message(error)
    if not message.strip():
        return "."
    words = ["[hidden]" if _looks_secret(word) else word for word in message.split()]
    return f": {' '.join(words)[:300]}"


def _message(error: openai.APIStatusError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message")
    return message if isinstance(message, str) else ""


def _looks_secret(word: str) -> bool:
    return len(word) >= 20 or word.startswith("sk-") or "://" in word
