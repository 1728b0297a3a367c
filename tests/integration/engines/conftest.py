"""The one-step engine and a scripted provider over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from audio_translation.audio.recording import ChunkAudio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.client import provider_client
from tests.audio.chunk_audio import unheard
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import Keys, one_step


@pytest.fixture(scope="module")
def running_provider() -> Iterator[SpeechProvider]:
    with SpeechProvider() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: SpeechProvider) -> SpeechProvider:
    running_provider.reset()
    return running_provider


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def client(provider: SpeechProvider, keys: Keys) -> Iterator[openai.OpenAI]:
    with provider_client(provider.base_url, keys.get) as client:
        yield client


@pytest.fixture
def engine(client: openai.OpenAI, keys: Keys) -> OpenAITranslations:
    return one_step(client, refresh_key=keys.refresh)


@pytest.fixture
def audio(tmp_path: Path) -> ChunkAudio:
    path = tmp_path / "chunk.flac"
    path.write_bytes(b"fLaC........")
    return unheard(path)
