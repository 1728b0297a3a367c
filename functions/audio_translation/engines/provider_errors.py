"""What failures of calls to a provider mean: the ``ServiceError`` for each, and whether to retry.

This is the only module that maps errors of the SDK.
Source of shapes: openai-python 3.54, ``_exceptions.py``.
"""

import json
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import openai
from pydantic import BaseModel, ValidationError

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

TOO_MANY_REQUESTS = "The provider is taking no more requests for now. Try again later."
_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_NO_CHANNEL = "no available channel"
"""In the message of a 503 with which resellers answer for a model that they no longer have."""
_BAD_AUDIO_WORDS = ("invalid file format", "could not be decoded", "corrupted", "too short")


Answer = TypeVar("Answer", bound=BaseModel)


class Unreadable(Exception):
    """An answer of 200 whose body is empty or cannot be parsed; the call is made once more."""


def checked(kind: type[Answer], body: bytes) -> Answer:
    """Return the JSON body of an answer of 200; raises Unreadable or ProviderUnavailable."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    try:
        return kind.model_validate(data)
    except ValidationError:
        raise ProviderUnavailable("The provider's answer is not what was asked for.") from None


def mapped(error: Exception, model: str) -> ServiceError:
    """Return the ServiceError for any failure of a call that asked for ``model``."""
    if isinstance(error, openai.APIStatusError):
        if _is_gone(error):
            reason = _provider_message(error)
            return ModelGone(
                f"The provider does not serve the model {model!r}{reason}", param="model"
            )
        return _mapped_status(error)
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    if isinstance(error, openai.APIConnectionError):
        return ProviderUnavailable("The provider cannot be reached. Try again later.")
    return ProviderUnavailable("The provider's answer cannot be read.")


def _mapped_status(error: openai.APIStatusError) -> ServiceError:
    status = error.status_code
    reason = _provider_message(error)
    if is_quota(error):
        return ProviderQuotaExhausted(
            "The provider's account has no credit left. Its owner must add some."
        )
    if status == 429:
        return RateLimited(TOO_MANY_REQUESTS, retry_after=math.ceil(retry_after(error) or 5))
    if status == 413:
        return AudioTooLarge(
            f"The provider finds the audio too large{reason}", param="audioFileUrl"
        )
    if status == 415 or (
        status == 400 and any(word in reason.lower() for word in _BAD_AUDIO_WORDS)
    ):
        return UnsupportedAudio(f"The provider cannot read the audio{reason}", param="audioFileUrl")
    if status in {408, 504}:
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    return _refused(status, reason)


def _refused(status: int, reason: str) -> ServiceError:
    if status >= 500 or status == 409:
        return ProviderUnavailable(f"The provider failed (status {status}). Try again later.")
    if status in {401, 403}:
        return ProviderRejected(
            f"The provider refused this service's key (status {status}). The operator must put a "
            "valid key into SSM."
        )
    return ProviderRejected(f"The provider refused the request (status {status}){reason}")


def _provider_message(error: openai.APIStatusError) -> str:
    """Return the provider's message as the end of a sentence, without what looks like a key."""
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


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed."""
    if isinstance(error, openai.APIStatusError):
        return not (is_quota(error) or _is_gone(error)) and (
            error.status_code in {408, 409, 429} or error.status_code >= 500
        )
    return isinstance(error, openai.APIConnectionError | Unreadable)


def is_quota(error: openai.APIStatusError) -> bool:
    """Return whether the provider's account has no credit."""
    return bool({error.code, error.type} & _QUOTA_CODES)


def _is_gone(error: openai.APIStatusError) -> bool:
    """Return whether the provider has no such model."""
    return (
        error.status_code in {404, 410}
        or error.code == "model_not_found"
        or (error.status_code == 503 and _NO_CHANNEL in _message(error).lower())
    )


def retry_after(error: Exception) -> float | None:
    """Return how many seconds the provider asks to wait, or None.

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
