"""The answer of practice; every start imports it, for the OpenAPI page's routes."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from audio_translation.transcript import ServedBy


class Verdict(StrEnum):
    """What became of a word: `extra` if it was heard, and is not in the text."""

    HEARD = "heard"
    DIFFERENT = "different"
    """Another word was heard in its place."""
    MISSING = "missing"
    EXTRA = "extra"
    """It was heard, and is not in the text."""


class _Answered(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class PracticedWord(_Answered):
    """A word of the text, or one that was said besides, in their order."""

    word: str
    """As it is written in the text; for `extra`, as it was heard."""
    verdict: Verdict
    """`different`: another word was heard in its place; `extra`: it is not in the text."""
    heard: str | None = None
    """What was heard instead, of a `different` word; left out otherwise."""
    start: float | None = None
    """Seconds; left out for a `missing` word, as `end` is."""
    end: float | None = None


class Pause(_Answered):
    """Silence of 0.3 seconds or more within the speech, in seconds."""

    start: float
    end: float


class Practiced(_Answered):
    """What was said beside what was to be said."""

    words: list[PracticedWord]
    wordsPerMinute: float | None  # noqa: N815  the JSON's name
    """From the beginning of the first word to the end of the last, pauses included."""
    pauses: list[Pause]
    completeness: float
    """The share of the text's words that were heard, from 0 to 1."""
    understood: str | None
    """What was understood in English; null where that was not asked for or could not be had."""
    heardText: str  # noqa: N815
    """All that was heard, in the language spoken."""
    language: str
    """The language that was asked for, as a BCP 47 tag."""
    model: str
    """The model that heard it."""
    provider: str
    """The provider that served it."""
    warnings: list[str]
    """Sentences about what is lost, guessed or odd."""

    @property
    def served(self) -> ServedBy:
        """What heard it."""
        return ServedBy(self.model, self.provider)

    def as_json(self) -> str:
        """Return the JSON; what a word does not have is left out."""
        return self.model_dump_json(exclude_unset=True)
