"""Transcriptions that tell who speaks, over HTTP; and what is said where a model cannot."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.deadline import Deadline
from audio_translation.engines.diarized_transcription import DiarizedTranscription
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.client import provider_client
from audio_translation.errors import InvalidRequest, ProviderUnavailable
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task
from tests.audio.chunk_audio import one_chunk
from tests.audio.tones import recording, spanish
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.hearing import Tones
from tests.fakes.provider.speech_provider import SpeechProvider

MODEL = "gpt-4o-transcribe-diarize"
TASK = Task(MODEL, prompt="Not for such models.", source="es", speakers=0)


@pytest.fixture(scope="module")
def running() -> Iterator[SpeechProvider]:
    with SpeechProvider(Tones()) as provider:
        yield provider


@pytest.fixture(scope="module")
def client(running: SpeechProvider) -> Iterator[openai.OpenAI]:
    with provider_client(running.base_url, lambda: "sk-audio") as client:
        yield client


@pytest.fixture
def provider(running: SpeechProvider) -> SpeechProvider:
    running.reset()
    running.voice = lambda number: number % 2
    return running


@pytest.fixture(scope="module")
def flac(tmp_path_factory: pytest.TempPathFactory) -> Audio:
    folder: Path = tmp_path_factory.mktemp("sound")
    (folder / "a.wav").write_bytes(recording(3))
    return one_chunk(folder / "a.wav", folder).flac


@pytest.fixture
def engine(client: openai.OpenAI) -> DiarizedTranscription:
    calls = ProviderCalls(client, refresh_key=lambda: False, backoff_seconds=0.01)
    return DiarizedTranscription(calls)


def heard(engine: DiarizedTranscription, flac: Audio, task: Task = TASK) -> Translation:
    return engine.heard(flac, task, length=8_500, deadline=Deadline.after(20))


def segment(start: float, end: float, text: str, speaker: Any = "A") -> dict[str, Any]:
    return {"id": "s", "start": start, "end": end, "text": text, "speaker": speaker}


def said(*segments: dict[str, Any]) -> Answer:
    text = " ".join(one["text"] for one in segments)
    return Answer({"task": "transcribe", "duration": 1.0, "text": text, "segments": [*segments]})


def test_each_segment_has_its_time_its_text_and_its_speaker(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio
) -> None:
    found = heard(engine, flac).segments
    assert [(one.speaker, one.text) for one in found] == [
        ("A", spanish(0)), ("B", spanish(1)), ("A", spanish(2)),
    ]  # fmt: skip
    assert [one.start for one in found] == pytest.approx([1_000, 3_500, 6_000], abs=100)
    (sent,) = provider.received
    assert sent.fields == {
        "model": MODEL,
        "response_format": "diarized_json",
        "chunking_strategy": "auto",
        "language": "es",
    }


def test_without_the_wish_for_speakers_there_are_no_labels(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio
) -> None:
    assert {one.speaker for one in heard(engine, flac, Task(MODEL)).segments} == {None}
    assert provider.received


def test_parts_of_a_sentence_are_one_segment(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio
) -> None:
    provider.script.append(
        said(
            segment(0.0, 1.0, " Well, as I have"),
            segment(1.2, 2.0, " said before."),
            segment(2.1, 3.0, " And now"),
            segment(3.1, 4.0, " what?", "B"),
            segment(6.0, 7.0, " Nothing", "B"),
        )
    )
    found = heard(engine, flac).segments
    assert [(one.start, one.end, one.speaker, one.text) for one in found] == [
        (0, 2_000, "A", "Well, as I have said before."),
        (2_100, 3_000, "A", "And now"),
        (3_100, 4_000, "B", "what?"),
        (6_000, 7_000, "B", "Nothing"),
    ]


def test_numbers_are_labels_and_times_beyond_the_end_are_limited(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio
) -> None:
    provider.script.append(said(segment(1.0, 99.0, "One.", 0), segment(98.0, 99.0, "Two.", None)))
    found = heard(engine, flac).segments
    assert [(one.start, one.end, one.speaker) for one in found] == [
        (1_000, 8_500, "0"), (8_500, 8_500, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"text": "Hello there."}),
        Answer({"text": "Hello.", "segments": [{"start": 0, "end": 1, "text": "Hello."}]}),
        Answer(envelope("response_format 'diarized_json' is not compatible"), 400),
        Answer(envelope("Unknown parameter: chunking_strategy"), 422),
    ],
)
def test_a_model_that_tells_no_speakers_is_an_invalid_request(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio, answer: Answer
) -> None:
    provider.script += [answer, answer]
    with pytest.raises(InvalidRequest, match="does not tell speakers apart") as raised:
        heard(engine, flac)
    assert raised.value.param == "speakers"
    with pytest.raises(InvalidRequest) as raised:
        heard(engine, flac, Task(MODEL))
    assert raised.value.param == "model"


def test_silence_has_no_segments(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio
) -> None:
    provider.script.append(said())
    assert heard(engine, flac).segments == ()


@pytest.mark.parametrize(
    "wrong",
    [
        [segment(-1.0, 2.0, "x")],
        [segment(0.0, 2.0, "x", "l" * 101)],
        [segment(0.0, 2.0, "x")] * 5_001,
        ["x"],
    ],
)
def test_what_is_no_such_answer_is_refused(
    engine: DiarizedTranscription, provider: SpeechProvider, flac: Audio, wrong: list[Any]
) -> None:
    provider.script.append(Answer({"text": "x", "segments": wrong}))
    with pytest.raises(ProviderUnavailable):
        heard(engine, flac)
