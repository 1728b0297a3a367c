"""The SDK's client with bounds that the SDK does not have."""

import time

import openai
import pytest

from audio_translation.audio.recording import ChunkAudio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.client import provider_client
from audio_translation.errors import (
    ProviderUnavailable,
)
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import run


@pytest.mark.parametrize(
    "answer", [Answer(delay=30), Answer(drip=0.05), Answer(drip=0.05, status=400)]
)
def test_nothing_outlasts_the_deadline(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, answer: Answer
) -> None:
    provider.default = answer
    started = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        run(engine, audio, left=1.2)
    assert time.monotonic() - started < 10


def test_without_a_key_none_is_sent_and_with_one_it_is_asked_for_before_each_call(
    provider: SpeechProvider, audio: ChunkAudio
) -> None:
    keys = iter(["sk-1", "sk-2"])
    for key in (None, lambda: next(keys)):
        with provider_client(provider.base_url, key) as client:
            for _ in range(2):
                client.audio.translations.with_raw_response.create(file=audio.flac.path, model="m")
    sent = [received.authorization for received in provider.received]
    assert sent == ["", "", "Bearer sk-1", "Bearer sk-2"]


def test_a_failure_is_not_tried_again_here(provider: SpeechProvider, audio: ChunkAudio) -> None:
    provider.default = Answer(envelope("oops"), 500)
    with (
        provider_client(provider.base_url, None) as client,
        pytest.raises(openai.InternalServerError),
    ):
        client.audio.translations.with_raw_response.create(file=audio.flac.path, model="m")
    assert len(provider.received) == 1


def test_an_answer_is_read_up_to_8_mib(provider: SpeechProvider, audio: ChunkAudio) -> None:
    whole = b'{"text": "' + b"x" * (8 * 1024 * 1024 - 12) + b'"}'
    with provider_client(provider.base_url, None) as client:
        provider.script.append(Answer(whole))
        client.audio.translations.with_raw_response.create(file=audio.flac.path, model="m")
        provider.script.append(Answer(whole + b" "))
        with pytest.raises(openai.APIConnectionError):
            client.audio.translations.with_raw_response.create(file=audio.flac.path, model="m")


def test_proxies_of_the_environment_are_not_asked(
    provider: SpeechProvider, audio: ChunkAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with provider_client(provider.base_url, None) as client:
        client.audio.translations.with_raw_response.create(file=audio.flac.path, model="m")
    assert len(provider.received) == 1
