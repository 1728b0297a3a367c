"""Which engine serves a model, until when it is there, and what comes after it.

Source: OpenAI's deprecations page, notice of 2026-08-26.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EngineName(StrEnum):
    """An engine, by its name."""

    TRANSLATE = "translate"
    """One step: `/audio/translations`, to English only."""
    TRANSCRIBE_THEN_TRANSLATE = "transcribe-then-translate"
    """Two steps: `/audio/transcriptions`, then a text model."""


@dataclass(frozen=True)
class Model:
    """A model for audio.

    ``ends`` is the day on which OpenAI does not serve it any more. ``price`` is what OpenAI takes
    for a minute of audio, in dollars; None where that is a setting, because many servers have the
    model.
    """

    name: str
    engine: EngineName
    ends: date | None = None
    price: float | None = None

    @property
    def deprecated(self) -> date | None:
        """The day on which its end was announced."""
        return _NOTICE if self.ends else None


_NOTICE = date(2026, 8, 26)
_END = date(2027, 2, 26)

MODELS = {
    model.name: model
    for model in (
        Model("whisper-1", EngineName.TRANSLATE, _END),
        Model("gpt-transcribe", EngineName.TRANSCRIBE_THEN_TRANSLATE, price=0.0045),
        Model("gpt-4o-transcribe", EngineName.TRANSCRIBE_THEN_TRANSLATE, _END, 0.006),
        Model("gpt-4o-mini-transcribe", EngineName.TRANSCRIBE_THEN_TRANSLATE, _END, 0.003),
        Model(
            "gpt-4o-mini-transcribe-2025-12-15", EngineName.TRANSCRIBE_THEN_TRANSLATE, _END, 0.003
        ),
        Model(
            "whisper-large-v3-turbo", EngineName.TRANSCRIBE_THEN_TRANSLATE
        ),  # it does not translate
    )
}
"""The models that are known by name."""


def model_named(name: str) -> Model:
    """Return a model; one that is not known is taken for a Whisper of some server."""
    return MODELS.get(name) or Model(name, EngineName.TRANSLATE)


def offered_models(configured: Iterable[str], today: date) -> list[str]:
    """Return what is configured and the known models that have not ended, each once."""
    there = (model.name for model in MODELS.values() if not model.ends or today < model.ends)
    return list(dict.fromkeys([*configured, *there]))


def price_per_minute(served: str, default: float) -> float:
    """Return dollars for a minute of audio by the model that served it; text models come on top.

    ``default`` is for models without a price here. Of several models, separated by commas, the
    dearest counts.
    """
    prices = (model_named(name.strip()).price for name in served.split(","))
    return max(default if price is None else price for price in prices)
