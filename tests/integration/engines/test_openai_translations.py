"""The one-step engine against a scripted provider over HTTP."""

from dataclasses import replace

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.containers.type_constants import OGG
from audio_translation.audio.recording import ChunkAudio
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.errors import (
    AudioTooLarge,
)
from tests.audio.chunk_audio import unheard
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import run


def test_segments_come_back_in_milliseconds_with_what_the_provider_said_of_them(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
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
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    run(engine, audio, model="other", prompt="Names: Añil", temperature=0.4)
    (received,) = provider.received
    assert received.path == "/v1/audio/translations"
    assert (received.file_name, received.file_type) == ("audio.flac", "audio/flac")
    assert received.file == b"fLaC........"
    assert received.fields == {
        "model": "other",
        "prompt": "Names: Añil",
        "temperature": "0.4",
        "response_format": "verbose_json",
    }


def test_no_prompt_is_sent_when_none_was_given(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    run(engine, audio)
    assert "prompt" not in provider.received[0].fields


def test_a_file_over_the_limit_is_not_sent(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    with pytest.raises(AudioTooLarge, match="1001 bytes"):
        run(engine, unheard(audio.flac.path, size=1001))
    assert provider.received == []


def with_original(audio: ChunkAudio, size: int = 4) -> ChunkAudio:
    path = audio.flac.path.with_name("source")
    path.write_bytes(b"OggS")
    return replace(audio, original=Audio(path, OGG, size))


def test_the_source_is_sent_as_it_is_where_it_may_be(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    run(engine, with_original(audio))
    run(engine, with_original(audio, size=1001))
    assert [r.file_name for r in provider.received] == ["audio.ogg", "audio.flac"]


@pytest.mark.parametrize(
    "refusal",
    [
        Answer(envelope("This model does not support the format you provided"), 400),
        Answer(envelope("The file is odd.", code="unsupported_format"), 400),
        Answer(envelope("Audio could not be decoded"), 422),
        Answer(envelope("No."), 415),
    ],
)
def test_a_kind_that_a_server_does_not_take_is_sent_as_flac_from_then_on(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider, refusal: Answer
) -> None:
    provider.script.append(refusal)
    assert run(engine, with_original(audio)).text == "Hello there."
    assert run(engine, with_original(audio)).text == "Hello there."
    names = [r.file_name for r in provider.received]
    assert names == ["audio.ogg", "audio.flac", "audio.flac"]


def test_a_server_that_names_another_language_than_english_tells_what_is_spoken(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    provider.default = Answer(verbose_json("One.") | {"language": "Spanish"})
    translation = run(engine, audio)
    assert ({s.spoken for s in translation.segments}, translation.language) == ({"es"}, "english")
