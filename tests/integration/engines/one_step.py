"""Asking the one-step engine, and what providers answer."""

from collections.abc import Callable
from typing import Any

import openai

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from tests.fakes.provider.answers import envelope


class Keys:
    """The provider's key as SSM would hand it out, and what rotation leaves behind."""

    def __init__(self) -> None:
        self.current = "sk-old"
        self.stored = "sk-old"
        self.refreshed = 0

    def get(self) -> str:
        return self.current

    def refresh(self) -> bool:
        self.refreshed += 1
        changed, self.current = self.current != self.stored, self.stored
        return changed


def one_step(
    client: openai.OpenAI,
    *,
    refresh_key: Callable[[], bool] = lambda: False,
    max_audio_bytes: int = 1000,
    backoff_seconds: float = 0.01,
) -> OpenAITranslations:
    """Make the engine."""
    return OpenAITranslations(
        client,
        refresh_key=refresh_key,
        max_audio_bytes=max_audio_bytes,
        decoder=decoding,
        detector=LanguageDetector(),
        backoff_seconds=backoff_seconds,
    )


def run(
    engine: OpenAITranslations, audio: ChunkAudio, *, left: float = 5, **wishes: Any
) -> Translation:
    task = Task(**{"model": "whisper-1", **wishes})
    return engine.translate(audio, task, deadline=Deadline.after(left))


RATE = envelope("Rate limit reached", "requests", "rate_limit_exceeded")
