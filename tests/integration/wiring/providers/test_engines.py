"""One engine whose providers change while it is used."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from audio_translation.audio.media import decoding
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.settings import Settings
from audio_translation.transcript import ServedBy
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.wiring.providers.engines import Engines
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import JOB_TABLE, Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.provider_list import PATH, put_list, server


@pytest.fixture
def servers() -> Iterator[list[SpeechProvider]]:
    with ExitStack() as stack:
        yield [stack.enter_context(SpeechProvider(Tones())) for _ in range(3)]


def test_a_provider_that_is_added_serves_without_a_new_sandbox_and_sound_goes_where_it_may(
    aws: Aws, servers: list[SpeechProvider], tmp_path: Path
) -> None:
    one, two, texts = servers
    entries = {
        "one": server(one),
        "texts": server(texts, mayReceiveAudio=False),
    }
    steps = {
        "transcription": [{"provider": "one"}],
        "text": [{"provider": "texts"}, {"provider": "one"}],
    }
    put_list(aws, providers=entries, translation=[{"provider": "one"}], **steps)
    with mock.patch.dict("os.environ", {"POWERTOOLS_METRICS_NAMESPACE": "Test"}):
        engines = Engines(
            Settings(providers_parameter=PATH, job_table=JOB_TABLE, api_key_cache_seconds=0),
            aws.clients,
            decoder=decoding,
            detector=LanguageDetector(),
            telemetry=Telemetry(),
        )
        path = tmp_path / "speech.wav"
        path.write_bytes(recording(2))
        audio = one_chunk(path, tmp_path)

        def served(task: Task) -> ServedBy:
            return engines.translate(audio, task, deadline=Deadline.after(30)).served

        assert served(Task("whisper-1")) == ServedBy("whisper-1", "one")
        assert served(Task("gpt-transcribe")) == ServedBy("gpt-transcribe", "one, texts")
        one.default = Answer(envelope("down"), 500)
        one.hears = None
        put_list(
            aws,
            providers={**entries, "two": server(two)},
            translation=[{"provider": "one"}, {"provider": "two", "pricePerMinute": 0.001}],
            **steps,
        )
        assert served(Task("whisper-1")) == ServedBy("whisper-1", "two", 0.001)
    assert {received.path for received in texts.received} == {"/v1/responses"}
