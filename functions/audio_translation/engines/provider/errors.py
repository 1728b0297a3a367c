"""What failures of calls to a provider mean: the ``ServiceError`` for each, and whether to retry.

This is the only module that maps errors of the SDK.
Source of shapes: openai-python 3.54, ``_exceptions.py``.
"""

import json
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import openai
from pydantic import BaseModel, ValidationError

from audio_translation.engines.provider.client import CutAnswer
from audio_translation.engines.provider.refusals import (
    in_names,
    is_about_the_audio,
    is_about_the_model,
)
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
    UnusableAnswer,
)
from audio_translation.transcript import encodable

TOO_MANY_REQUESTS = "The provider is taking no more requests for now. Try again later."
_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}


Answer = TypeVar("Answer", bound=BaseModel)


class Unreadable(Exception):
    """An answer of 200 that cannot be used; the provider has probably billed it.

    ``kind`` says what it is, without any of it. ``changes``: whether another call may bring another
    answer. ``paid`` is False for a failure of the provider that came as a 200.
    """

    def __init__(self, kind: str, *, changes: bool = True, paid: bool = True) -> None:
        super().__init__(kind)
        self.kind, self.changes, self.paid = kind, changes, paid


def checked(kind: type[Answer], body: bytes) -> Answer:
    """Return the JSON body of an answer of 200, its texts as UTF-8 can have them.

    Raises Unreadable.
    """
    if not body.strip():
        raise Unreadable("nothing")
    try:
        data = _encodable(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Unreadable("no JSON") from error
    try:
        return kind.model_validate(data)
    except ValidationError:
        raise Unreadable("JSON of another shape", changes=False) from None


def unusable(error: Exception) -> Unreadable | None:
    """Return what a call's failure is if it is a paid answer of 200 that cannot be used."""
    if isinstance(error, Unreadable):
        return error if error.paid else None
    cut = isinstance(error, openai.APIConnectionError) and isinstance(error.__cause__, CutAnswer)
    return Unreadable("a body that breaks off") if cut else None


def _encodable(data: Any) -> Any:
    if isinstance(data, str):
        return encodable(data)
    if isinstance(data, list):
        return [_encodable(item) for item in data]
    if isinstance(data, dict):
        return {key: _encodable(value) for key, value in data.items()}
    return data


def mapped(error: Exception, model: str) -> ServiceError:
    """Return the ServiceError for any failure of a call that asked for ``model``."""
    if paid := unusable(error):
        return UnusableAnswer(
            f"The provider answered with {paid.kind} instead of a result, and may have billed it. "
            "Its operator must look into this."
        )
    if isinstance(error, openai.APIStatusError):
        if is_about_the_model(error):
            return ModelGone(f"The provider does not serve the model {model!r}.", param="model")
        return _mapped_status(error)
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    if isinstance(error, openai.APIConnectionError):
        return ProviderUnavailable("The provider cannot be reached. Try again later.")
    return ProviderUnavailable("The provider's answer cannot be read.")


def _mapped_status(error: openai.APIStatusError) -> ServiceError:
    status = error.status_code
    reason = in_names(error)
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
    if status == 415 or (status in {400, 422} and is_about_the_audio(error)):
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
            "valid key into SSM.",
            about_key=True,
        )
    return ProviderRejected(f"The provider refused the request (status {status}){reason}")


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed."""
    if isinstance(error, openai.APIStatusError):
        return not (is_quota(error) or is_about_the_model(error)) and (
            error.status_code in {408, 409, 429} or error.status_code >= 500
        )
    paid = unusable(error)
    return paid.changes if paid else isinstance(error, openai.APIConnectionError | Unreadable)


def is_quota(error: openai.APIStatusError) -> bool:
    """Return whether the provider's account has no credit."""
    return bool({error.code, error.type} & _QUOTA_CODES)


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
