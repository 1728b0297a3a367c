"""What every way from audio to English segments looks like."""

from typing import Protocol

from audio_translation.domain.audio import Audio
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.transcript import Translation


class Engine(Protocol):
    """A way from one audio file to English segments."""

    def translate(
        self,
        audio: Audio,
        *,
        model: str,
        prompt: str | None,
        temperature: float,
        deadline: Deadline,
    ) -> Translation:
        """Translate the file before ``deadline``; raises errors of the table only."""
        ...
