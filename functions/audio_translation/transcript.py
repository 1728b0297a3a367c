"""A translation: the spoken spans of an audio file in English, with their times."""

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Segment:
    """A spoken span. ``start`` and ``end`` are integer milliseconds on the source's clock.

    The fields below ``text`` are what OpenAI's ``verbose_json`` tells about a segment; engines
    that do not know them leave the defaults.
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
    """What was said, in the language spoken, where that was asked for and is known."""
    spoken: str | None = None
    """The language spoken, as an ISO 639-1 code, where it is known."""
    untranslated: bool = False
    """``text`` is still in the language spoken: nothing better was to be had."""


@dataclass(frozen=True)
class Translation:
    """The segments of the whole audio, in order.

    ``language`` is the language of the text as OpenAI names it ("english"); ``duration`` is the
    audio's, in integer milliseconds; ``model`` is the engine's model that made it. ``warnings``
    are sentences about what of the audio is not in it.
    """

    segments: tuple[Segment, ...]
    language: str
    duration: int
    model: str
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All segments' text on one line."""
        return " ".join(" ".join(segment.text.split()) for segment in self.segments).strip()

    @property
    def untranslated_segments(self) -> int:
        """How many segments are still in the language spoken."""
        return sum(segment.untranslated for segment in self.segments)


def warned(translation: Translation) -> Translation:
    """Return the translation with a warning if some of it is still in the language spoken."""
    left = translation.untranslated_segments
    if not left:
        return translation
    are = "it is" if left == 1 else "they are"
    warning = (
        f"{left} of {len(translation.segments)} segments could not be translated; "
        f"{are} in the language spoken."
    )
    return replace(translation, warnings=(*translation.warnings, warning))


def milliseconds(seconds: float) -> int:
    """Float seconds of an edge (OpenAI's JSON) as the integer milliseconds used inside."""
    return round(seconds * 1000)


def seconds(milliseconds: int) -> float:
    """Integer milliseconds as the float seconds of OpenAI's JSON."""
    return milliseconds / 1000


def to_json(translation: Translation) -> str:
    """The translation as it is stored: JSON in ASCII, times in integer milliseconds."""
    return json.dumps(asdict(translation), separators=(",", ":"))


def from_json(stored: str | bytes) -> Translation:
    """What ``to_json`` stored; raises ValueError, KeyError or TypeError for anything else."""
    fields = json.loads(stored)
    segments = tuple(
        Segment(**{**segment, "tokens": tuple(segment["tokens"])}) for segment in fields["segments"]
    )
    warnings = tuple(fields.get("warnings", ()))
    return Translation(**{**fields, "segments": segments, "warnings": warnings})
