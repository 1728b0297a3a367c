"""Speech to English in one step: ``/audio/translations`` of OpenAI or a server that speaks it.

Source of shapes and limits: openai-python 3.54, ``resources/audio/translations.py``.
"""

from collections.abc import Callable

import openai

from audio_translation.domain.audio import Audio
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Task
from audio_translation.domain.errors import AudioTooLarge
from audio_translation.domain.transcript import Translation
from audio_translation.engines.provider_calls import Calls
from audio_translation.engines.verbose_json import parsed


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
        """Take what ``Calls`` takes, and the most bytes that the provider is sent at once."""
        self._calls = Calls(client, refresh_key=refresh_key, backoff_seconds=backoff_seconds)
        self._max_audio_bytes = max_audio_bytes

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

        def call(timeout: openai.Timeout) -> Translation:
            with audio.path.open("rb") as file:
                response = self._calls.client.audio.translations.with_raw_response.create(
                    file=(audio.upload_name, file, audio.type.mime),
                    model=task.model,
                    prompt=openai.omit if task.prompt is None else task.prompt,
                    temperature=task.temperature,
                    response_format="verbose_json",
                    timeout=timeout,
                )
            return parsed(response.content, task.model)

        return self._calls.run(call, model=task.model, deadline=deadline)
