"""The SDK's client with bounds that the SDK does not have."""

import time

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.errors import (
    ProviderUnavailable,
)
from tests.fakes.provider import Answer, Provider
from tests.integration.engines.one_step import run


@pytest.mark.parametrize(
    "answer", [Answer(delay=30), Answer(drip=0.05), Answer(drip=0.05, status=400)]
)
def test_nothing_outlasts_the_deadline(
    engine: OpenAITranslations, audio: Audio, provider: Provider, answer: Answer
) -> None:
    provider.default = answer
    started = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        run(engine, audio, left=1.2)
    assert time.monotonic() - started < 10
