"""The known models: their engines, prices and dates of retirement.

Source: OpenAI's deprecations page, notice of 2026-08-26.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from audio_translation.transcript import ServedBy
from audio_translation.translation.engine import Task


class EngineName(StrEnum):
    """The names of the engines."""

    TRANSLATE = "translate"
    """One step: `/audio/translations`, to English only."""
    TRANSCRIBE_THEN_TRANSLATE = "transcribe-then-translate"
    """Two steps: `/audio/transcriptions`, then a text model."""

    @property
    def english_only(self) -> bool:
        """Return whether the engine translates to English only, and tells no source text."""
        return self is EngineName.TRANSLATE


@dataclass(frozen=True)
class Model:
    """A model for audio.

    - ``ends``: the first day on which OpenAI no longer serves it; None if there is none.
    - ``price``: OpenAI's price of a minute of audio in dollars; None if it is a setting, because
      other servers have the model, too.
    - ``speakers``: whether it tells who speaks (``diarized_json``).
    """

    name: str
    engine: EngineName
    ends: date | None = None
    price: float | None = None
    speakers: bool = False

    @property
    def deprecated(self) -> date | None:
        """The day on which the retirement was announced; None if that is not known."""
        known = MODELS.get(self.name)
        return _NOTICE if self.ends and known and known.ends else None


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
            "gpt-4o-transcribe-diarize",
            EngineName.TRANSCRIBE_THEN_TRANSLATE,
            _END,
            0.006,
            speakers=True,
        ),
        Model(
            "gpt-4o-mini-transcribe-2025-12-15", EngineName.TRANSCRIBE_THEN_TRANSLATE, _END, 0.003
        ),
        Model(
            "whisper-large-v3-turbo", EngineName.TRANSCRIBE_THEN_TRANSLATE
        ),  # its translations stay in the source language
    )
}
"""The known models by name."""


def model_named(name: str) -> Model:
    """Return a model by its name; an unknown one is served by the one-step engine."""
    return MODELS.get(name) or Model(name, EngineName.TRANSLATE)


def offered_models(
    configured: Iterable[str], today: date, ends: Callable[[str], date | None]
) -> list[Model]:
    """Return the configured models and the known ones that are not retired, with their ends.

    ``ends`` returns the day on which a model ends, or None.
    """
    known = (replace(model, ends=ends(model.name)) for model in MODELS.values())
    there = [model for model in known if not model.ends or today < model.ends]
    named = [replace(model_named(name), ends=ends(name)) for name in configured]
    return list({model.name: model for model in [*named, *there]}.values())


def price_of(milliseconds: int, served: ServedBy, default: float) -> float:
    """Return the price of so much audio in dollars: the provider's own, or ``price_per_minute``."""
    known = price_per_minute(served.model, default) if served.price is None else served.price
    return milliseconds / 60_000 * known


def model_for(task: Task, *, replacement: str, speaker_model: str) -> tuple[EngineName, str]:
    """Return the engine and the model that serve a task where no model is retired.

    ``replacement`` is the model of two steps for what one step cannot do, ``speaker_model`` the one
    for speakers where the task's does not tell them; the name is empty if there is none.
    """
    engine = model_named(task.model).engine
    if task.speakers is not None:
        speaks = task.model if model_named(task.model).speakers else speaker_model
        return EngineName.TRANSCRIBE_THEN_TRANSLATE, speaks
    is_english = task.target.split("-", maxsplit=1)[0].lower() == "en"
    if engine.english_only and not task.transcribe and (task.with_source or not is_english):
        return EngineName.TRANSCRIBE_THEN_TRANSLATE, replacement
    return engine, task.model


def price_per_minute(served: str, default: float) -> float:
    """Return the price of a minute of audio in dollars, without that of the text model.

    ``served`` is the model, or several with commas between; the highest price counts. ``default``
    is the price of models without a known one.
    """
    prices = (model_named(name.strip()).price for name in served.split(","))
    return max(default if price is None else price for price in prices)
