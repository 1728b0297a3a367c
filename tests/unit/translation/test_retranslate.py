"""What is foreign in a file is asked for again: that may make an answer better, and loses none."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from audio_translation.audio import decoding
from audio_translation.audio.audio_file import Audio
from audio_translation.audio.decoder import Decoded
from audio_translation.audio.type_detection.file_type import sniff
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import RateLimited, UnsupportedAudio
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.language_detection import LanguageDetector
from audio_translation.translation.retranslate import Retranslate, RetranslateFile
from tests.audio.tones import PAUSE, SPOKEN, heard, recording

ECHO = "Esto es lo que se dice."
TASK = Task("whisper-1", prompt="A prompt.", target="en-GB", keywords=("Asterisk",))


class Detector(LanguageDetector):
    """Finds the one sentence foreign, or fails with ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def is_foreign(self, text: str, target: str = "en") -> bool:
        if self.error:
            raise self.error
        assert target == "en-GB"
        return "Esto" in text


class CrashLog(Telemetry):
    """Keeps what nobody expected."""

    def __init__(self) -> None:
        super().__init__()
        self.crashes: list[BaseException] = []

    def crashed(self, error: BaseException) -> None:
        self.crashes.append(error)


class Engine:
    """Says which sentences it hears, or raises, or is stuck."""

    def __init__(self, answer: Callable[[str], str] = lambda said: said) -> None:
        self.answer = answer
        self.tasks: list[Task] = []
        self.heard: list[list[int]] = []
        self.let_go = threading.Event()
        self.let_go.set()

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        self.let_go.wait(10)
        (audio.path.parent / "audio.pcm").write_bytes(b"")  # an engine may work in this folder
        assert audio.type is FLAC
        numbers = [one.number for one in heard(audio.path.read_bytes())]
        self.tasks.append(task)
        self.heard.append(numbers)
        text = self.answer("This is what was said " + " and ".join(map(str, numbers)))
        return Translation((Segment(0, 1_000, text),), "english", 1_000, task.model)


class Failing:
    """Media that cannot read what it is given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def decode(self, *_: Any, **__: Any) -> Decoded:
        raise self.error

    cut = cut_chunk = decode


def spoken(*texts: str) -> Translation:
    """The answer to a recording of as many sentences."""
    each = SPOKEN + PAUSE
    return Translation(
        tuple(
            Segment(PAUSE + each * n, PAUSE + each * n + SPOKEN, text)
            for n, text in enumerate(texts)
        ),
        "english",
        PAUSE + each * len(texts),
        "whisper-1",
    )


@pytest.fixture
def audio(tmp_path: Path) -> Iterator[Audio]:
    path = tmp_path / "audio.pcm"  # the name that decoded sound has, too
    path.write_bytes(recording(4))
    with path.open("rb") as file:
        yield Audio(path, sniff(file), path.stat().st_size)


def look(
    translation: Translation,
    audio: Audio,
    engine: Engine,
    *,
    using: Any = decoding,
    seconds: float = 20,
    crashes: Sequence[BaseException] = (),
) -> list[tuple[str, bool]]:
    telemetry = CrashLog()
    found = RetranslateFile(using, Retranslate(Detector(), telemetry)).check(
        translation, audio, TASK, engine=engine, deadline=Deadline.after(seconds)
    )
    assert telemetry.crashes == list(crashes)
    return [(segment.text, segment.untranslated) for segment in found.segments]


def test_each_foreign_part_is_asked_for_alone_and_replaced(audio: Audio) -> None:
    engine = Engine()
    said = spoken("It begins.", ECHO, "It goes on.", ECHO)
    content = audio.path.read_bytes()
    assert look(said, audio, engine) == [
        ("It begins.", False),
        ("This is what was said 1", False),
        ("It goes on.", False),
        ("This is what was said 3", False),
    ]
    assert sorted(engine.heard) == [[1], [3]]
    (task, other) = engine.tasks
    assert task == other
    assert (task.temperature, task.prompt, task.keywords) == (0.2, "A prompt.", ("Asterisk",))
    assert [path.name for path in audio.path.parent.iterdir()] == ["audio.pcm"]
    assert audio.path.read_bytes() == content


def test_what_an_engine_marked_is_asked_again_too(audio: Audio) -> None:
    marked = Segment(PAUSE, PAUSE + SPOKEN, "Vale.", untranslated=True)
    said = Translation((marked,), "english", 11_000, "gpt-transcribe")
    assert look(said, audio, Engine()) == [("This is what was said 0", False)]


def test_without_anything_foreign_nothing_is_decoded(audio: Audio) -> None:
    engine = Engine()
    said = spoken("One.", "Two.")
    assert look(said, audio, engine, using=None) == [("One.", False), ("Two.", False)]
    assert engine.tasks == []


@pytest.mark.parametrize(
    ("error", "told"),
    [(UnsupportedAudio("It is damaged."), 0), (MemoryError(), 1), (OSError(28, "full"), 1)],
)
def test_audio_that_cannot_be_decoded_costs_nobody_the_answer(
    audio: Audio, error: Exception, told: int
) -> None:
    shown = look(
        spoken("One.", ECHO), audio, Engine(), using=Failing(error), crashes=[error][:told]
    )
    assert shown == [("One.", False), (ECHO, True)]


def test_a_refusal_of_one_part_does_not_cost_the_other(audio: Audio) -> None:
    def answer(said: str) -> str:
        if said.endswith("1"):
            raise RateLimited("Too many.", retry_after=1)
        return said

    assert look(spoken("One.", ECHO, "Two.", ECHO), audio, Engine(answer)) == [
        ("One.", False),
        (ECHO, True),
        ("Two.", False),
        ("This is what was said 3", False),
    ]


def test_with_too_little_time_it_is_marked_at_once(audio: Audio) -> None:
    engine = Engine()
    assert look(spoken(ECHO), audio, engine, using=None, seconds=2) == [(ECHO, True)]
    assert engine.tasks == []


def test_an_engine_that_is_stuck_does_not_keep_the_answer(audio: Audio) -> None:
    engine = Engine()
    engine.let_go.clear()
    began = time.monotonic()
    try:
        assert look(spoken(ECHO), audio, engine, seconds=3.2) == [(ECHO, True)]
        assert time.monotonic() - began < 9
    finally:
        engine.let_go.set()


def test_a_detector_that_fails_costs_nobody_the_answer(audio: Audio) -> None:
    telemetry, said = CrashLog(), spoken(ECHO)
    detector = Detector(ImportError("no detector"))
    found = RetranslateFile(decoding, Retranslate(detector, telemetry)).check(
        said, audio, TASK, engine=Engine(), deadline=Deadline.after(9)
    )
    assert found == said
    assert [str(crash) for crash in telemetry.crashes] == ["no detector"]
