"""What a minute costs with the model that serves."""

import pytest

from audio_translation.settings import Settings
from audio_translation.translation.cost.prices import Prices
from audio_translation.translation.engine import Task


@pytest.mark.parametrize(
    ("task", "price"),
    [
        (Task("whisper-1"), 0.01),
        (Task("whisper-1", target="en-GB"), 0.01),
        (Task("whisper-1", target="de"), 0.0045),
        (Task("whisper-1", with_source=True), 0.0045),
        (Task("whisper-1", with_source=True, transcribe=True), 0.01),
        (Task("gpt-4o-mini-transcribe"), 0.003),
        (Task("whisper-1", speakers=0), 0.006),
        (Task("one-of-my-own"), 0.01),
    ],
)
def test_the_price_is_that_of_the_model_that_will_serve(task: Task, price: float) -> None:
    prices = Prices(0.01, "gpt-transcribe", "gpt-4o-transcribe-diarize")
    if task.model == "gpt-4o-mini-transcribe":
        prices = Prices(0.01, "gpt-4o-mini-transcribe")  # also when it has ended
    assert prices.a_minute(task) == price
    assert prices.of(90_000, task) == pytest.approx(1.5 * price)


def test_prices_are_the_operators() -> None:
    settings = Settings(
        price_per_minute_usd=0.1, transcription_model="whisper-large-v3-turbo", speaker_model="s"
    )
    assert Prices.of_settings(settings) == Prices(0.1, "whisper-large-v3-turbo", "s")
