"""Which server is asked for what, and which key it is sent: its own, and nobody else's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.retired_model_fallback import RetiredModelFallback
from audio_translation.errors import ModelGone, ProviderRejected
from audio_translation.settings import Settings
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Engine, Task
from audio_translation.wiring.providers.engines import Engines
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import recording, spanish
from tests.fakes.aws.moto_server import KEY, KEY_PARAMETER, Aws
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.provider.text_answers import translated

GONE = Answer(envelope("The model does not exist", "invalid_request_error", "model_not_found"), 404)
TWO_STEPS = Task("gpt-transcribe")


@pytest.fixture(scope="module")
def servers() -> Iterator[list[SpeechProvider]]:
    """A provider, a server of transcriptions, and one of a text model."""
    with ExitStack() as stack:
        yield [stack.enter_context(SpeechProvider(Tones(), tells_times=False)) for _ in range(3)]


@pytest.fixture
def provider(servers: list[SpeechProvider]) -> SpeechProvider:
    for server in servers:
        server.reset()
    return servers[0]


@pytest.fixture
def transcription(provider: SpeechProvider, servers: list[SpeechProvider]) -> SpeechProvider:
    return servers[1]


@pytest.fixture
def text(provider: SpeechProvider, servers: list[SpeechProvider]) -> SpeechProvider:
    return servers[2]


@pytest.fixture
def engine(aws: Aws, provider: SpeechProvider) -> Callable[..., Engine]:
    def make(today: Callable[[], date] = lambda: date(2026, 12, 1), **settings: Any) -> Engine:
        return Engines(
            Settings(
                **{
                    "api_key_parameter": KEY_PARAMETER,
                    "provider_base_url": provider.base_url,
                    **settings,
                }
            ),
            aws.clients,
            decoder=decoding,
            detector=LanguageDetector(),
            telemetry=Telemetry(),
            today=today,
        )

    return make


@pytest.fixture
def audio(tmp_path: Path) -> ChunkAudio:
    path = tmp_path / "speech.wav"
    path.write_bytes(recording(2))
    return one_chunk(path, tmp_path)


def translate(engine: Engine, audio: ChunkAudio, task: Task) -> Translation:
    return engine.translate(audio, task, deadline=Deadline.after(20))


def keys(server: SpeechProvider) -> set[tuple[str, str]]:
    """The paths that were asked for, and with which key."""
    return {(received.path, received.authorization) for received in server.received}


def put(aws: Aws, parameter: str, value: str) -> str:
    aws.client("ssm").put_parameter(
        Name=parameter, Value=value, Type="SecureString", Overwrite=True
    )
    return parameter


def test_without_servers_of_their_own_both_steps_are_the_providers(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    translation = translate(engine(), audio, TWO_STEPS)
    assert translation.model == "gpt-transcribe"
    assert translation.text == translated(f"{spanish(0)} {spanish(1)}")
    assert keys(provider) == {
        ("/v1/audio/transcriptions", f"Bearer {KEY}"),
        ("/v1/responses", f"Bearer {KEY}"),
    }


def test_each_server_is_sent_its_own_key_and_no_other(
    engine: Callable[..., Engine],
    aws: Aws,
    provider: SpeechProvider,
    transcription: SpeechProvider,
    text: SpeechProvider,
    audio: ChunkAudio,
) -> None:
    made = engine(
        transcription_base_url=transcription.base_url,
        transcription_api_key_parameter=put(aws, "/keys/transcription", "sk-transcription"),
        text_base_url=text.base_url,
        text_api_key_parameter=put(aws, "/keys/text", "sk-text"),
    )
    provider.script.append(GONE)
    assert translate(made, audio, Task("whisper-1")).model == "gpt-transcribe"
    assert keys(provider) == {("/v1/audio/translations", f"Bearer {KEY}")}
    assert keys(transcription) == {("/v1/audio/transcriptions", "Bearer sk-transcription")}
    assert keys(text) == {("/v1/responses", "Bearer sk-text")}


def test_a_key_that_is_refused_is_read_again_from_its_own_parameter(
    engine: Callable[..., Engine],
    aws: Aws,
    provider: SpeechProvider,
    text: SpeechProvider,
    audio: ChunkAudio,
) -> None:
    parameter = put(aws, "/keys/text", "sk-old")
    made = engine(text_base_url=text.base_url, text_api_key_parameter=parameter)
    translate(made, audio, TWO_STEPS)
    put(aws, parameter, "sk-new")
    text.reset()
    text.script.append(Answer(envelope("Incorrect API key"), 401))
    translate(made, audio, TWO_STEPS)
    assert [received.authorization for received in text.received] == [
        "Bearer sk-old",
        "Bearer sk-new",
    ]
    assert {key for _, key in keys(provider)} == {f"Bearer {KEY}"}


def test_a_server_elsewhere_without_a_key_of_its_own_is_sent_none(
    engine: Callable[..., Engine],
    provider: SpeechProvider,
    transcription: SpeechProvider,
    text: SpeechProvider,
    audio: ChunkAudio,
) -> None:
    made = engine(transcription_base_url=transcription.base_url, text_base_url=text.base_url)
    translate(made, audio, TWO_STEPS)
    assert keys(transcription) == {("/v1/audio/transcriptions", "")}
    assert keys(text) == {("/v1/responses", "")}
    transcription.script.append(Answer(envelope("Where is your key?"), 401))
    with pytest.raises(ProviderRejected):
        translate(made, audio, TWO_STEPS)
    assert provider.received == []


def test_the_providers_own_server_under_another_path_is_sent_the_providers_key(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    provider.script.append(Answer({"text": ""}))
    made = engine(transcription_base_url=f"{provider.base_url}/speech")
    translate(made, audio, TWO_STEPS)
    assert ("/v1/speech/audio/transcriptions", f"Bearer {KEY}") in keys(provider)


@pytest.mark.parametrize("url", ["https://127.0.0.1:{port}/v1", "http://localhost:{port}/v1"])
def test_another_scheme_or_name_is_another_server(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio, url: str
) -> None:
    port = provider.base_url.split(":")[2].partition("/")[0]
    made = engine(provider_base_url=url.format(port=port), transcription_base_url=provider.base_url)
    provider.script.append(Answer({"text": ""}))
    translate(made, audio, TWO_STEPS)
    assert {key for path, key in keys(provider) if "transcriptions" in path} == {""}


def test_one_step_of_a_server_may_have_a_key_of_its_own(
    engine: Callable[..., Engine], aws: Aws, provider: SpeechProvider, audio: ChunkAudio
) -> None:
    made = engine(
        transcription_api_key_parameter=put(aws, "/keys/transcription", "sk-transcription")
    )
    translate(made, audio, TWO_STEPS)
    assert keys(provider) == {
        ("/v1/audio/transcriptions", "Bearer sk-transcription"),
        ("/v1/responses", f"Bearer {KEY}"),
    }


def test_the_keys_of_two_steps_are_not_read_before_there_are_two(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    made = engine(transcription_api_key_parameter="/not/there", text_api_key_parameter="/nor/this")
    assert translate(made, audio, Task("whisper-1")).model == "whisper-1"
    with pytest.raises(ProviderRejected, match="ParameterNotFound"):
        translate(made, audio, TWO_STEPS)


def test_by_date_openai_is_not_asked_for_what_it_has_switched_off(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    today = [date(2027, 2, 25)]
    url = provider.base_url.replace("127.0.0.1", "api.openai.com")
    with mock.patch("socket.getaddrinfo", _everything_is_here):
        made = engine(provider_base_url=url, today=lambda: today[0])
        assert translate(made, audio, Task("whisper-1")).model == "whisper-1"
        provider.received.clear()
        today[0] = date(2027, 2, 26)
        assert translate(made, audio, Task("whisper-1")).model == "gpt-transcribe"
        assert {path for path, _ in keys(provider)} == {
            "/v1/audio/transcriptions",
            "/v1/responses",
        }
        strict = engine(provider_base_url=url, today=lambda: today[0], replace_retired_models=False)
        with pytest.raises(ModelGone, match="2027-02-26"):
            translate(strict, audio, Task("whisper-1"))


def test_the_date_that_openai_tells_itself_counts(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    provider.shutdown_dates = {"whisper-1": "2027-08-31"}
    url = provider.base_url.replace("127.0.0.1", "api.openai.com")
    with mock.patch("socket.getaddrinfo", _everything_is_here):
        for today, served in (("2027-08-30", "whisper-1"), ("2027-08-31", "gpt-transcribe")):
            made = engine(provider_base_url=url, today=lambda day=today: date.fromisoformat(day))
            assert translate(made, audio, Task("whisper-1")).model == served


def test_a_server_that_tells_dates_is_believed_whoever_it_is(
    engine: Callable[..., RetiredModelFallback], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    provider.shutdown_dates = {"whisper-1": "2026-11-30", "gpt-transcribe": None}
    made = engine()
    made.learn_dates()
    assert provider.models_listed == 1, "both steps are one server's"
    assert made.ends("whisper-1") == date(2026, 11, 30)
    assert made.ends("gpt-transcribe") is None
    assert translate(made, audio, Task("whisper-1")).model == "gpt-transcribe"
    assert "/v1/audio/translations" not in {path for path, _ in keys(provider)}


def test_by_date_no_other_server_is_left_out(
    engine: Callable[..., Engine], provider: SpeechProvider, audio: ChunkAudio
) -> None:
    made = engine(today=lambda: date(2030, 1, 1))
    assert translate(made, audio, Task("whisper-1")).model == "whisper-1"


def test_no_more_calls_are_under_way_than_a_server_may_have(
    aws: Aws, provider: SpeechProvider, audio: ChunkAudio, tmp_path: Path
) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(recording(20))
    audio = one_chunk(path, tmp_path)
    provider.delay = 0.05
    settings = Settings(api_key_parameter=KEY_PARAMETER, provider_base_url=provider.base_url)
    made = Engines(
        settings,
        aws.clients,
        decoder=decoding,
        detector=LanguageDetector(),
        telemetry=Telemetry(),
        calls_at_once=2,
        pieces_at_once=5,
    )
    assert len(translate(made, audio, TWO_STEPS).segments) == 20
    # The provider may still count a call whose answer its caller has already.
    assert provider.most_at_once in {1, 2, 3}, "of five that are ready"


def _everything_is_here(host: object, port: Any, *rest: Any, **more: Any) -> list[Any]:
    import socket

    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]
