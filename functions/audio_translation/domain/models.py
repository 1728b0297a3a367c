"""Which way a model goes from audio to text, until when it is there, and what comes after it.

Source: OpenAI's deprecations page, notice of 2026-08-26.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Way(StrEnum):
    """An engine, by its name."""

    TRANSLATE = "translate"
    """One step: `/audio/translations`, to English only."""
    TRANSCRIBE_THEN_TRANSLATE = "transcribe-then-translate"
    """Two steps: `/audio/transcriptions`, then a text model."""


@dataclass(frozen=True)
class Model:
    """A model for audio. ``ends`` is the day on which OpenAI does not serve it any more."""

    name: str
    way: Way
    ends: date | None = None


_END = date(2027, 2, 26)

MODELS = {
    model.name: model
    for model in (
        Model("whisper-1", Way.TRANSLATE, _END),
        Model("gpt-transcribe", Way.TRANSCRIBE_THEN_TRANSLATE),
        Model("gpt-4o-transcribe", Way.TRANSCRIBE_THEN_TRANSLATE, _END),
        Model("gpt-4o-mini-transcribe", Way.TRANSCRIBE_THEN_TRANSLATE, _END),
        Model("gpt-4o-mini-transcribe-2025-12-15", Way.TRANSCRIBE_THEN_TRANSLATE, _END),
        Model("whisper-large-v3-turbo", Way.TRANSCRIBE_THEN_TRANSLATE),  # it does not translate
    )
}
"""The models that are known by name."""


def model_named(name: str) -> Model:
    """Return a model; one that is not known is taken for a Whisper of some server."""
    return MODELS.get(name) or Model(name, Way.TRANSLATE)


def offered(configured: Iterable[str], today: date) -> list[str]:
    """Return what is configured and the known models that have not ended, each once."""
    there = (model.name for model in MODELS.values() if not model.ends or today < model.ends)
    return list(dict.fromkeys([*configured, *there]))
