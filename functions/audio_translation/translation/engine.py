"""The ``Engine`` protocol: from an audio file to translated segments."""

from dataclasses import dataclass
from typing import Protocol

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.transcript import Translation


@dataclass(frozen=True)
class Task:
    """The options of a translation for an engine.

    - ``target``: the language of the text, a BCP 47 tag.
    - ``source``: the language that is spoken, a BCP 47 tag, as a hint; None if not known.
    - ``keywords``: names and terms, without line breaks, whose spelling is to be kept.
    - ``with_source``: whether segments are to have their source text, too.
    """

    model: str
    prompt: str | None = None
    temperature: float = 0.0
    target: str = "en"
    source: str | None = None
    keywords: tuple[str, ...] = ()
    with_source: bool = False


class Engine(Protocol):
    """Translates one audio file to segments."""

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate the file before ``deadline``; raises only ServiceErrors."""
        ...
