"""An engine that asks a budget before each call, and a watch that sees what the audio will cost."""

from pathlib import Path

import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.recording import ChunkAudio
from audio_translation.deadline import Deadline
from audio_translation.errors import CostLimitExceeded, ProviderUnavailable, UnusableAnswer
from audio_translation.transcript import Translation
from audio_translation.translation.cost.budget import Bound, Budget
from audio_translation.translation.cost.metered import MeteredEngine, MeteredWatch
from audio_translation.translation.engine import Task
from audio_translation.translation.pipeline import Progress

MINUTE = ChunkAudio(Chunk(0, 60_000, ()), Audio(Path("a"), FLAC, 1), 60)
DEFAULT = 0.006


class Engine:
    """Answers with a model, or fails."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.asked = 0

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return Translation((), "english", audio.chunk.length, self.answer)


class Watch:
    """Waits for a second after any failure, and for nothing else."""

    looked = 0

    def look(self, progress: Progress) -> None:
        self.looked += 1

    def grace_seconds(self, error: Exception) -> float | None:
        return 1.0


def ask(engine: Engine, budget: Budget, *, again: bool = False) -> None:
    metered = MeteredEngine(engine, budget, DEFAULT, again=again)
    metered.translate(MINUTE, Task("whisper-1"), deadline=Deadline.after(5))


@pytest.mark.parametrize(
    ("answer", "paid"),
    [
        ("whisper-1", DEFAULT),
        ("gpt-transcribe", 0.0045),
        (ProviderUnavailable("It failed."), 0),
        (UnusableAnswer("It is HTML."), DEFAULT),
    ],
)
def test_what_served_is_paid_and_what_failed_is_not(answer: str | Exception, paid: float) -> None:
    budget = Budget(DEFAULT)
    try:
        ask(Engine(answer), budget)
    except ProviderUnavailable:
        assert isinstance(answer, Exception)
    assert budget.paid == pytest.approx(paid)


@pytest.mark.parametrize("again", [False, True])
def test_over_the_bound_nobody_is_asked(again: bool) -> None:
    engine, budget = Engine("whisper-1"), Budget(DEFAULT, (Bound(0.01, "No."),))
    ask(engine, budget, again=again)
    with pytest.raises(CostLimitExceeded):
        ask(engine, budget, again=again)
    assert engine.asked == 1


def test_the_watch_refuses_a_stated_duration_but_not_silence() -> None:
    watch = MeteredWatch(Watch(), Budget(DEFAULT, (Bound(0.01, "No."),)))
    watch.look(Progress(stated=60_000))
    watch.look(Progress(stated=None))
    watch.look(Progress(stated=120_000, ended=True))
    with pytest.raises(CostLimitExceeded):
        watch.look(Progress(stated=120_000))
    assert isinstance(watch.watch, Watch)
    assert watch.watch.looked == 3


def test_calls_under_way_are_waited_for_when_the_bound_is_reached() -> None:
    watch = MeteredWatch(Watch(), Budget(DEFAULT))
    assert watch.grace_seconds(ProviderUnavailable("?")) == 1
    assert watch.grace_seconds(CostLimitExceeded("?")) == 5
