"""Calls to an OpenAI-compatible provider, with retries; failures are raised as ServiceErrors."""

import math
import random
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import openai

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.provider.errors import (
    TOO_MANY_REQUESTS,
    Unreadable,
    is_quota,
    is_transient,
    mapped,
    retry_after,
    unusable,
)
from audio_translation.errors import ProviderTimedOut, RateLimited, ServiceError

_ATTEMPTS = 4
_MOST_PAID = 3
"""Answers of 200 that cannot be used and are taken: the provider has probably billed each."""
_PAUSE_IF_PAID = 4
"""How many times longer the pause is before such a call is made again."""
_LONGEST_BACKOFF_SECONDS = 8.0
_CONNECT_SECONDS = 5.0
_LONGEST_BLOCK_SECONDS = 180.0
"""A provider that asks for more is asked again after these, by one who has the time."""
_KEY_SECONDS = 5.0
_SHORTEST_CALL_SECONDS = 1.0
"""With less time left no call is made: it would be billed without a result."""
# Randomness of the operating system: sandboxes restored from one snapshot have the same seed.
_uniform = random.SystemRandom().uniform

Answer = TypeVar("Answer")


class _Block(NamedTuple):
    """Until when no call is made, and until when the provider does not want any."""

    until: float
    told_until: float


class ProviderCalls:
    """Calls over one shared SDK client; safe to use from several threads.

    A 429 stops the calls of all threads for the same model, until the time in ``Retry-After``, or
    for the backoff of the call that was refused. After a few minutes it is asked all the same.
    Another key opens the way at once.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        backoff_seconds: float = 0.5,
        telemetry: Telemetry | None = None,
        others_follow: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a client with ``max_retries=0``, because retries are made here.

        ``refresh_key`` reads the client's API key again and returns whether it has changed.
        ``backoff_seconds`` is the upper bound of the first pause. ``telemetry`` is told of answers
        that were probably paid and cannot be used. If ``others_follow`` a call that fails is not
        made again, unless the provider asks to wait: another provider is there to be asked.
        """
        self.client = client
        self._refresh_key = refresh_key
        self._backoff_seconds = backoff_seconds
        self._telemetry = telemetry
        self._others_follow = others_follow
        self._clock = clock
        self._blocked: dict[str, _Block] = {}
        self._next_look_at_key = 0.0

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
        RateLimited or one of the Provider errors: UnusableAnswer after three answers of 200 that
        cannot be used.
        """
        key_was_refreshed = False
        attempt = paid = 0
        while True:
            self._wait_while_blocked(model, deadline)
            try:
                return call(_timeout(deadline, longest_seconds))
            except openai.AuthenticationError as error:
                if key_was_refreshed or not self._key_is_new():
                    raise mapped(error, model) from error
                key_was_refreshed = True
            except (openai.OpenAIError, Unreadable) as error:
                attempt += 1
                paid += self._is_paid(error, model)
                if isinstance(error, openai.RateLimitError) and not is_quota(error):
                    asked = retry_after(error)
                    self._block(model, self._backoff(attempt) if asked is None else asked)
                pause = self._pause(error, attempt, attempts, paid)
                if pause is None or pause + _SHORTEST_CALL_SECONDS > deadline.left():
                    raise mapped(error, model) from error
                time.sleep(pause)

    def _wait_while_blocked(self, model: str, deadline: Deadline) -> None:
        """Wait until calls are allowed after a 429 of any thread; raises RateLimited."""
        while (block := self._blocked.get(model)) and block.until > self._clock():
            pause = block.until - self._clock() + _uniform(0, self._backoff_seconds)
            if pause < deadline.left():
                time.sleep(max(0.0, pause))
            elif not self._has_new_key():
                told = block.told_until - self._clock()
                raise RateLimited(TOO_MANY_REQUESTS, retry_after=max(1, math.ceil(told)))

    def _block(self, model: str, seconds: float) -> None:
        now, before = self._clock(), self._blocked.get(model, _Block(0.0, 0.0))
        until = now + min(seconds, _LONGEST_BLOCK_SECONDS)
        self._blocked[model] = _Block(
            max(before.until, until), max(before.told_until, now + seconds)
        )

    def _has_new_key(self) -> bool:
        """Look for another key, once in a few seconds."""
        if self._clock() < self._next_look_at_key:
            return False
        self._next_look_at_key = self._clock() + _KEY_SECONDS
        try:
            return self._key_is_new()
        except ServiceError:  # what is told to the caller is that the provider is busy
            return False

    def _key_is_new(self) -> bool:
        """Read the key again; another one is not blocked by what the last one was refused."""
        is_new = self._refresh_key()
        if is_new:
            self._blocked = {}
        return is_new

    def _backoff(self, attempt: int) -> float:
        """Return the longest pause after this attempt, in seconds."""
        return min(_LONGEST_BACKOFF_SECONDS, self._backoff_seconds * 2.0 ** (attempt - 1))

    def _is_paid(self, error: Exception, model: str) -> bool:
        """Return whether a failed call was probably billed, and count it."""
        answer = unusable(error)
        if answer and self._telemetry:
            self._telemetry.unusable_answer(model, answer.kind)
        return answer is not None

    def _pause(self, error: Exception, attempt: int, attempts: int, paid: int) -> float | None:
        """Return the seconds to wait before a retry, or None for no retry.

        Full jitter, in addition to ``Retry-After`` if there is one, so that callers that were
        refused at the same time do not retry at the same time.
        """
        if attempt >= attempts or paid >= _MOST_PAID or not is_transient(error):
            return None
        if self._others_follow and not isinstance(error, openai.RateLimitError):
            return None
        if unusable(error):
            return _PAUSE_IF_PAID * self._backoff(paid) * _uniform(0.5, 1)
        return (retry_after(error) or 0) + _uniform(0, self._backoff(attempt))


def _timeout(deadline: Deadline, longest_seconds: float) -> openai.Timeout:
    """Return the time-out of a call; raises ProviderTimedOut if too little time is left."""
    left = deadline.left()
    if left < _SHORTEST_CALL_SECONDS:
        raise ProviderTimedOut("Too little time was left to ask the provider.")
    left = min(left, longest_seconds)
    return openai.Timeout(left, connect=min(left, _CONNECT_SECONDS))
