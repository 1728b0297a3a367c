"""An engine that is made late, once, and again if that failed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.deadline import Deadline
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.lazy_engine import LazyEngine

FLAC_FILE = Audio(Path("unused"), FLAC, 1)
AUDIO = ChunkAudio(Chunk(0, 1, (Span(0, 1),)), FLAC_FILE, range=60)


class Engine:
    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        assert audio is AUDIO
        return Translation((), "english", round(deadline.left()), task.model)


class Made:
    """Makes engines: the first one when ``let_go``, and fails as often as told before."""

    def __init__(self, *, failures: int = 0) -> None:
        self.times = 0
        self.failures = failures
        self.let_go = threading.Event()
        self.let_go.set()

    def __call__(self) -> Engine:
        self.let_go.wait(10)
        self.times += 1
        if self.times <= self.failures:
            raise OSError("no disk")
        return Engine()


def translate(engine: LazyEngine) -> Translation:
    return engine.translate(AUDIO, Task("m"), deadline=Deadline.after(30))


def test_nothing_is_made_before_it_is_needed_and_then_once_for_all_threads() -> None:
    made = Made()
    engine = LazyEngine(made)
    assert made.times == 0
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: translate(engine), range(16)))
    assert answers == [Translation((), "english", 30, "m")] * 16
    assert made.times == 1


def test_it_is_made_in_a_thread_while_its_user_does_something_else() -> None:
    made = Made()
    made.let_go.clear()
    engine = LazyEngine(made)
    begun = engine.begin()
    assert not begun.done()
    made.let_go.set()
    engine.warm_up()
    assert begun.done()
    assert engine.begin() is begun


def test_where_making_it_failed_the_next_use_tries_again() -> None:
    made = Made(failures=2)
    engine = LazyEngine(made)
    for _ in range(2):
        with pytest.raises(OSError, match="no disk"):
            translate(engine)
    assert translate(engine).model == "m"
    assert made.times == 3
