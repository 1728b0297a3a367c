"""One chunk: its place is named in refusals, and what was missed is asked for once more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.decoder import Decoded
from audio_translation.audio.speech import Span
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioTooLarge,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.retranslate import Retranslate
from audio_translation.translation.translate_chunk import TranslateChunk

CHUNK = Chunk(3_725_000, 3_755_000, (Span(3_725_000, 3_755_000),))
FIRST = Translation((Segment(0, 10_000, "One."),), "english", 30_000, "m")
REST = Translation((Segment(0, 20_000, "Two."),), "english", 20_000, "m")


class English(LanguageDetector):
    def is_foreign(self, text: str, target: str = "en") -> bool:
        return False


class Crashes(Telemetry):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[BaseException] = []

    def crashed(self, error: BaseException) -> None:
        self.seen.append(error)


class Engine:
    """Gives the answers one after the other; raises those that are errors."""

    def __init__(self, *answers: Translation | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Path] = []

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        assert audio.type is FLAC
        self.asked.append(audio.path)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Cutting:
    """A decoder that notes what is cut."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.cuts: list[tuple[int, int]] = []

    def decode(self, *_: Any, **__: Any) -> Decoded:
        raise AssertionError("a chunk is decoded already")

    def cut(self, *_: Any, **__: Any) -> Audio:
        raise AssertionError("a chunk is FLAC already")

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        if self.error:
            raise self.error
        self.cuts.append((start, end))
        to.write_bytes(b"part")
        return Audio(to, FLAC, 4)


Run = Callable[..., Translation]


@pytest.fixture
def telemetry() -> Crashes:
    return Crashes()


@pytest.fixture
def run(tmp_path: Path, telemetry: Crashes) -> Run:
    def run(engine: Engine, decoder: Cutting | None = None) -> Translation:
        path = tmp_path / "chunk.flac"
        path.write_bytes(b"chunk")
        translate = TranslateChunk(engine, decoder or Cutting(), Retranslate(English(), telemetry))
        return translate.translate(CHUNK, path, Task("m"), deadline=Deadline.after(30))

    return run


def test_speech_that_no_segment_covers_is_asked_for_by_itself_and_put_in_its_place(
    run: Run, tmp_path: Path
) -> None:
    engine, decoder = Engine(FIRST, REST), Cutting()
    translation = run(engine, decoder)
    assert decoder.cuts == [(10_000, 30_000)]
    assert [(s.start, s.end, s.text) for s in translation.segments] == [
        (0, 10_000, "One."),
        (10_000, 30_000, "Two."),
    ]
    assert engine.asked[0] == tmp_path / "chunk.flac" != engine.asked[1]


def test_what_is_whole_is_not_asked_for_again(run: Run) -> None:
    whole = Translation((Segment(0, 30_000, "All."),), "english", 30_000, "m")
    engine = Engine(whole)
    assert run(engine) == whole
    assert len(engine.asked) == 1


@pytest.mark.parametrize("kind", [UnsupportedAudio, AudioTooLarge, ProviderRejected])
def test_a_refusal_names_the_place_in_the_audio(run: Run, kind: type[ServiceError]) -> None:
    with pytest.raises(kind) as raised:
        run(Engine(kind("No.", param="audioFileUrl")))
    assert raised.value.message == "No. It is about the audio from 1:02:05 to 1:02:35."
    assert raised.value.param == "audioFileUrl"


@pytest.mark.parametrize("error", [RateLimited("Slow.", retry_after=7), ProviderUnavailable("?")])
def test_what_passes_is_raised_as_it_is(run: Run, error: ServiceError) -> None:
    with pytest.raises(type(error)) as raised:
        run(Engine(error))
    assert raised.value is error


@pytest.mark.parametrize("error", [RateLimited("Slow."), UnsupportedAudio("No.")])
def test_a_second_question_that_fails_costs_nobody_the_first_answer(
    run: Run, telemetry: Crashes, error: ServiceError
) -> None:
    assert run(Engine(FIRST, error)) == FIRST
    assert run(Engine(FIRST), Cutting(error)) == FIRST
    assert telemetry.seen == []


def test_nor_does_one_that_crashes_and_that_is_logged(run: Run, telemetry: Crashes) -> None:
    crash = OSError("disk")
    assert run(Engine(FIRST), Cutting(crash)) == FIRST
    assert telemetry.seen == [crash]
