"""Which engine and which model serve a task: the ones asked for, or what has to take their place.

A model that is served no more keeps working. That its time is over is known by the date where
OpenAI is asked, because there the date is known; any server may say it, too, and is believed for
some minutes.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from audio_translation.domain.audio import Audio
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Engine, Task
from audio_translation.domain.errors import ModelGone
from audio_translation.domain.models import Way, model_named
from audio_translation.domain.transcript import Translation

_BELIEVED_SECONDS = 600.0
"""How long a model is not asked for again after its server said that it has none such."""

_Served = tuple[Way, str]


def today_in_utc() -> date:
    return datetime.now(UTC).date()


class Succession:
    """Engine over one engine for each way; safe to call from several threads."""

    def __init__(
        self,
        engines: Mapping[Way, Callable[[], Engine]],
        *,
        successor: str,
        replace_retired: bool,
        dated: Collection[Way],
        took_over: Callable[[str, str, str], None],
        today: Callable[[], date] = today_in_utc,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what makes the ``engines`` when they are first needed.

        ``successor`` is the model of the two-step engine that answers where English alone is not
        enough and, with ``replace_retired``, for models that are served no more. ``dated`` are the
        ways whose server is OpenAI itself. ``took_over`` is told of each translation by the
        successor of a model: that one's name, its own, and why. ``clock`` is in seconds.
        """
        self._engines = engines
        self._last_resort = (Way.TRANSCRIBE_THEN_TRANSLATE, successor)
        self._replace_retired = replace_retired
        self._dated = dated
        self._took_over = took_over
        self._today = today
        self._clock = clock
        self._gone: dict[_Served, tuple[float, ModelGone]] = {}
        self._lock = threading.Lock()
        self._made: dict[Way, Engine] = {}

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; ``model`` of the translation is the one that served.

        Raises what engines raise; ModelGone where there is no successor, or it is gone as well.
        """
        chosen = self._chosen(task)
        try:
            return self._asked(chosen, audio, task, deadline)
        except ModelGone as gone:
            if not self._replace_retired or chosen == self._last_resort:
                raise
            return self._succeeded(chosen, gone, audio, task, deadline)

    def warm_up(self) -> None:
        """Make the engine that most requests need."""
        self._engine(Way.TRANSLATE)

    def _chosen(self, task: Task) -> _Served:
        way = model_named(task.model).way
        if way is Way.TRANSLATE and (task.with_source or not _is_english(task.target)):
            return self._last_resort
        return way, task.model

    def _asked(self, served: _Served, audio: Audio, task: Task, deadline: Deadline) -> Translation:
        way, model = served
        self._check(served)
        try:
            return self._engine(way).translate(audio, replace(task, model=model), deadline=deadline)
        except ModelGone as gone:
            if served != self._last_resort:
                self._gone[served] = (self._clock() + _BELIEVED_SECONDS, gone)
            raise

    def _succeeded(
        self, chosen: _Served, gone: ModelGone, audio: Audio, task: Task, deadline: Deadline
    ) -> Translation:
        _, successor = self._last_resort
        try:
            translation = self._asked(self._last_resort, audio, task, deadline)
        except ModelGone as error:
            raise ModelGone(
                f"{gone.message} Nor can {successor!r} answer for it. {error.message}",
                param="model",
            ) from error
        self._took_over(chosen[1], translation.model, gone.message)
        return translation

    def _check(self, served: _Served) -> None:
        """Raise ModelGone for a model that is known to be served no more."""
        way, model = served
        ends = model_named(model).ends
        if ends and way in self._dated and self._today() >= ends:
            raise ModelGone(
                f"OpenAI does not serve the model {model!r} any more since {ends}.", param="model"
            )
        until, gone = self._gone.get(served, (0.0, None))
        if gone and self._replace_retired and self._clock() < until:
            raise ModelGone(gone.message, param=gone.param)

    def _engine(self, way: Way) -> Engine:
        with self._lock:
            if way not in self._made:
                self._made[way] = self._engines[way]()
            return self._made[way]


def _is_english(tag: str) -> bool:
    return tag.split("-", maxsplit=1)[0].lower() == "en"
