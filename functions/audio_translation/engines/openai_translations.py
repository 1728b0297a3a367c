"""The one-step engine: ``/audio/translations`` of OpenAI or a compatible server, to English.

Source of shapes and limits: openai-python 3.54, ``resources/audio/translations.py``.
"""

from collections.abc import Callable
from typing import Literal

import openai

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoder
from audio_translation.deadline import Deadline
from audio_translation.engines.chunk_by_chunk import ChunkByChunk, HeardText
from audio_translation.engines.provider_calls import ProviderCalls
from audio_translation.engines.verbose_json import WithoutTimes, parsed, text_of
from audio_translation.errors import AudioTooLarge, ProviderRejected
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task

_LONGEST_CHUNK_SECONDS = 60.0
"""Time-out of a call for a chunk, which has at most half a minute of audio."""


class OpenAITranslations:
    """Engine over one shared SDK client; safe to call from several threads.

    Some servers do not support ``verbose_json``, or return it without times. That is found out at
    the first call of a model. From then on the engine asks for text chunk by chunk, and the times
    are those of the speech.
    """

    def __init__(
        self,
        client: openai.OpenAI,
        *,
        refresh_key: Callable[[], bool],
        max_audio_bytes: int,
        decoder: Decoder | None = None,
        at_once: int = 8,
        backoff_seconds: float = 0.5,
    ) -> None:
        """Make the engine; ``client`` and the arguments not named here go to ``ProviderCalls``.

        - ``max_audio_bytes``: the largest file that the provider accepts.
        - ``decoder``: cuts audio into chunks; without it, servers must return times.
        - ``at_once``: how many chunks of one request are asked for at the same time.
        """
        self._calls = ProviderCalls(
            client, refresh_key=refresh_key, backoff_seconds=backoff_seconds
        )
        # Imports more of the SDK, which is then not part of the first call.
        self._translations = client.audio.translations.with_raw_response
        self._max_audio_bytes = max_audio_bytes
        self._chunks = ChunkByChunk(decoder, at_once=at_once) if decoder else None
        self._without_times: set[str] = set()

    def translate(
        self,
        audio: Audio,
        task: Task,
        *,
        deadline: Deadline,
    ) -> Translation:
        """Translate one file, with retries up to ``deadline``.

        Raises AudioTooLarge, UnsupportedAudio, RateLimited or one of the Provider errors.
        """
        if audio.size > self._max_audio_bytes:
            raise AudioTooLarge(
                f"The audio has {audio.size} bytes; the provider takes at most "
                f"{self._max_audio_bytes} in one call.",
                param="audioFileUrl",
            )
        if task.model not in self._without_times:
            try:
                return self._calls.run(
                    lambda timeout: self._with_times(audio, task, timeout),
                    model=task.model,
                    deadline=deadline,
                )
            except WithoutTimes:
                self._without_times.add(task.model)
        return self._by_chunks(audio, task, deadline)

    def _with_times(self, audio: Audio, task: Task, timeout: openai.Timeout) -> Translation:
        try:
            return parsed(self._request(audio, task, timeout, "verbose_json"), task.model)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            if _refuses_the_format(error):
                raise WithoutTimes from error
            raise

    def _by_chunks(self, audio: Audio, task: Task, deadline: Deadline) -> Translation:
        if self._chunks is None:
            raise ProviderRejected(
                "The provider does not answer verbose_json with times, which this service needs."
            )

        def heard(chunk: Audio) -> HeardText:
            return self._calls.run(
                lambda timeout: HeardText(text_of(self._request(chunk, task, timeout, "json"))),
                model=task.model,
                deadline=deadline,
                longest_seconds=_LONGEST_CHUNK_SECONDS,
            )

        return self._chunks.heard(
            audio, heard, model=task.model, language="english", deadline=deadline
        )

    def _request(
        self,
        audio: Audio,
        task: Task,
        timeout: openai.Timeout,
        answer: Literal["json", "verbose_json"],
    ) -> bytes:
        with audio.path.open("rb") as file:
            return self._translations.create(
                file=(audio.upload_name, file, audio.type.mime),
                model=task.model,
                prompt=openai.omit if task.prompt is None else task.prompt,
                temperature=task.temperature,
                response_format=answer,
                timeout=timeout,
            ).content


def _refuses_the_format(error: openai.APIStatusError) -> bool:
    """Return whether ``param`` (OpenAI) or the message (other servers) names the format."""
    text = f"{error.param} {error.message}".lower()
    return "response_format" in text or "verbose_json" in text
