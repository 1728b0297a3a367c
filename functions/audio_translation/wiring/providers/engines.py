"""What the engines are made of."""

import threading
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.model_ends import ModelEnds
from audio_translation.engines.chain.provider_list import ProviderList
from audio_translation.engines.retired_model_fallback import RetiredModelFallback, today_in_utc
from audio_translation.settings import Settings
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import EngineName
from audio_translation.wiring.providers.current_list import CurrentList
from audio_translation.wiring.providers.steps import ProviderSteps

if TYPE_CHECKING:
    from audio_translation.engines.chain.provider_states import ProviderStates


class Engines:
    """The engine that serves every task, of the list of providers that holds now.

    Safe to use from several threads. One server has at most ``calls_at_once`` calls under way, of
    which ``pieces_at_once`` are for pieces of one chunk. ``telemetry`` is told when another model
    or provider served than the first one.
    """

    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        *,
        decoder: Decoder,
        detector: LanguageDetector,
        telemetry: Telemetry,
        calls_at_once: int = 100,
        pieces_at_once: int = 8,
        today: Callable[[], date] = today_in_utc,
    ) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._today = today
        self._list = CurrentList(settings, clients, telemetry)
        self._lock = threading.Lock()
        self._made: tuple[ProviderSteps, RetiredModelFallback] | None = None

        def steps(providers: ProviderList) -> ProviderSteps:
            return ProviderSteps(
                providers,
                settings,
                clients,
                decoder=decoder,
                detector=detector,
                telemetry=telemetry,
                calls_at_once=calls_at_once,
                pieces_at_once=pieces_at_once,
                today=today,
            )

        self._make_steps = steps

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        """See ``Engine``."""
        return self._current()[1].translate(audio, task, deadline=deadline)

    def warm_up(self) -> None:
        """Make the engines now; raises RateLimited or Internal without a list of providers."""
        self._current()

    def ends(self, model: str) -> date | None:
        """Return the day on which a model ends: its server's word, else OpenAI's; None if none."""
        return self._current()[1].ends(model)

    def learn_dates(self) -> None:
        """Ask the servers when their models end, if that was not done lately."""
        self._current()[1].learn_dates()

    def states(self) -> "ProviderStates":
        """Return how each provider answers; nothing is paid."""
        from audio_translation.engines.chain.provider_states import provider_states

        steps, settings = self.steps(), self._settings
        return provider_states(
            steps.providers,
            {
                "translation": (settings.default_model,),
                "transcription": (settings.transcription_model,),
                "text": (settings.text_model,),
            },
            client=lambda provider: steps.connection(provider).client,
            circuits=steps.circuits,
        )

    def steps(self) -> ProviderSteps:
        """Return what makes the engines of each step."""
        return self._current()[0]

    def _current(self) -> tuple[ProviderSteps, RetiredModelFallback]:
        """Return what belongs to the list that holds now, made anew if it has changed."""
        providers = self._list.get()
        with self._lock:
            if self._made is None or self._made[0].providers is not providers:
                steps = self._make_steps(providers)
                self._made = steps, self._fallback(steps)
            return self._made

    def _fallback(self, steps: ProviderSteps) -> RetiredModelFallback:
        settings = self._settings
        return RetiredModelFallback(
            {
                EngineName.TRANSLATE: steps.translate(),
                EngineName.TRANSCRIBE_THEN_TRANSLATE: LazyEngine(steps.transcribe_then_translate),
            },
            replacement_model=settings.transcription_model,
            replace_retired=settings.replace_retired_models,
            speaker_model=settings.speaker_model,
            dates={
                EngineName.TRANSLATE: _ends(steps, "translation"),
                EngineName.TRANSCRIBE_THEN_TRANSLATE: _ends(steps, "transcription"),
            },
            telemetry=self._telemetry,
            today=self._today,
        )


def _ends(steps: ProviderSteps, step: str) -> ModelEnds:
    entries = dict(steps.providers.steps())[step]
    return ModelEnds([(entry.models, steps.dates(entry.provider)) for entry in entries])


def import_two_steps() -> None:
    """Import what the first task imports, of two steps, too, for a snapshot."""
    import openai.resources.models
    import openai.resources.responses  # noqa: F401

    import audio_translation.engines.transcribe_then_translate
    import audio_translation.engines.transcription  # noqa: F401
