"""A translation: the segments of an audio file, with their text and times."""

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Segment:
    """A stretch of speech and its translation.

    ``start`` and ``end`` are integer milliseconds on the source's clock. The fields from ``seek``
    to ``no_speech_prob`` are those of OpenAI's ``verbose_json``; engines that do not know them
    leave the defaults.
    Source: openai-python, ``types/audio/transcription_segment.py``.
    """

    start: int
    end: int
    text: str
    seek: int = 0
    tokens: tuple[int, ...] = ()
    temperature: float = 0.0
    avg_logprob: float = 0.0
    compression_ratio: float = 0.0
    no_speech_prob: float = 0.0
    source: str | None = None
    """The text in the source language; None if it was not asked for or is not known."""
    spoken: str | None = None
    """The source language, a key of ``languages.NAMES``; None if it is not known."""
    untranslated: bool = False
    """Whether ``text`` is still in the source language, because it could not be translated."""


@dataclass(frozen=True)
class Translation:
    """The segments of the whole audio, in order.

    - ``language``: the language of the text, as OpenAI names it ("english").
    - ``duration``: of the audio, in integer milliseconds.
    - ``model``: the model that made the translation; of several, their names with commas between.
    - ``warnings``: sentences about what is missing, damaged or not translated.
    """

    segments: tuple[Segment, ...]
    language: str
    duration: int
    model: str
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of all segments, on one line."""
        return " ".join(" ".join(segment.text.split()) for segment in self.segments).strip()

    @property
    def untranslated_segments(self) -> int:
        """The number of segments that are still in the source language."""
        return sum(segment.untranslated for segment in self.segments)


def warned(translation: Translation) -> Translation:
    """Return the translation, with one more warning if it has untranslated segments."""
    untranslated = translation.untranslated_segments
    if not untranslated:
        return translation
    they_are = "it is" if untranslated == 1 else "they are"
    warning = (
        f"{untranslated} of {len(translation.segments)} segments could not be translated; "
        f"{they_are} in the language spoken."
    )
    return replace(translation, warnings=(*translation.warnings, warning))


def milliseconds(seconds: float) -> int:
    """Return float seconds, as in OpenAI's JSON, as integer milliseconds."""
    return round(seconds * 1000)


def seconds(milliseconds: int) -> float:
    """Return integer milliseconds as float seconds, as in OpenAI's JSON."""
    return milliseconds / 1000


def to_json(translation: Translation) -> str:
    """Return the translation as it is stored: ASCII JSON, times in integer milliseconds."""
    return json.dumps(asdict(translation), separators=(",", ":"))


def from_json(stored: str | bytes) -> Translation:
    """Return the translation that ``to_json`` stored.

    Raises ValueError, KeyError or TypeError for anything else.
    """
    fields = json.loads(stored)
    segments = tuple(
        Segment(**{**segment, "tokens": tuple(segment["tokens"])}) for segment in fields["segments"]
    )
    warnings = tuple(fields.get("warnings", ()))
    return Translation(**{**fields, "segments": segments, "warnings": warnings})
