"""What audio may cost: in one request, and for one API key on one day.

The day's sum is kept in the job table. While the table does not answer, nothing is refused for the
day's bound: it must not become an outage.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from audio_translation.aws.clients import Clients
from audio_translation.aws.daily_costs import DailyCosts
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import ServiceError
from audio_translation.settings import Settings
from audio_translation.translation.cost.budget import Bound, Budget
from audio_translation.translation.cost.metered import MeteredWatch, metered
from audio_translation.translation.cost.prices import Prices
from audio_translation.translation.engine import Task
from audio_translation.translation.models import price_of
from audio_translation.translation.pipeline import Pipeline, Watch
from audio_translation.translation.stitching import Part


@dataclass(frozen=True)
class Spending:
    """The money of a run that goes on."""

    budget: Budget
    default_price: float

    def limited(self, pipeline: Pipeline) -> Pipeline:
        """Return the pipeline with an engine that pays from the budget."""
        return metered(pipeline, self.budget, self.default_price)

    def watching(self, watch: Watch) -> Watch:
        """Return the watch with an eye on what the audio will cost."""
        return MeteredWatch(watch, self.budget)


@dataclass(frozen=True)
class CostLimits:
    """The operator's bounds in dollars; 0 is none.

    ``most``: for requests that name none. ``most_a_day``: for one owner; ``daily`` is None where
    there is no table to keep the sums in, and then there is no such bound.
    """

    prices: Prices
    telemetry: Telemetry
    most: float = 0.0
    most_a_day: float = 0.0
    daily: DailyCosts | None = None

    @classmethod
    def of_settings(
        cls, settings: Settings, clients: Clients, telemetry: Telemetry
    ) -> "CostLimits":
        """Return what the operator has set."""
        table = settings.job_table
        return cls(
            Prices.of_settings(settings),
            telemetry,
            most=settings.max_cost_usd,
            most_a_day=settings.max_cost_usd_per_key_per_day,
            daily=DailyCosts(clients, table) if table else None,
        )

    def is_bounded(self, most: float | None) -> bool:
        """Return whether there is a bound for a request whose own one is ``most``."""
        return most is not None or bool(self.most or self._counted)

    def paid_for(self, parts: Sequence[Part]) -> float:
        """Return what has been paid for parts of an audio file."""
        return sum(
            price_of(part.paid, part.translation.served, self.prices.default) for part in parts
        )

    @contextmanager
    def spending(
        self, task: Task, owner: str, *, most: float | None = None, before: float = 0.0
    ) -> Iterator[Spending]:
        """Give what a run may pay; at its end, add what it has paid to the owner's day.

        ``most``: the request's own bound. ``before``: what has been paid of it. Raises
        CostLimitExceeded if the day's bound is reached already.
        """
        bounds = (*self._of_request(most, before), *self._of_day(owner))
        budget = Budget(self.prices.a_minute(task), bounds, before)
        if not before:
            budget.begin()
        try:
            yield Spending(budget, self.prices.default)
        finally:
            self._charge(owner, budget.paid)

    @property
    def _counted(self) -> DailyCosts | None:
        return self.daily if self.most_a_day else None

    def _of_request(self, most: float | None, before: float) -> Iterator[Bound]:
        if most is not None:
            own = f"The bound is ${most:g}: send less, or ask with a higher maxCostUsd."
            yield Bound(most - before, own, "maxCostUsd")
        elif self.most:
            ours = (
                f"The service's bound is ${self.most:g}: send less, ask with a higher maxCostUsd,"
            )
            yield Bound(self.most - before, f"{ours} or have the operator raise MaxCostUsd.")

    def _of_day(self, owner: str) -> Iterator[Bound]:
        if not (counted := self._counted):
            return
        try:
            left = max(0.0, self.most_a_day - counted.paid(owner, _today()))
        except ServiceError as error:
            self.telemetry.crashed(error)
            return
        yield Bound(
            left,
            f"The bound of an API key is ${self.most_a_day:g} a day, and ${left:.2g} of it is left:"
            " come back after midnight UTC, or have the operator raise"
            " MaxCostUsdPerKeyPerDay.",
        )

    def _charge(self, owner: str, dollars: float) -> None:
        """Add to the day's sum; what cannot be added is logged, because it is paid."""
        if dollars > 0 and (counted := self._counted):
            try:
                counted.add(owner, _today(), dollars)
            except ServiceError as error:
                self.telemetry.crashed(error)


def _today() -> date:
    return datetime.now(UTC).date()
