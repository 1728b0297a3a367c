"""Speech to English in one step: ``/audio/translations`` of OpenAI or a server that speaks it.

Source of shapes and limits: openai-python 3.54, ``resources/audio/translations.py``.
"""

import json
import math
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audio_translation.domain.audio import Audio
from audio_translation.domain.deadline import Deadline
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
from audio_translation.domain.transcript import Segment, Translation, milliseconds

if TYPE_CHECKING:
    from openai._response import APIResponse
    from openai.types.audio import TranslationVerbose

_ATTEMPTS = 4
_LONGEST_BACKOFF_SECONDS = 8.0
_CONNECT_SECONDS = 5.0
_LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_BAD_AUDIO_WORDS = ("invalid file format", "could not be decoded", "corrupted", "too short")


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

    def translate(
        self,
        audio: Audio,
        *,
        model: str,
        prompt: str | None,
        temperature: float,
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
            try:
                return self._call(audio, model, prompt, temperature, deadline)
            except openai.AuthenticationError as error:
                if key_was_read_again or not self._refresh_key():
                    raise _mapped(error, model) from error
                key_was_read_again = True
            except _FAULTS as error:
                attempt += 1
                pause = self._pause(error, attempt)
                if pause is None or pause >= deadline.left():
                    raise _mapped(error, model, timed_out=not deadline.left()) from error
                time.sleep(pause)

    def _call(
        self, audio: Audio, model: str, prompt: str | None, temperature: float, deadline: Deadline
    ) -> Translation:
        left = deadline.left()
        if not left:
            raise ProviderTimedOut("No time was left to ask the provider.")
        with (
            audio.path.open("rb") as file,
            self._client.audio.translations.with_streaming_response.create(
                file=(audio.upload_name, file, audio.type.mime),
                model=model,
                prompt=openai.omit if prompt is None else prompt,
                temperature=temperature,
                response_format="verbose_json",
                timeout=openai.Timeout(left, connect=min(left, _CONNECT_SECONDS)),
            ) as response,
        ):
            body = _read(response, deadline)
        return _parsed(body, model)

    def _pause(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait before trying again, or None to give up.

        Full jitter; on top of ``Retry-After`` where the provider sent one, so that callers that
        were refused together do not come back together.
        """
        if attempt >= _ATTEMPTS or not _is_transient(error):
            return None
        ceiling = min(_LONGEST_BACKOFF_SECONDS, self._backoff_seconds * 2 ** (attempt - 1))
        return (_retry_after(error) or 0) + random.uniform(0, ceiling)  # noqa: S311  not a secret


class _Unreadable(Exception):
    """A 200 whose body is not the answer that was asked for."""


_FAULTS = (
    openai.OpenAIError,
    # The SDK leaves reading the body to us, and with it its transport's errors.
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpx2.CookieConflict,
    _Unreadable,
)


class _AnswerSegment(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)

    start: float = Field(ge=0)
    end: float = Field(ge=0)
    text: str
    seek: int = 0
    tokens: tuple[int, ...] = ()
    temperature: float = 0.0
    avg_logprob: float = 0.0
    compression_ratio: float = 0.0
    no_speech_prob: float = 0.0


class _Answer(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)

    text: str
    duration: float = Field(ge=0)
    language: str = "english"
    segments: list[_AnswerSegment] | None = None


def _read(response: "APIResponse[TranslationVerbose]", deadline: Deadline) -> bytes:
    """Read the body in pieces: a provider that drips or never ends is cut off."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > _LARGEST_ANSWER_BYTES:
            raise _Unreadable(f"the answer is larger than {_LARGEST_ANSWER_BYTES} bytes")
        if not deadline.left():
            raise ProviderTimedOut("The provider did not finish its answer in time.")
    return bytes(body)


def _parsed(body: bytes, model: str) -> Translation:
    try:
        answer = _Answer.model_validate(json.loads(body))
    except (ValueError, ValidationError, RecursionError) as error:
        raise _Unreadable("the answer is not verbose_json") from error
    segments = answer.segments or []
    if not segments and answer.text.strip():
        segments = [_AnswerSegment(start=0, end=answer.duration, text=answer.text)]
    return Translation(
        segments=tuple(
            Segment(
                **segment.model_dump(exclude={"start", "end"}),
                start=milliseconds(segment.start),
                end=milliseconds(segment.end),
            )
            for segment in segments
        ),
        language=answer.language,
        duration=milliseconds(answer.duration),
        model=model,
    )


def _is_transient(error: Exception) -> bool:
    if isinstance(error, openai.APIStatusError):
        return not _is_quota(error) and (
            error.status_code in {408, 409, 429} or error.status_code >= 500
        )
    return isinstance(error, openai.APIConnectionError | httpx2.HTTPError | _Unreadable)


def _is_quota(error: openai.APIStatusError) -> bool:
    return bool({error.code, error.type} & _QUOTA_CODES)


def _retry_after(error: Exception) -> float | None:
    """Seconds of the answer's ``Retry-After``; None where there is none that is a number."""
    if not isinstance(error, openai.APIStatusError):
        return None
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


def _mapped(error: Exception, model: str, *, timed_out: bool = False) -> ServiceError:
    """Any failure of a call as an error of the table: the only place where this is decided."""
    if isinstance(error, openai.APIStatusError):
        return _mapped_status(error, model)
    if timed_out or isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return ProviderTimedOut("The provider did not answer in time. Try again later.")
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return ProviderUnavailable("The provider cannot be reached. Try again later.")
    if isinstance(error, _Unreadable):
        return ProviderUnavailable(f"The provider's answer cannot be used: {error}.")
    return ProviderUnavailable("The provider's answer cannot be used.")


def _mapped_status(error: openai.APIStatusError, model: str) -> ServiceError:
    status = error.status_code
    said = _what_it_said(error)
    if _is_quota(error):
        return ProviderQuotaExhausted(
            "The provider's account has no credit left. Its owner must add some."
        )
    if status == 429:
        return RateLimited(
            "The provider is taking no more requests for now. Try again later.",
            retry_after=math.ceil(_retry_after(error) or 5),
        )
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
