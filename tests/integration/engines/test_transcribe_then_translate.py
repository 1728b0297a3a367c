"""The two-step engine, and times of our own for a one-step server, over HTTP with tones."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

from audio_translation.audio.media import decoding
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import ProviderChain
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate
from audio_translation.engines.transcription import Transcription
from audio_translation.errors import (
    AudioTooLarge,
    ModelGone,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
    UnusableAnswer,
)
from audio_translation.transcript import Translation
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Engine, Task
from audio_translation.translation.stitching import MemoryStore
from tests.audio.chunk_audio import one_chunk, unheard
from tests.audio.tones import PAUSE, SPOKEN, recording, spanish, spoken
from tests.fakes.provider.answers import Answer, envelope, verbose_json
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.scripted_server import Received
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.provider.text_answers import translated
from tests.fakes.provider.text_behaviours import BEHAVIOURS
from tests.integration.audio.tone import decode

TURN = SPOKEN + PAUSE


@pytest.fixture(scope="module")
def running() -> Iterator[SpeechProvider]:
    provider = SpeechProvider(Tones(), tells_times=False)
    with provider:
        yield provider


@pytest.fixture(scope="module")
def client(running: SpeechProvider) -> Iterator[openai.OpenAI]:
    with provider_client(running.base_url, lambda: "sk-audio") as client:
        yield client


@pytest.fixture
def provider(running: SpeechProvider) -> SpeechProvider:
    running.reset()
    return running


@pytest.fixture
def calls(client: openai.OpenAI) -> ProviderCalls:
    return ProviderCalls(client, refresh_key=lambda: False, backoff_seconds=0.01)


@pytest.fixture
def engine(calls: ProviderCalls) -> Engine:
    return two_steps(calls, calls)


def two_steps(audio: ProviderCalls, text: ProviderCalls) -> TranscribeThenTranslate:
    transcription = Transcription(audio, decoder=decoding, detector=LanguageDetector())
    texts = TextTranslation(ProviderChain.of_one(text), model="gpt-6-luna")
    return TranscribeThenTranslate(transcription, texts)


def one_step(client: openai.OpenAI) -> OpenAITranslations:
    return OpenAITranslations(
        client,
        refresh_key=lambda: False,
        max_audio_bytes=10_000_000,
        decoder=decoding,
        detector=LanguageDetector(),
        backoff_seconds=0.01,
    )


def audio(folder: Path, content: bytes) -> ChunkAudio:
    path = folder / "source"
    path.write_bytes(content)
    return one_chunk(path, folder)


@pytest.fixture(scope="module")
def ten() -> bytes:
    return recording(10)


def run(engine: Engine, audio: ChunkAudio, *, left: float = 20, **wishes: Any) -> Translation:
    task = Task(**{"model": "gpt-transcribe", **wishes})
    return engine.translate(audio, task, deadline=Deadline.after(left))


def heard_of(provider: SpeechProvider) -> list[Received]:
    return [r for r in provider.received if r.path == "/v1/audio/transcriptions"]


# Two steps --------------------------------------------------------------------------------------


def test_every_sentence_comes_back_at_its_time_translated_with_what_was_said(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, ten: bytes
) -> None:
    provider.on_call = lambda _: provider.wait_for_calls(2)
    translation = run(engine, audio(tmp_path, ten), left=60)
    assert [s.source for s in translation.segments] == [spanish(n) for n in range(10)]
    assert [s.text for s in translation.segments] == [translated(spanish(n)) for n in range(10)]
    for number, segment in enumerate(translation.segments):
        begins = PAUSE + number * TURN
        assert abs(segment.start - begins) <= 150
        assert abs(segment.end - begins - SPOKEN) <= 150
        assert (segment.spoken, segment.untranslated) == ("es", False)
    assert (translation.language, translation.model) == ("english", "gpt-transcribe")
    assert translation.duration == PAUSE + 10 * TURN
    assert len(heard_of(provider)) > 1
    assert provider.most_at_once > 1
    assert len(provider.text_model.questions) == 1


def test_nothing_is_left_in_the_folder_but_the_audio(
    engine: Engine, tmp_path: Path, provider: SpeechProvider
) -> None:
    run(engine, audio(tmp_path, spoken([1])))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "whole.flac"]


def test_silence_is_not_sent(engine: Engine, provider: SpeechProvider, tmp_path: Path) -> None:
    translation = run(engine, audio(tmp_path, spoken([])), target="de")
    assert (translation.segments, translation.language) == ((), "german")
    assert translation.duration == PAUSE
    assert provider.received == []


@pytest.mark.parametrize("milliseconds", [20, 60, 99, 100, 150])
def test_no_span_is_too_short_for_a_provider(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, milliseconds: int
) -> None:
    wav = bytearray(spoken([3]))
    loud = wav[44 + 32 * PAUSE :][: 32 * milliseconds]
    wav[44:] = loud
    wav[4:8] = (36 + len(loud)).to_bytes(4, "little")
    wav[40:44] = len(loud).to_bytes(4, "little")
    provider.default = Answer({"text": "x"})
    run(engine, audio(tmp_path, bytes(wav)))
    for received in heard_of(provider):
        (tmp_path / "span.flac").write_bytes(received.file)
        assert decode(tmp_path / "span.flac").info.duration >= 100


def test_a_provider_gets_flac_and_what_its_model_takes(
    engine: Engine, provider: SpeechProvider, tmp_path: Path
) -> None:
    wishes: dict[str, Any] = {
        "prompt": "Zapnu, an app",
        "source": "es-MX",
        "keywords": ("Zapnu", "Ñandú"),
    }
    run(engine, audio(tmp_path, spoken([1])), **wishes)
    (received,) = heard_of(provider)
    assert (received.file_name, received.file_type) == ("audio.flac", "audio/flac")
    assert received.file.startswith(b"fLaC")
    assert received.fields == {
        "model": "gpt-transcribe",
        "response_format": "json",
        "prompt": "Zapnu, an app",
        "languages[]": "es",
        "keywords[]": "Zapnu,Ñandú",
    }


def test_other_models_get_the_language_and_no_keywords(
    engine: Engine, provider: SpeechProvider, tmp_path: Path
) -> None:
    wishes: dict[str, Any] = {"source": "es", "keywords": ("Zapnu",), "temperature": 0.2}
    run(engine, audio(tmp_path, spoken([1])), model="gpt-4o-transcribe", **wishes)
    (received,) = heard_of(provider)
    assert received.fields == {
        "model": "gpt-4o-transcribe",
        "response_format": "json",
        "language": "es",
        "temperature": "0.2",
    }
    assert provider.text_model.questions[0].data["glossary"] == ["Zapnu"]


def test_each_segment_tells_its_language_and_what_is_in_the_target_language_stays(
    engine: Engine, provider: SpeechProvider, tmp_path: Path
) -> None:
    provider.hears = Tones(language=lambda number: "en" if number == 9 else "fr")
    translation = run(engine, audio(tmp_path, spoken([0, 1, 2, 9, 9, 9])))
    for segment in translation.segments:
        english = segment.source == spanish(9)
        assert segment.spoken == ("en" if english else "fr")
        assert segment.text == (spanish(9) if english else translated(str(segment.source)))
        assert not segment.untranslated
    assert {segment.spoken for segment in translation.segments} == {"en", "fr"}
    (question,) = provider.text_model.questions
    assert question.ids == [0, 1, 2]
    assert question.data["after"] == [spanish(9)] * 2


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ({"languages": [{"code": "es"}]}, "es"),
        ({"languages": [{"code": "en"}, {"code": "es"}]}, "es"),  # some of it is to be translated
        ({"languages": []}, "fr"),
        ({"languages": None, "language": "spanish"}, "es"),
        ({"languages": ["es-MX"]}, "es"),
        ({"languages": [{"code": "xx"}, {"name": "?"}, 7]}, "fr"),
        ({}, "fr"),
    ],
)
def test_what_a_server_says_of_the_language_counts_before_the_hint(
    engine: Engine,
    provider: SpeechProvider,
    tmp_path: Path,
    answer: dict[str, object],
    language: str,
) -> None:
    provider.instead[1] = deque([Answer({"text": spanish(1), **answer})])
    (segment,) = run(engine, audio(tmp_path, spoken([1])), source="fr").segments
    assert segment.spoken == language


def test_a_span_in_which_nothing_was_heard_has_no_segment(
    engine: Engine, provider: SpeechProvider, tmp_path: Path
) -> None:
    provider.hears = Tones(source=lambda _: "")
    assert run(engine, audio(tmp_path, spoken([1, 2]))).segments == ()
    assert provider.text_model.questions == []


@pytest.mark.parametrize("name", ["refuses", "loses_all", "writes_prose"])
def test_what_the_text_model_does_not_translate_is_marked_and_keeps_its_source(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, name: str
) -> None:
    provider.text_model.default = BEHAVIOURS[name]
    translation = run(engine, audio(tmp_path, spoken([1, 2])))
    assert [(s.text, s.untranslated) for s in translation.segments] == [
        (spanish(1), True),
        (spanish(2), True),
    ]


def test_what_is_transcribed_is_not_paid_again_after_the_text_model_has_failed(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, ten: bytes
) -> None:
    chunk = replace(audio(tmp_path, ten), notes=MemoryStore())
    provider.text_model.default = lambda _: Answer(envelope("oops"), 400)
    for _ in range(3):
        with pytest.raises(ProviderRejected):
            run(engine, chunk)
    paid = len(heard_of(provider))
    provider.text_model.reset()
    translation = run(engine, chunk)
    assert len(heard_of(provider)) == paid
    assert [s.text for s in translation.segments] == [translated(spanish(n)) for n in range(10)]


def test_what_was_transcribed_in_another_way_is_asked_for_anew(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, ten: bytes
) -> None:
    chunk = replace(audio(tmp_path, ten), notes=MemoryStore())
    provider.text_model.default = lambda _: Answer(envelope("oops"), 400)
    for wishes in ({}, {"temperature": 0.4}, {"prompt": "Names."}, {"source": "es"}):
        before = len(heard_of(provider))
        with pytest.raises(ProviderRejected):
            run(engine, chunk, **wishes)
        assert len(heard_of(provider)) > before


RATE = envelope("Rate limit reached", "requests", "rate_limit_exceeded")
NO_MODEL = envelope("The model does not exist", "invalid_request_error", "model_not_found")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(envelope("Audio file might be corrupted"), 400), UnsupportedAudio),
        (Answer(envelope("no"), 400), ProviderRejected),
        (Answer(NO_MODEL, 404), ModelGone),
        (Answer(envelope("No available channel"), 503), ModelGone),
        (Answer(envelope("oops"), 500), ProviderUnavailable),
        (Answer(RATE, 429, {"Retry-After": "60"}), RateLimited),
        (Answer(b"Hello"), UnusableAnswer),
        (Answer({"txt": "x"}), UnusableAnswer),
        (Answer({"text": "x" * 6_000}), UnusableAnswer),
        (Answer(rb'{"text": "\ud800"}'), UnusableAnswer),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_span_that_a_provider_does_not_transcribe_is_an_error_of_the_table(
    engine: Engine,
    provider: SpeechProvider,
    tmp_path: Path,
    ten: bytes,
    answer: Answer,
    error: type[ServiceError],
) -> None:
    provider.instead[4] = deque([answer] * 4)
    with pytest.raises(ServiceError) as raised:
        run(engine, audio(tmp_path, ten))
    assert type(raised.value) is error
    assert provider.text_model.questions == []


def test_a_passing_fault_in_a_span_is_overcome(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, ten: bytes
) -> None:
    provider.instead[4] = deque([Answer(RATE, 429), Answer(hang_up=True)])
    provider.text_model.script.extend([BEHAVIOURS["is_overloaded"], BEHAVIOURS["hangs_up"]])
    assert len(run(engine, audio(tmp_path, ten)).segments) == 10


def test_nothing_outlasts_the_deadline(
    engine: Engine, provider: SpeechProvider, tmp_path: Path, ten: bytes
) -> None:
    provider.delay = 30
    started = time.monotonic()
    with pytest.raises(ProviderTimedOut):
        run(engine, audio(tmp_path, ten), left=1.5)
    assert time.monotonic() - started < 10


# One step, with times of our own ----------------------------------------------------------------

WITHOUT_TIMES = [
    Answer({"text": "All of it."}),
    Answer(
        {
            "error": {
                "message": "response_format 'verbose_json' is not compatible with model 'w'.",
                "type": "invalid_request_error",
                "param": "response_format",
                "code": "unsupported_value",
            }
        },
        400,
    ),
    Answer(envelope("Currently only support response_format `text` or `json`"), 400),
    Answer(envelope("verbose_json is not one of the values"), 422),
]


@pytest.mark.parametrize("answer", WITHOUT_TIMES)
def test_a_server_without_times_is_found_out_once_and_asked_span_by_span(
    client: openai.OpenAI, provider: SpeechProvider, tmp_path: Path, answer: Answer
) -> None:
    provider.script.append(answer)
    engine = one_step(client)
    file = audio(tmp_path, spoken([0, 1, 2, 3]))
    for probes in (1, 0):
        provider.received.clear()
        translation = run(engine, file, model="w", prompt="Names: Zapnu", temperature=0.3)
        assert [s.text for s in translation.segments] == [spanish(n) for n in range(4)]
        for number, segment in enumerate(translation.segments):
            assert abs(segment.start - PAUSE - number * TURN) <= 150
        formats = [received.fields.pop("response_format") for received in provider.received]
        assert sorted(formats) == ["json"] * (len(formats) - probes) + ["verbose_json"] * probes
        for received in provider.received:
            assert received.path == "/v1/audio/translations"
            wishes = {"model": "w", "prompt": "Names: Zapnu", "temperature": "0.3"}
            assert received.fields == wishes


def test_what_is_found_out_holds_for_that_model_only(
    client: openai.OpenAI, provider: SpeechProvider, tmp_path: Path
) -> None:
    engine = one_step(client)
    provider.script.append(WITHOUT_TIMES[0])
    file = audio(tmp_path, spoken([1]))
    run(engine, file, model="w")
    provider.script.append(Answer(verbose_json("With times.")))
    assert run(engine, file, model="other").text == "With times."


def test_a_refusal_for_another_reason_is_no_sign_of_missing_times(
    client: openai.OpenAI, provider: SpeechProvider, tmp_path: Path
) -> None:
    provider.script.append(Answer(envelope("temperature is out of range"), 400))
    with pytest.raises(ProviderRejected, match="status 400"):
        run(one_step(client), audio(tmp_path, spoken([1])), model="w")
    assert len(provider.received) == 1


def test_a_file_over_the_limit_is_refused_whatever_the_server_tells(
    client: openai.OpenAI, tmp_path: Path, provider: SpeechProvider
) -> None:
    (tmp_path / "source").write_bytes(spoken([1]))
    file = unheard(tmp_path / "source", 10_000_001)
    with pytest.raises(AudioTooLarge):
        run(one_step(client), file)
    assert provider.received == []
