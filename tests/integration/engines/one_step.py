"""Asking the one-step engine, and what providers answer."""

from typing import Any

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.transcript import Translation
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


def run(engine: OpenAITranslations, audio: Audio, *, left: float = 5, **wishes: Any) -> Translation:
    task = Task(**{"model": "whisper-1", **wishes})
    return engine.translate(audio, task, deadline=Deadline.after(left))


RATE = envelope("Rate limit reached", "requests", "rate_limit_exceeded")
