"""Calls to an OpenAI-compatible provider, with retries; failures are raised as ServiceErrors."""

import math
import random
import time
from collections.abc import Callable
from typing import TypeVar

import openai

from audio_translation.deadline import Deadline
from audio_translation.engines.provider_errors import (
    TOO_MANY_REQUESTS,
    Unreadable,
    is_quota,
    is_transient,
    mapped,
    retry_after,
)
from audio_translation.errors import ProviderTimedOut, RateLimited

_ATTEMPTS = 4
_ATTEMPTS_IF_PAID = 2
"""Attempts for answers of 200 that cannot be parsed: the provider has probably billed them."""
_LONGEST_BACKOFF_SECONDS = 8.0
_CONNECT_SECONDS = 5.0
_SHORTEST_CALL_SECONDS = 1.0
"""With less time left no call is made: it would be billed without a result."""
# Randomness of the operating system: sandboxes restored from one snapshot have the same seed.
_uniform = random.SystemRandom().uniform

Answer = TypeVar("Answer")


class ProviderCalls:
    """Calls over one shared SDK client; safe to use from several threads.

    A 429 stops the calls of all threads, until the time in ``Retry-After``, or for the backoff of
    the call that was refused.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        backoff_seconds: float = 0.5,
    ) -> None:
        """Take a client with ``max_retries=0``, because retries are made here.

        ``refresh_key`` reads the client's API key again and returns whether it has changed.
        ``backoff_seconds`` is the upper bound of the first pause.
        """
        self.client = client
        self._refresh_key = refresh_key
        self._backoff_seconds = backoff_seconds
        self._blocked_until = 0.0

    def run(
        self,
        call: Callable[[openai.Timeout], Answer],
        *,
        model: str,
        deadline: Deadline,
        longest_seconds: float = math.inf,
        attempts: int = _ATTEMPTS,
    ) -> Answer:
        """Return what ``call`` returns, with retries of transient failures up to ``deadline``.

        ``call`` makes one request with the time-out that it is given, ``longest_seconds`` at most.
        It is called at most ``attempts`` times. It may raise errors of the SDK, and Unreadable for
        an answer that cannot be parsed; all other exceptions are passed on.
        Raises ModelGone if the provider has no such ``model``, AudioTooLarge, UnsupportedAudio,
        RateLimited or one of the Provider errors.
        """
        key_was_refreshed = False
        attempt = 0
        while True:
            self._wait_while_blocked(deadline)
            try:
                return call(_timeout(deadline, longest_seconds))
            except openai.AuthenticationError as error:
                if key_was_refreshed or not self._refresh_key():
                    raise mapped(error, model) from error
                key_was_refreshed = True
            except (openai.OpenAIError, Unreadable) as error:
                attempt += 1
                if isinstance(error, openai.RateLimitError) and not is_quota(error):
                    asked = retry_after(error)
                    blocked = self._backoff(attempt) if asked is None else asked
                    self._blocked_until = max(self._blocked_until, time.monotonic() + blocked)
                pause = self._pause(error, attempt, attempts)
                if pause is None or pause + _SHORTEST_CALL_SECONDS > deadline.left():
                    raise mapped(error, model) from error
                time.sleep(pause)

    def _wait_while_blocked(self, deadline: Deadline) -> None:
        """Wait until calls are allowed after a 429 of any thread; raises RateLimited."""
        while (left := self._blocked_until - time.monotonic()) > 0:
            pause = left + _uniform(0, self._backoff_seconds)
            if pause >= deadline.left():
                raise RateLimited(TOO_MANY_REQUESTS, retry_after=math.ceil(left))
            time.sleep(pause)

    def _backoff(self, attempt: int) -> float:
        """Return the longest pause after this attempt, in seconds."""
        return min(_LONGEST_BACKOFF_SECONDS, self._backoff_seconds * 2.0 ** (attempt - 1))

    def _pause(self, error: Exception, attempt: int, attempts: int) -> float | None:
        """Return the seconds to wait before a retry, or None for no retry.

        Full jitter, in addition to ``Retry-After`` if there is one, so that callers that were
        refused at the same time do not retry at the same time.
        """
        if isinstance(error, Unreadable):
            attempts = _ATTEMPTS_IF_PAID
        if attempt >= attempts or not is_transient(error):
            return None
        return (retry_after(error) or 0) + _uniform(0, self._backoff(attempt))


def _timeout(deadline: Deadline, longest_seconds: float) -> openai.Timeout:
    """Return the time-out of a call; raises ProviderTimedOut if too little time is left."""
    left = deadline.left()
    if left < _SHORTEST_CALL_SECONDS:
        raise ProviderTimedOut("Too little time was left to ask the provider.")
    left = min(left, longest_seconds)
    return openai.Timeout(left, connect=min(left, _CONNECT_SECONDS))
