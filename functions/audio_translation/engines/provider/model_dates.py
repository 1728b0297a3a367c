"""The days on which a provider stops serving models, as its own list of models tells them."""

import threading
import time
from collections.abc import Callable
from datetime import date

import openai

from audio_translation.aws.telemetry import Telemetry
from audio_translation.translation.models import MODELS, model_named

_ASK_AGAIN_SECONDS = 6 * 3600.0
"""How long a list of models is good for."""
_AFTER_FAILURE_SECONDS = 600.0
_TIMEOUT_SECONDS = 3.0


class ModelDates:
    """When the models of one server end; safe to use from several threads.

    The server says it in `shutdown_date` of `GET /models`; a model of which it says none has the
    date in ``translation.models``, if that table is about this server.
    Source: https://platform.openai.com/docs/api-reference/models/object
    """

    def __init__(
        self,
        client: Callable[[], openai.OpenAI],
        *,
        table_holds: bool,
        telemetry: Telemetry,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``client`` returns the server's; ``table_holds`` is whether the server is OpenAI."""
        self._client = client
        self._table_holds = table_holds
        self._telemetry = telemetry
        self._clock = clock
        self._told: dict[str, date] = {}
        self._good_until = 0.0
        self._learning = threading.Lock()

    def ends(self, model: str) -> date | None:
        """Return the first day on which the server does not serve a model; None if not known."""
        return self._told.get(model) or (model_named(model).ends if self._table_holds else None)

    def told(self, model: str) -> date | None:
        """Return that day if the server itself has told it."""
        return self._told.get(model)

    def learn(self) -> None:
        """Ask the server, at most every few hours; what it does not answer changes nothing."""
        with self._learning:
            self._learn()

    def learn_meanwhile(self) -> None:
        """Ask the server if it is time, in one thread, while the callers go on."""
        if self._clock() < self._good_until or not self._learning.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._learn_alone, name="model-dates", daemon=True).start()
        except RuntimeError:  # there is no thread to be had; the next caller tries again
            self._learning.release()

    def _learn_alone(self) -> None:
        try:
            self._learn()
        finally:
            self._learning.release()

    def _learn(self) -> None:
        if self._clock() < self._good_until:
            return
        try:
            listed = self._client().models.list(timeout=_TIMEOUT_SECONDS)
            told = {model.id: _day(model.shutdown_date) for model in listed.data}
        except Exception as error:  # noqa: BLE001  no answer may keep a translation from its caller
            self._telemetry.model_dates_unknown(type(error).__name__)
            self._good_until = self._clock() + _AFTER_FAILURE_SECONDS
            return
        self._take_over({name: day for name, day in told.items() if day})
        self._good_until = self._clock() + _ASK_AGAIN_SECONDS

    def _take_over(self, told: dict[str, date]) -> None:
        """Log first which of the models in the table end earlier than was known."""
        for name in told.keys() & MODELS.keys():
            known = self.ends(name)
            if known is None or told[name] < known:
                self._telemetry.model_ends_earlier(name, told[name], known)
        self._told = told


def _day(told: object) -> date | None:
    """Return the day of a date or time of ISO 8601; None for what is neither."""
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return None
