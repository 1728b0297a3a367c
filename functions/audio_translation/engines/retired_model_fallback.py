"""The engine and model for a task, and the fallback for retired models.

Requests for a retired model are served by the replacement model. A model is retired

- from the day on that its server names, or ``translation.models`` where that is OpenAI, or
- for some minutes after its server has answered that it has no such model.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from audio_translation.audio.recording import ChunkAudio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.model_ends import ModelEnds
from audio_translation.errors import InvalidRequest, ModelGone
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.models import MODELS, EngineName, model_for, model_named

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
        speaker_model: str = "",
        dates: Mapping[EngineName, ModelEnds],
        telemetry: Telemetry,
        today: Callable[[], date] = today_in_utc,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the engine.

        - ``replacement_model``: a model of the two-step engine. It serves requests for other
          languages than English or for the source text, and in place of retired models.
        - ``replace_retired``: whether retired models are replaced; if not, ModelGone is raised.
        - ``speaker_model``: a model of the two-step engine, for requests that want speakers told
          apart and name no model that does; empty if there is none.
        - ``dates``: when the models of each engine's providers end.
        - ``telemetry``: counts the translations by the replacement model.
        - ``today``, ``clock``: the date, and a monotonic clock in seconds.
        """
        self._engines = engines
        self._replacement = (EngineName.TRANSCRIBE_THEN_TRANSLATE, replacement_model)
        self._replace_retired = replace_retired
        self._speaker_model = speaker_model
        self._dates = dates
        self._telemetry = telemetry
        self._today = today
        self._clock = clock
        self._gone: dict[tuple[_EngineAndModel, bool], tuple[float, ModelGone]] = {}

    def ends(self, model: str) -> date | None:
        """Return the day on which a model ends: its server's word, else OpenAI's; None if none."""
        known = model_named(model)
        return self._dates[known.engine].told(model) or known.ends

    def learn_dates(self) -> None:
        """Ask the servers when their models end, if that was not done lately."""
        for dates in set(self._dates.values()):
            dates.learn()

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """Translate; the translation's ``model`` is the one that served it.

        Raises what engines raise, and ModelGone if the model is retired and not replaced, or the
        replacement is retired, too.
        """
        chosen = self._chosen(task)
        try:
            return self._ask(chosen, audio, task, deadline)
        except ModelGone as gone:
            if task.speakers is not None:
                raise _no_speakers(gone.message) from gone
            if not self._replace_retired or chosen == self._replacement:
                raise
            return self._fall_back(chosen, gone, audio, task, deadline)

    def _chosen(self, task: Task) -> _EngineAndModel:
        """Return what serves a task; raises InvalidRequest if nothing tells speakers apart."""
        chosen = model_for(
            task, replacement=self._replacement[1], speaker_model=self._speaker_model
        )
        if not chosen[1]:
            raise _no_speakers(f"The model {task.model!r} does not tell speakers apart.")
        return chosen

    def _ask(
        self, served: _EngineAndModel, audio: ChunkAudio, task: Task, deadline: Deadline
    ) -> Translation:
        engine, model = served
        self._check_served(served, transcribe=task.transcribe)
        try:
            return self._engines[engine].translate(
                audio, replace(task, model=model), deadline=deadline
            )
        except ModelGone as gone:
            if served != self._replacement:
                self._gone[served, task.transcribe] = (self._clock() + _GONE_SECONDS, gone)
            raise

    def _fall_back(
        self,
        chosen: _EngineAndModel,
        gone: ModelGone,
        audio: ChunkAudio,
        task: Task,
        deadline: Deadline,
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

    def _check_served(self, served: _EngineAndModel, *, transcribe: bool) -> None:
        """Raise ModelGone if the model is known to be retired.

        A server that has no translations with a model may still have transcriptions with it.
        """
        engine, model = served
        if ends := self._retired_since(engine, model):
            raise ModelGone(
                f"The model {model!r} is not served any more since {ends}.", param="model"
            )
        until, gone = self._gone.get((served, transcribe), (0.0, None))
        if gone and self._replace_retired and self._clock() < until:
            raise ModelGone(gone.message, param=gone.param)

    def _retired_since(self, engine: EngineName, model: str) -> date | None:
        """Return the day on which the model ended, if it did; its server is asked before that."""
        dates = self._dates[engine]
        if self._is_over(dates.ends(model)):
            dates.learn()
        else:
            dates.learn_meanwhile()
        ends = dates.ends(model)
        return ends if self._is_over(ends) else None

    def _is_over(self, ends: date | None) -> bool:
        return ends is not None and self._today() >= ends


def _no_speakers(reason: str) -> InvalidRequest:
    known = ", ".join(name for name, model in MODELS.items() if model.speakers)
    return InvalidRequest(
        f"speakers: {reason} Leave the field out, name a model that does ({known}), or have the"
        " operator set SpeakerModel.",
        param="speakers",
    )
