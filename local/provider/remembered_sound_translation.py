"""English for texts that were transcribed here before, without a text model.

No package registry has a text model that is good enough (docs/engines.md). So Whisper's translate
task gets the sound that a text was transcribed from: the translation is that of the sound and not
of the text. A text that was not transcribed here lately cannot be translated.
"""

import numpy as np

from local.provider.audio_decoding import RATE
from local.provider.openai_errors import ApiError
from local.provider.responses_api import TextSegment
from local.provider.transcription_memory import (
    REMEMBERED_SECONDS,
    TranscribedPart,
    TranscriptionMemory,
)
from local.provider.whisper_model import Whisper

_SECOND_TEMPERATURE = 0.4
"""With 0 a second translation would be the same as the first."""


class TextTranslator:
    """Translates to English what the memory has."""

    def __init__(self, whisper: Whisper, memory: TranscriptionMemory) -> None:
        self._whisper = whisper
        self._memory = memory

    def find(self, segment: TextSegment) -> TranscribedPart:
        """Return what a segment's text was transcribed from; raises ApiError."""
        part = self._memory.find(segment.text)
        if part is None:
            raise ApiError(
                400,
                f"The text of segment {segment.id} was not transcribed here lately. This local "
                "server has no text model: Whisper translates the sound that a text was "
                "transcribed from with gpt-transcribe, and it remembers the last "
                f"{REMEMBERED_SECONDS // 60} minutes of sound.",
                param="input",
                code="text_not_heard",
            )
        return part

    def translate(self, part: TranscribedPart, *, again: bool) -> str:
        """Return Whisper's English; ``again`` asks for another translation than the first one."""
        transcription, (start, end) = part
        with transcription.translating:
            known = transcription.english.get(((start, end), again))
            if known is None:
                samples = transcription.samples[round(start * RATE) : round(end * RATE)]
                sound = samples.astype(np.float32) / np.float32(32768)
                result = self._whisper.transcribe(
                    [(0.0, sound)],
                    "translate",
                    languages=[transcription.language],
                    temperature=_SECOND_TEMPERATURE if again else 0,
                )
                known = transcription.english[(start, end), again] = result.text
        return known
