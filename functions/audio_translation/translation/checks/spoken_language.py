"""The language of a transcription, where the provider does not tell it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from audio_translation.languages import NAMES, code_of
from audio_translation.transcript import Translation


class Detector(Protocol):
    """Tells which of some languages a text is in; see ``language_detection``."""

    def closest(self, text: str, among: Sequence[str]) -> str:
        """Return the likeliest of some codes."""
        ...


def with_language(translation: Translation, source: str | None, detector: Detector) -> Translation:
    """Return a transcription whose segments all have their language, if there are words.

    Where the provider has not told it, it is ``source``, a BCP 47 tag, or else the language of the
    text.
    """
    unknown = [segment for segment in translation.segments if segment.spoken is None]
    text = " ".join(segment.text for segment in unknown)
    if not any(map(str.isalpha, text)):
        return translation
    language = code_of(source) if source else detector.closest(text, tuple(NAMES))
    segments = (
        replace(segment, spoken=language) if segment.spoken is None else segment
        for segment in translation.segments
    )
    return replace(translation, segments=tuple(segments))
