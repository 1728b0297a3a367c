"""The ``Engine`` protocol: from a chunk's sound to translated segments."""

from dataclasses import dataclass, replace
from typing import Protocol

from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.languages import code_of, name_of
from audio_translation.scripts import joined
from audio_translation.transcript import Translation

UNKNOWN_LANGUAGE = "unknown"
"""The language of a transcription without text."""


@dataclass(frozen=True)
class Said:
    """Something that was said before the audio: its translation, and its words where known."""

    text: str
    source: str | None = None


@dataclass(frozen=True)
class Task:
    """The options of a translation for an engine.

    - ``target``: the language of the text, a BCP 47 tag; means nothing in a transcription.
    - ``source``: the language that is spoken, a BCP 47 tag, as a hint; None if not known.
    - ``keywords``: names and terms, without line breaks, whose spelling is to be kept.
    - ``with_source``: whether segments are to have their source text, too.
    - ``with_words``: whether words are to have their times, where the engine knows them.
    - ``track``: the audio track, its number from 1 or its language; None for the default one.
    - ``transcribe``: whether the text stays in the language spoken.
    - ``granularities``: what the times are to be told of, ``segment`` or ``word`` or both.
    - ``speakers``: how many are to be told apart, 0 for all there are; None if nobody asks for it.
      ``speaker_names``: what they are called, in the order in which they first speak.
    - ``separate``: whether two channels are translated one by one, ``channel_names`` what they are
      called.
    - ``before``: what was said just before the audio, for understanding it; not translated again.
    """

    model: str
    prompt: str | None = None
    temperature: float = 0.0
    target: str = "en"
    source: str | None = None
    keywords: tuple[str, ...] = ()
    with_source: bool = False
    with_words: bool = False
    track: str | None = None
    transcribe: bool = False
    granularities: tuple[str, ...] = ("segment",)
    speakers: int | None = None
    speaker_names: tuple[str, ...] = ()
    separate: bool = False
    channel_names: tuple[str, ...] = ()
    before: tuple[Said, ...] = ()

    @property
    def said_before(self) -> str | None:
        """What was said before, in the language of the text; None if there is nothing."""
        return joined(said.text for said in self.before) or None

    @property
    def continued_prompt(self) -> str | None:
        """The prompt, and after it what was said before, for engines that take one step.

        Whisper goes by the last 224 tokens of it, as if it were the text so far.
        """
        if not self.said_before:
            return self.prompt
        return joined(part for part in (self.prompt, self.said_before) if part)

    def untold(self, temperature: float) -> "Task":
        """Return the task without what the engine is told beforehand and might give back."""
        return replace(self, prompt=None, before=(), temperature=temperature)

    @property
    def word_times(self) -> bool:
        """Whether the times of words are to be told; providers know those of what was said."""
        return self.transcribe and (self.with_words or "word" in self.granularities)

    def labelled(self, whole: Translation) -> Translation:
        """Return the text of the whole audio with its language, and with what was asked for.

        The language of a transcription is the one that was given, or the one spoken most.
        """
        if any(segment.channel is not None for segment in whole.segments):
            whole = replace(whole, channel_names=self.channel_names)
        if not self.transcribe:
            return replace(whole, language=name_of(self.target), tag=self.target)
        spoken = code_of(self.source) if self.source else next(iter(dict(whole.languages)), None)
        return replace(
            whole,
            language=name_of(spoken) if spoken else UNKNOWN_LANGUAGE,
            task="transcribe",
            granularities=self.granularities,
            tag=self.source or spoken or "",
        )


class Engine(Protocol):
    """Translates one chunk to segments."""

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate the chunk before ``deadline``; raises only ServiceErrors.

        The segments' times count from the chunk's start.
        """
        ...
