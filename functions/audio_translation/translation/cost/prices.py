"""What a minute of audio costs with the model that will serve a task."""

from dataclasses import dataclass
from datetime import UTC, datetime

from audio_translation.settings import Settings
from audio_translation.translation.engine import Task
from audio_translation.translation.models import model_for, model_named, price_per_minute


@dataclass(frozen=True)
class Prices:
    """Dollars a minute, without the text model; see ``model_for`` for the models.

    ``default``: of models without a known price.
    """

    default: float = 0.006
    transcription_model: str = "gpt-transcribe"
    speaker_model: str = ""

    @classmethod
    def of_settings(cls, settings: Settings) -> "Prices":
        """Return the operator's."""
        return cls(
            settings.price_per_minute_usd, settings.transcription_model, settings.speaker_model
        )

    def a_minute(self, task: Task) -> float:
        """Return the price for a task; the higher one where a model that has ended may be replaced.

        Which server ends it, and when, is not asked for a price.
        """
        _, model = model_for(
            task, replacement=self.transcription_model, speaker_model=self.speaker_model
        )
        ends = model_named(model).ends
        over = ends is not None and datetime.now(UTC).date() >= ends
        served = f"{model},{self.transcription_model}" if over else model
        return price_per_minute(served, self.default)

    def of(self, milliseconds: int, task: Task) -> float:
        """Return the price of so much audio."""
        return milliseconds / 60_000 * self.a_minute(task)
