"""Speech to English in one step: ``/audio/translations`` of OpenAI or a server that speaks it.

Source of shapes and limits: openai-python 3.54, ``resources/audio/translations.py``.
"""

import math
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from audio_translation.domain.audio import Audio
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Task
from audio_translation.domain.errors import (
    AudioTooLarge,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.domain.transcript import Translation
from audio_translation.engines.verbose_json import Unreadable, parsed

_ATTEMPTS = 4
_ATTEMPTS_IF_PAID = 2
"""After an answer of 200 that cannot be read: the provider has most likely billed it."""
_LONGEST_BACKOFF_SECONDS = 8.0
_CONNECT_SECONDS = 5.0
_SHORTEST_CALL_SECONDS = 1.0
"""With less time left no call is begun: it would be paid for and come to nothing."""
_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_TOO_MANY = "The provider is taking no more requests for now. Try again later."
_BAD_AUDIO_WORDS = ("invalid file format", "could not be decoded", "corrupted", "too short")
# The operating system's randomness: sandboxes restored from one snapshot share a seed.
_uniform = random.SystemRandom().uniform


class OpenAITranslations:
    """Engine over one shared SDK client; safe to call from several threads."""

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        max_audio_bytes: int,
        backoff_seconds: float = 0.5,
    ) -> None:
        """Take a client with ``max_retries=0``: trying again is decided here.

        ``refresh_key`` re-reads the key that the client uses and says whether it changed;
        ``backoff_seconds`` is the first pause's upper bound.
        """
        self._client = client
        self._refresh_key = refresh_key
        self._max_audio_bytes = max_audio_bytes
        self._backoff_seconds = backoff_seconds
        self._opens_at = 0.0

    def translate(
        self,
        audio: Audio,
        task: Task,
        *,
        deadline: Deadline,
    ) -> Translation:
        """Translate one file, trying again while it makes sense and ``deadline`` allows.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors.
        """
        if audio.size > self._max_audio_bytes:
            raise AudioTooLarge(
                f"The audio has {audio.size} bytes; the provider takes at most "
                f"{self._max_audio_bytes} in one call.",
                param="audioFileUrl",
            )
        key_was_read_again = False
        attempt = 0
        while True:
            self._wait_until_open(deadline)
            try:
                return self._call(audio, task, deadline)
            except openai.AuthenticationError as error:
                if key_was_read_again or not self._refresh_key():
                    raise _mapped(error, task.model) from error
                key_was_read_again = True
            except (openai.OpenAIError, Unreadable) as error:
                attempt += 1
                if isinstance(error, openai.RateLimitError):
                    closed = _retry_after(error) or 0
                    self._opens_at = max(self._opens_at, time.monotonic() + closed)
                pause = self._pause(error, attempt)
                if pause is None or pause + _SHORTEST_CALL_SECONDS > deadline.left():
                    raise _mapped(error, task.model) from error
                time.sleep(pause)

    def _wait_until_open(self, deadline: Deadline) -> None:
        """Call no earlier than the provider asked any thread to; raises RateLimited."""
        while (left := self._opens_at - time.monotonic()) > 0:
            pause = left + random.uniform(0, self._backoff_seconds)  # noqa: S311  not a secret
            if pause >= deadline.left():
                raise RateLimited(_TOO_MANY, retry_after=math.ceil(left))
            time.sleep(pause)

    def _call(self, audio: Audio, task: Task, deadline: Deadline) -> Translation:
        left = deadline.left()
        if left < _SHORTEST_CALL_SECONDS:
            raise ProviderTimedOut("Too little time was left to ask the provider.")
        with audio.path.open("rb") as file:
            response = self._client.audio.translations.with_raw_response.create(
                file=(audio.upload_name, file, audio.type.mime),
                model=task.model,
                prompt=openai.omit if task.prompt is None else task.prompt,
                temperature=task.temperature,
                response_format="verbose_json",
                timeout=openai.Timeout(left, connect=min(left, _CONNECT_SECONDS)),
            )
        return parsed(response.content, task.model)

    def _pause(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait before trying again, or None to give up.

        Full jitter; on top of ``Retry-After`` where the provider sent one, so that callers that
        were refused together do not come back together.
        """
        attempts = _ATTEMPTS_IF_PAID if isinstance(error, Unreadable) else _ATTEMPTS
        if attempt >= attempts or not _is_transient(error):
            return None
        ceiling = min(_LONGEST_BACKOFF_SECONDS, self._backoff_seconds * 2 ** (attempt - 1))
        return (_retry_after(error) or 0) + _uniform(0, ceiling)


def _is_transient(error: Exception) -> bool:
    if isinstance(error, openai.APIStatusError):
        return not _is_quota(error) and (
            error.status_code in {408, 409, 429} or error.status_code >= 500
        )
    return isinstance(error, openai.APIConnectionError | Unreadable)


def _is_quota(error: openai.APIStatusError) -> bool:
    return bool({error.code, error.type} & _QUOTA_CODES)


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


def _mapped(error: Exception, model: str) -> ServiceError:
    """Any failure of a call as an error of the table: the only place where this is decided."""
    if isinstance(error, openai.APIStatusError):
        return _mapped_status(error, model)
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    if isinstance(error, openai.APIConnectionError):
        return ProviderUnavailable("The provider cannot be reached. Try again later.")
    return ProviderUnavailable("The provider's answer cannot be read.")


def _mapped_status(error: openai.APIStatusError, model: str) -> ServiceError:
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
    return _refused(status, said, model)


def _refused(status: int, said: str, model: str) -> ServiceError:
    if status >= 500 or status == 409:
        return ProviderUnavailable(f"The provider failed (status {status}). Try again later.")
    if status in {401, 403}:
        return ProviderRejected(
            f"The provider refused this service's key (status {status}). The operator must put a "
            "valid key into SSM."
        )
    if status in {404, 410}:
        return ProviderRejected(
            f"The provider does not serve the model {model!r} for translation{said}", param="model"
        )
    return ProviderRejected(f"The provider refused the request (status {status}){said}")


def _what_it_said(error: openai.APIStatusError) -> str:
    """The provider's own words as the end of a sentence, without anything that looks like a key."""
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message")
    if not isinstance(message, str) or not message.strip():
        return "."
    words = ["[hidden]" if _looks_secret(word) else word for word in message.split()]
    return f": {' '.join(words)[:300]}"


def _looks_secret(word: str) -> bool:
    return len(word) >= 20 or word.startswith("sk-") or "://" in word
