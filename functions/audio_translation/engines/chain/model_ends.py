"""When a model ends for good: when the last provider of a chain has ended it."""

from collections.abc import Mapping, Sequence
from datetime import date

from audio_translation.engines.provider.model_dates import ModelDates


class ModelEnds:
    """The dates of several providers as those of one; safe to use from several threads.

    Each comes with its names for our models, None if it is asked for all by our name.
    """

    def __init__(self, providers: Sequence[tuple[Mapping[str, str] | None, ModelDates]]) -> None:
        self._providers = tuple(providers)

    def ends(self, model: str) -> date | None:
        """Return the first day on which nobody serves a model; None if no such day is known."""
        found = [dates.ends(there) for there, dates in self._serving(model)]
        known = [day for day in found if day is not None]
        return max(known) if known and len(known) == len(found) else None

    def told(self, model: str) -> date | None:
        """Return that day if the providers themselves have told it."""
        found = [dates.told(there) for there, dates in self._serving(model)]
        known = [day for day in found if day is not None]
        return max(known) if known and len(known) == len(found) else None

    def learn(self) -> None:
        """Ask the providers, at most every few hours."""
        for _, dates in self._providers:
            dates.learn()

    def learn_meanwhile(self) -> None:
        """Ask them if it is time, while the callers go on."""
        for _, dates in self._providers:
            dates.learn_meanwhile()

    def _serving(self, model: str) -> list[tuple[str, ModelDates]]:
        """Return the providers of a model, and its name there."""
        named = [(model if names is None else names.get(model), d) for names, d in self._providers]
        return [(there, dates) for there, dates in named if there]
