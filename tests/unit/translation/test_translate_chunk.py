"""One chunk: what is missing, foreign or no translation is asked for once more."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC, MP3
from audio_translation.audio.decoder import Decoder
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
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
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Task
from audio_translation.translation.stitching import Part
from audio_translation.translation.translate_chunk import TranslateChunk
from audio_translation.translation.warnings import NO_WORDS, NOT_ASKED_AGAIN, NOT_CHECKED, REPEATED

CHUNK = Chunk(3_725_000, 3_755_000, (Span(3_725_000, 3_755_000),))
FIRST = Translation((Segment(0, 10_000, "One."),), "english", 30_000, "m")
REST = Translation((Segment(0, 20_000, "Two."),), "english", 20_000, "m")
WHOLE = Translation((Segment(0, 30_000, "All."),), "english", 30_000, "m")
LOOP = replace(WHOLE, segments=(Segment(0, 30_000, "Please hold the line for a while. " * 24),))
SPANISH = replace(WHOLE, segments=(Segment(0, 30_000, "Esto es lo que se dice."),))


class Detector(LanguageDetector):
    """Finds the one sentence foreign."""

    def is_foreign(self, text: str, target: str = "en") -> bool:
        return "Esto" in text


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
        self.asked: list[tuple[Chunk, Task]] = []

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        assert audio.flac.path.exists()
        self.asked.append((audio.chunk, task))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Cutting:
    """A decoder that notes what is cut."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.cuts: list[tuple[int, int]] = []

    def cut_chunk(self, chunk: Path, start: int, end: int, to: Path) -> Audio:
        if self.error:
            raise self.error
        self.cuts.append((start, end))
        to.write_bytes(b"part")
        return Audio(to, FLAC, 4)


Run = Callable[..., Part]


@pytest.fixture
def telemetry() -> Crashes:
    return Crashes()


@pytest.fixture
def run(tmp_path: Path, telemetry: Crashes) -> Run:
    def run(
        engine: Engine,
        decoder: Cutting | None = None,
        *,
        task: Task = Task("m"),  # noqa: B008
        level_range: int = 60,
        seconds: float = 30,
        original: bool = False,
    ) -> Part:
        path = tmp_path / "chunk.flac"
        path.write_bytes(b"chunk")
        audio = ChunkAudio(CHUNK, Audio(path, FLAC, 5), level_range)
        if original:
            audio = replace(audio, original=Audio(path, MP3, 5))
        translate = TranslateChunk(
            engine, cast(Decoder, decoder or Cutting()), Detector(), telemetry
        )
        return translate.translate(audio, task, deadline=Deadline.after(seconds))

    return run


def test_what_is_whole_is_not_asked_for_again(run: Run) -> None:
    engine = Engine(WHOLE)
    assert run(engine) == Part(CHUNK, WHOLE, paid=30_000)
    assert len(engine.asked) == 1


def test_speech_that_no_segment_covers_is_asked_for_by_itself_and_put_in_its_place(
    run: Run, tmp_path: Path
) -> None:
    engine, decoder = Engine(FIRST, REST), Cutting()
    part = run(engine, decoder)
    assert decoder.cuts == [(10_000, 30_000)]
    assert [(s.start, s.end, s.text) for s in part.translation.segments] == [
        (0, 10_000, "One."),
        (10_000, 30_000, "Two."),
    ]
    assert part.paid == 50_000
    assert engine.asked[1][0] == Chunk(10_000, 30_000, (Span(10_000, 30_000),))
    assert [path.name for path in tmp_path.iterdir()] == ["chunk.flac"]


def test_what_came_back_in_the_spoken_language_is_asked_for_with_another_temperature(
    run: Run,
) -> None:
    english = replace(WHOLE, segments=(Segment(0, 30_000, "This is what is being said."),))
    engine = Engine(SPANISH, english)
    assert run(engine).translation.text == "This is what is being said."
    assert [task.temperature for _, task in engine.asked] == [0, 0.2]


def test_what_stays_foreign_is_marked(run: Run) -> None:
    assert run(Engine(SPANISH, SPANISH)).translation.untranslated_segments == 1


def test_a_loop_is_asked_for_again_without_the_prompt(run: Run) -> None:
    engine = Engine(LOOP, WHOLE)
    assert run(engine, task=Task("m", prompt="A call.")).translation == WHOLE
    assert [(task.prompt, task.temperature) for _, task in engine.asked] == [
        ("A call.", 0),
        (None, 0.4),
    ]


def test_a_loop_that_comes_again_is_cut_and_told(run: Run) -> None:
    part = run(Engine(LOOP, LOOP))
    assert part.translation.text == "Please hold the line for a while."
    assert part.translation.warnings == (REPEATED,)
    assert part.paid == 60_000


@pytest.mark.parametrize("second", [LOOP, RateLimited("Slow.")])
def test_a_loop_is_cut_even_if_it_cannot_be_asked_for_again(
    run: Run, second: Translation | Exception
) -> None:
    assert run(Engine(LOOP, second)).translation.warnings == (REPEATED,)
    assert run(Engine(LOOP), seconds=2).translation.warnings == (REPEATED,)


def said(text: str) -> Translation:
    return replace(WHOLE, segments=(Segment(0, 30_000, text),))


def test_what_takes_the_place_of_an_answer_must_be_believable_too(run: Run) -> None:
    task = Task("m", prompt="A call about a lost key.")
    for second in (LOOP, said("A call about a lost key.")):
        part = run(Engine(SPANISH, second), task=task)
        assert part.translation.text == SPANISH.text
        assert part.translation.untranslated_segments == 1


@pytest.mark.parametrize("text", ["Thank you for watching!", "A call about Krak\u00f3w."])
def test_over_noise_neither_the_prompt_nor_what_is_made_up_is_believed(run: Run, text: str) -> None:
    task = Task("m", prompt="A call about Krak\u00f3w.")
    part = run(Engine(said(text), said(text)), task=task, level_range=10)
    assert (part.translation.text, part.translation.warnings) == ("", (NO_WORDS,))


def test_a_text_model_that_repeats_itself_or_says_it_over_noise_is_not_believed(run: Run) -> None:
    loop = replace(LOOP, segments=(replace(LOOP.segments[0], source="Einen Moment, bitte."),))
    part = run(Engine(loop, loop))
    assert part.translation.warnings == (REPEATED,)
    assert part.translation.segments[0].source == "Einen Moment, bitte."
    thanks = replace(
        said("Thank you for watching."),
        segments=(Segment(0, 30_000, "Thank you for watching.", source="\u3054\u8996\u8074"),),
    )
    part = run(Engine(thanks, thanks), level_range=10)
    assert (part.translation.text, part.translation.warnings) == ("", (NO_WORDS,))


def test_who_really_says_so_is_believed(run: Run) -> None:
    engine = Engine(said("Thank you for watching!"))
    assert run(engine).translation.text == "Thank you for watching!"
    words = said("A call about Krak\u00f3w.")
    part = run(Engine(words, words), task=Task("m", prompt="A call about Krak\u00f3w."))
    assert part.translation.text == "A call about Krak\u00f3w."


def test_speech_answered_with_the_prompt_is_no_noise_if_no_second_answer_comes(run: Run) -> None:
    engine = Engine(said("A call about Krak\u00f3w."), *[RateLimited("Slow.")] * 9)
    part = run(engine, task=Task("m", prompt="A call about Krak\u00f3w."))
    assert (part.translation.text, part.translation.warnings) == ("", (NOT_ASKED_AGAIN,))
    assert len(engine.asked) > 2  # by the span, too
    assert part.paid > 60_000


@pytest.mark.parametrize("kind", [UnsupportedAudio, AudioTooLarge, ProviderRejected])
def test_a_refusal_names_the_place_in_the_audio(run: Run, kind: type[ServiceError]) -> None:
    with pytest.raises(kind) as raised:
        run(Engine(kind("No.", param="audioFileUrl")))
    assert raised.value.message == "No. It is about the audio from 1:02:05 to 1:02:35."
    assert raised.value.param == "audioFileUrl"
    with pytest.raises(kind) as raised:
        run(Engine(kind("No.")), original=True)
    assert raised.value.message == "No."


@pytest.mark.parametrize("error", [RateLimited("Slow.", retry_after=7), ProviderUnavailable("?")])
def test_what_passes_is_raised_as_it_is(run: Run, error: ServiceError) -> None:
    with pytest.raises(type(error)) as raised:
        run(Engine(error))
    assert raised.value is error


@pytest.mark.parametrize("error", [RateLimited("Slow."), UnsupportedAudio("No.")])
def test_a_second_question_that_fails_costs_nobody_the_first_answer(
    run: Run, telemetry: Crashes, error: ServiceError
) -> None:
    told = replace(FIRST, warnings=(NOT_ASKED_AGAIN,))
    assert run(Engine(FIRST, error)).translation == told
    assert run(Engine(FIRST), Cutting(error)).translation == told
    assert telemetry.seen == []


def test_a_refusal_of_one_part_does_not_cost_the_other(run: Run) -> None:
    echo = SPANISH.segments[0].text
    texts = ["It begins.", echo, "It goes on.", echo]
    first = replace(
        WHOLE, segments=tuple(Segment(n * 7_500, n * 7_500 + 7_500, t) for n, t in enumerate(texts))
    )

    class Refusing(Engine):
        def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
            self.asked.append((audio.chunk, task))
            if audio.chunk.length == CHUNK.length:
                return first
            if audio.chunk.start < 15_000:
                raise RateLimited("Too many.", retry_after=1)
            return replace(first, segments=(Segment(0, 7_500, "This is what was said."),))

    engine = Refusing()
    segments = run(engine).translation.segments
    assert [(s.text, s.untranslated) for s in segments] == [
        ("It begins.", False),
        (echo, True),
        ("It goes on.", False),
        ("This is what was said.", False),
    ]
    assert len(engine.asked) == 3


def test_nor_does_one_that_crashes_and_that_is_logged(run: Run, telemetry: Crashes) -> None:
    crash = OSError("disk")
    told = replace(FIRST, warnings=(NOT_CHECKED,))
    assert run(Engine(FIRST), Cutting(crash)).translation == told
    assert telemetry.seen == [crash]


def test_a_detector_that_is_broken_is_logged_once(
    run: Run, telemetry: Crashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bool:
        raise OSError("no model of languages")

    monkeypatch.setattr(Detector, "is_foreign", broken)
    two = replace(WHOLE, segments=(Segment(0, 9_000, "One."), Segment(9_000, 30_000, "Two.")))
    assert run(Engine(two)).translation == replace(two, warnings=(NOT_CHECKED,))
    assert len(telemetry.seen) == 1


def test_an_engine_that_is_stuck_does_not_keep_the_answer(run: Run, telemetry: Crashes) -> None:
    let_go = threading.Event()

    class Stuck(Engine):
        def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
            answer = super().translate(audio, task, deadline=deadline)
            if len(self.asked) > 1:
                let_go.wait(10)
            return answer

    engine = Stuck(SPANISH, WHOLE)
    began = time.monotonic()
    try:
        translation = run(engine, seconds=3.2).translation
        assert time.monotonic() - began < 9
    finally:
        let_go.set()
    assert len(engine.asked) == 2
    assert translation == replace(
        SPANISH, segments=(replace(SPANISH.segments[0], untranslated=True),)
    )
    assert telemetry.seen == []


def test_with_little_time_left_there_are_no_second_calls(run: Run) -> None:
    engine = Engine(FIRST)
    told = replace(FIRST, warnings=(NOT_ASKED_AGAIN,))
    assert run(engine, seconds=2).translation == told
    assert len(engine.asked) == 1
