"""The one-step engine against a scripted provider over HTTP."""

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.errors import (
    AudioTooLarge,
)
from tests.fakes.provider.answers import Answer, verbose_json
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import run


def test_segments_come_back_in_milliseconds_with_what_the_provider_said_of_them(
    engine: OpenAITranslations, audio: Audio, provider: SpeechProvider
) -> None:
    provider.default = Answer(verbose_json("One.", "Two."))
    translation = run(engine, audio)
    assert [(s.start, s.end, s.text) for s in translation.segments] == [
        (0, 2000, " One."),
        (2000, 4000, " Two."),
    ]
    assert translation.segments[0].avg_logprob == -0.25
    assert translation.segments[0].tokens == (50364, 7)
    assert (translation.duration, translation.language, translation.model, translation.text) == (
        4000,
        "english",
        "whisper-1",
        "One. Two.",
    )


def test_the_provider_gets_the_file_with_a_name_that_matches_its_bytes_and_every_wish(
    engine: OpenAITranslations, audio: Audio, provider: SpeechProvider
) -> None:
    run(engine, audio, model="other", prompt="Names: Añil", temperature=0.4)
    (received,) = provider.received
    assert received.path == "/v1/audio/translations"
    assert (received.file_name, received.file_type) == ("audio.wav", "audio/wav")
    assert received.file == b"RIFF....WAVE"
    assert received.fields == {
        "model": "other",
        "prompt": "Names: Añil",
        "temperature": "0.4",
        "response_format": "verbose_json",
    }


def test_no_prompt_is_sent_when_none_was_given(
    engine: OpenAITranslations, audio: Audio, provider: SpeechProvider
) -> None:
    run(engine, audio)
    assert "prompt" not in provider.received[0].fields


def test_a_file_over_the_limit_is_not_sent(
    engine: OpenAITranslations, audio: Audio, provider: SpeechProvider
) -> None:
    with pytest.raises(AudioTooLarge, match="1001 bytes"):
        run(engine, Audio(audio.path, audio.type, size=1001))
    assert provider.received == []
