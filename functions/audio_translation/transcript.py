"""A translation: the segments of an audio file, with their text and times."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from audio_translation.scripts import joined

_NAMES_APART = ", "

LEAST_SHARE = 0.02
"""Of the spoken time, of a language that counts as spoken."""


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
    channel: int | None = None
    """On which side of a recording it is said, from 0, where the sides were kept separate."""
    speaker: str | None = None
    """Who says it, where speakers were to be told apart: a name, or in parts a provider's label."""


@dataclass(frozen=True)
class Word:
    """A word and its times, which are integer milliseconds; it has the segment's ``channel``."""

    start: int
    end: int
    text: str
    channel: int | None = None


class ServedBy(NamedTuple):
    """What made a translation; of several, the names with commas between.

    ``price`` is that of a minute of audio in dollars, where the provider has one of its own.
    """

    model: str
    provider: str = ""
    price: float | None = None


@dataclass(frozen=True)
class Translation:
    """The segments of the whole audio, in order; those of two channels may overlap.

    - ``language``: the language of the text, as OpenAI names it ("english").
    - ``duration``: of the audio, in integer milliseconds.
    - ``model``, ``provider``, ``price``: see ``ServedBy``.
    - ``warnings``: sentences about what is missing, damaged or not translated.
    - ``languages``: those spoken, where that is known: see ``spoken_languages``.
    - ``task``: ``translate``, or ``transcribe`` if the text is in the language spoken.
    - ``granularities``: what ``verbose_json`` tells the times of, ``segment`` or ``word`` or both.
    - ``words``: those that the provider gave times of, in order; not all of the text.
    - ``channel_names``: what the channels of segments are called; empty where they have none.
    - ``tag``: the language as a BCP 47 tag, with script and region where they were asked for; empty
      if it is not known.
    - ``cached``: whether it was made for an earlier request, and cost this one nothing.
    """

    segments: tuple[Segment, ...]
    language: str
    duration: int
    model: str
    warnings: tuple[str, ...] = ()
    languages: tuple[tuple[str, float], ...] = ()
    task: str = "translate"
    granularities: tuple[str, ...] = ("segment",)
    words: tuple[Word, ...] = ()
    channel_names: tuple[str, ...] = ()
    tag: str = ""
    provider: str = ""
    price: float | None = None
    cached: bool = False

    @property
    def served(self) -> ServedBy:
        """What made it."""
        return ServedBy(self.model, self.provider, self.price)

    @property
    def text(self) -> str:
        """The text of all segments, on one line."""
        return joined(segment.text for segment in self.segments)

    @property
    def spoken_text(self) -> str:
        """The same in the language spoken, where that is known."""
        return joined(s.text if s.source is None else s.source for s in self.segments)

    def voice(self, segment: Segment) -> str:
        """Return who says a segment: a speaker's name, or that of its channel; empty if unknown."""
        of_channel = self.channel_names[segment.channel or 0] if self.channel_names else ""
        return segment.speaker or of_channel

    @property
    def untranslated_segments(self) -> int:
        """The number of segments that are still in the source language."""
        return sum(segment.untranslated for segment in self.segments)


def served_by(answers: Sequence[Translation]) -> ServedBy:
    """Return what served: the names of all, each once, the highest price."""
    prices = [answer.price for answer in answers if answer.price is not None]
    return ServedBy(
        all_names(answer.model for answer in answers),
        all_names(answer.provider for answer in answers),
        max(prices, default=None),
    )


def all_names(several: Iterable[str]) -> str:
    """Return names, each of which may be several already, as one text, each once."""
    names = (name for one in several for name in one.split(_NAMES_APART) if name)
    return _NAMES_APART.join(dict.fromkeys(names))


def spoken_languages(segments: Iterable[Segment]) -> tuple[tuple[str, float], ...]:
    """Return the spoken languages that are known, as code and share of the time, largest first.

    Those with a share below ``LEAST_SHARE`` are left out: they are mistakes of a provider's.
    """
    times: dict[str, int] = {}
    for segment in segments:
        if segment.spoken is not None:
            length = max(1, segment.end - segment.start)
            times[segment.spoken] = times.get(segment.spoken, 0) + length
    total = sum(times.values())
    shares = [(code, round(time / total, 2)) for code, time in times.items()]
    found = [(code, share) for code, share in shares if share >= LEAST_SHARE]
    return tuple(sorted(found, key=lambda entry: -entry[1]))


def encodable(text: str) -> str:
    """Return the text with surrogate pairs combined and lone surrogates replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def milliseconds(seconds: float) -> int:
    """Return float seconds, as in OpenAI's JSON, as integer milliseconds."""
    return round(seconds * 1000)


def seconds(milliseconds: int) -> float:
    """Return integer milliseconds as float seconds, as in OpenAI's JSON."""
    return milliseconds / 1000


def clock(milliseconds: int) -> str:
    """Return integer milliseconds as ``H:MM:SS``."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


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
    languages = tuple((code, share) for code, share in fields.get("languages", ()))
    words = tuple(Word(**word) for word in fields.pop("words", ()))
    granularities = tuple(fields.pop("granularities", ("segment",)))
    names = tuple(fields.pop("channel_names", ()))
    return Translation(
        **{**fields, "segments": segments, "warnings": warnings, "languages": languages},
        granularities=granularities,
        words=words,
        channel_names=names,
    )
