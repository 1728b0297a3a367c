"""OpenAI's verbose_json as servers really answer it."""

import pytest

from audio_translation.audio.recording import ChunkAudio
from audio_translation.engines.openai_translations import OpenAITranslations
from tests.fakes.provider.answers import Answer, verbose_json
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.integration.engines.one_step import run


def test_text_without_segments_is_one_segment_of_the_whole_audio(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    provider.default = Answer({"text": "All of it.", "duration": 3.5, "language": "english"})
    (segment,) = run(engine, audio).segments
    assert (segment.start, segment.end, segment.text) == (0, 3500, "All of it.")


def test_silence_has_no_segments(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    provider.default = Answer({"text": "", "duration": 3.5, "language": "english", "segments": []})
    assert run(engine, audio).segments == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", None),
        ("avg_logprob", None),
        ("avg_logprob", float("nan")),
        ("tokens", None),
        ("seek", None),
        ("start", -0.02),
        ("start", None),
    ],
)
def test_what_servers_leave_out_or_get_wrong_does_not_cost_the_translation(
    engine: OpenAITranslations,
    audio: ChunkAudio,
    provider: SpeechProvider,
    field: str,
    value: object,
) -> None:
    body = verbose_json("Hello.")
    body["segments"][0][field] = value
    provider.default = Answer({**body, "language": None})
    translation = run(engine, audio)
    assert (translation.text, translation.language) == ("Hello.", "english")
    assert translation.segments[0].start == 0
    assert len(provider.received) == 1


def test_without_a_duration_the_audio_ends_with_its_last_segment(
    engine: OpenAITranslations, audio: ChunkAudio, provider: SpeechProvider
) -> None:
    body = verbose_json("One.", "Two.")
    del body["duration"]
    provider.default = Answer(body)
    assert run(engine, audio).duration == 4000
