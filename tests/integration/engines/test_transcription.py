"""The first of two steps alone: what is said, in the language spoken."""

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.transcription import Transcription
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Said, Task
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import recording, spanish
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider


@pytest.fixture(scope="module")
def provider() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones(), tells_times=False) as provider:
        yield provider


@pytest.fixture(scope="module")
def client(provider: SpeechProvider) -> Iterator[openai.OpenAI]:
    with provider_client(provider.base_url, lambda: "sk-audio") as client:
        yield client


@pytest.fixture
def audio(tmp_path: Path) -> ChunkAudio:
    path = tmp_path / "speech.wav"
    path.write_bytes(recording(2))
    return one_chunk(path, tmp_path)


@pytest.mark.parametrize("transcribe", [True, False])
def test_the_text_stays_and_what_was_said_before_is_told_only_in_its_language(
    client: openai.OpenAI, provider: SpeechProvider, audio: ChunkAudio, transcribe: bool
) -> None:
    """What was said before is in the language of the text, which a text model writes later."""
    provider.reset()
    calls = ProviderCalls(client, refresh_key=lambda: False, backoff_seconds=0.01)
    engine = Transcription(calls, decoder=decoding, detector=LanguageDetector())
    task = Task(
        "gpt-transcribe", prompt="Ana.", transcribe=transcribe, before=(Said("Good morning."),)
    )
    found = engine.translate(audio, task, deadline=Deadline.after(20))
    assert found.text == f"{spanish(0)} {spanish(1)}"
    assert {received.path for received in provider.received} == {"/v1/audio/transcriptions"}
    told = {received.fields["prompt"] for received in provider.received}
    assert told == {"Ana. Good morning." if transcribe else "Ana."}
