"""What every way from audio to translated segments looks like."""

from dataclasses import dataclass
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.transcript import Translation


@dataclass(frozen=True)
class Task:
    """What an engine is asked for, beside the audio.

    ``target`` and ``source`` are BCP 47 tags of what the text shall be in and of what is spoken;
    ``source`` is a hint. ``keywords`` are names and terms, one line each. ``with_source`` is
    whether each segment shall have its text in the language spoken, too.
    """

    model: str
    prompt: str | None = None
    temperature: float = 0.0
    target: str = "en"
    source: str | None = None
    keywords: tuple[str, ...] = ()
    with_source: bool = False


class Engine(Protocol):
    """A way from one audio file to translated segments."""

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate the file before ``deadline``; raises errors of the table only."""
        ...
