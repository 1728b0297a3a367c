"""The engine and model for a task, and the fallback for retired models.

Requests for a retired model are served by the replacement model. A model is retired

- from its date in ``translation.models`` on, if the engine's server is OpenAI itself, or
- for some minutes after its server has answered that it has no such model.
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

_GONE_SECONDS = 600.0
"""How long a model is not asked for after its server answered that it has no such model."""

_EngineAndModel = tuple[EngineName, str]


def today_in_utc() -> date:
    """Return the date in UTC."""
    return datetime.now(UTC).date()


class RetiredModelFallback:
    """Engine that chooses one of several engines; safe to call from several threads."""

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
        """Make the engine.

        - ``replacement_model``: a model of the two-step engine. It serves requests for other
          languages than English or for the source text, and in place of retired models.
        - ``replace_retired``: whether retired models are replaced; if not, ModelGone is raised.
        - ``dated``: the engines whose server is OpenAI, which retires models at known dates.
        - ``telemetry``: counts the translations by the replacement model.
        - ``today``, ``clock``: the date, and a monotonic clock in seconds.
        """
        self._engines = engines
        self._replacement = (EngineName.TRANSCRIBE_THEN_TRANSLATE, replacement_model)
        self._replace_retired = replace_retired
        self._dated = dated
        self._telemetry = telemetry
        self._today = today
        self._clock = clock
        self._gone: dict[_EngineAndModel, tuple[float, ModelGone]] = {}

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; the translation's ``model`` is the one that served it.

        Raises what engines raise, and ModelGone if the model is retired and not replaced, or the
        replacement is retired, too.
        """
        chosen = self._chosen(task)
        try:
            return self._ask(chosen, audio, task, deadline)
        except ModelGone as gone:
            if not self._replace_retired or chosen == self._replacement:
                raise
            return self._fall_back(chosen, gone, audio, task, deadline)

    def _chosen(self, task: Task) -> _EngineAndModel:
        engine = model_named(task.model).engine
        if engine.english_only and (task.with_source or not _is_english(task.target)):
            return self._replacement
        return engine, task.model

    def _ask(
        self, served: _EngineAndModel, audio: Audio, task: Task, deadline: Deadline
    ) -> Translation:
        engine, model = served
        self._check_served(served)
        try:
            return self._engines[engine].translate(
                audio, replace(task, model=model), deadline=deadline
            )
        except ModelGone as gone:
            if served != self._replacement:
                self._gone[served] = (self._clock() + _GONE_SECONDS, gone)
            raise

    def _fall_back(
        self, chosen: _EngineAndModel, gone: ModelGone, audio: Audio, task: Task, deadline: Deadline
    ) -> Translation:
        _, replacement = self._replacement
        try:
            translation = self._ask(self._replacement, audio, task, deadline)
        except ModelGone as error:
            raise ModelGone(
                f"{gone.message} Nor can {replacement!r} answer for it. {error.message}",
                param="model",
            ) from error
        self._telemetry.replacement_served(chosen[1], translation.model, gone.message)
        return translation

    def _check_served(self, served: _EngineAndModel) -> None:
        """Raise ModelGone if the model is known to be retired."""
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
