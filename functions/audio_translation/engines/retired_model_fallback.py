"""Which engine and which model serve a task: the ones asked for, or what has to take their place.

A model that is served no more keeps working. That its time is over is known by the date where
OpenAI is asked, because there the date is known; any server may say it, too, and is believed for
some minutes.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from audio_translation.audio.audio_file import Audio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import ModelGone
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.models import EngineName, model_named

_BELIEVED_SECONDS = 600.0
"""How long a model is not asked for again after its server said that it has none such."""

_Served = tuple[EngineName, str]


def today_in_utc() -> date:
    return datetime.now(UTC).date()


class RetiredModelFallback:
    """Engine over all engines; safe to call from several threads."""

    def __init__(
        self,
        engines: Mapping[EngineName, Engine],
        *,
        replacement_model: str,
        replace_retired: bool,
        dated: Collection[EngineName],
        telemetry: Telemetry,
        today: Callable[[], date] = today_in_utc,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``replacement_model`` is one of the two-step engine.

        It answers where English alone is not enough and, with ``replace_retired``, for models
        that are served no more. ``dated`` are the engines whose server is OpenAI itself.
        ``telemetry`` is told of each translation that it served in another model's place.
        ``clock`` is in seconds.
        """
        self._engines = engines
        self._last_resort = (EngineName.TRANSCRIBE_THEN_TRANSLATE, replacement_model)
        self._replace_retired = replace_retired
        self._dated = dated
        self._telemetry = telemetry
        self._today = today
        self._clock = clock
        self._gone: dict[_Served, tuple[float, ModelGone]] = {}

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; ``model`` of the translation is the one that served.

        Raises what engines raise; ModelGone where nothing replaces the model, or that is gone, too.
        """
        chosen = self._chosen(task)
        try:
            return self._ask(chosen, audio, task, deadline)
        except ModelGone as gone:
            if not self._replace_retired or chosen == self._last_resort:
                raise
            return self._fall_back(chosen, gone, audio, task, deadline)

    def _chosen(self, task: Task) -> _Served:
        engine = model_named(task.model).engine
        if engine is EngineName.TRANSLATE and (task.with_source or not _is_english(task.target)):
            return self._last_resort
        return engine, task.model

    def _ask(self, served: _Served, audio: Audio, task: Task, deadline: Deadline) -> Translation:
        engine, model = served
        self._check(served)
        try:
            return self._engines[engine].translate(
                audio, replace(task, model=model), deadline=deadline
            )
        except ModelGone as gone:
            if served != self._last_resort:
                self._gone[served] = (self._clock() + _BELIEVED_SECONDS, gone)
            raise

    def _fall_back(
        self, chosen: _Served, gone: ModelGone, audio: Audio, task: Task, deadline: Deadline
    ) -> Translation:
        _, replacement = self._last_resort
        try:
            translation = self._ask(self._last_resort, audio, task, deadline)
        except ModelGone as error:
            raise ModelGone(
                f"{gone.message} Nor can {replacement!r} answer for it. {error.message}",
                param="model",
            ) from error
        self._telemetry.replacement_served(chosen[1], translation.model, gone.message)
        return translation

    def _check(self, served: _Served) -> None:
        """Raise ModelGone for a model that is known to be served no more."""
        engine, model = served
        ends = model_named(model).ends
        if ends and engine in self._dated and self._today() >= ends:
            raise ModelGone(
                f"OpenAI does not serve the model {model!r} any more since {ends}.", param="model"
            )
        until, gone = self._gone.get(served, (0.0, None))
        if gone and self._replace_retired and self._clock() < until:
            raise ModelGone(gone.message, param=gone.param)


def _is_english(tag: str) -> bool:
    return tag.split("-", maxsplit=1)[0].lower() == "en"
