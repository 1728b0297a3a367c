"""A model that is served no more keeps working; what serves is told, and errors stay errors."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from audio_translation.domain.audio import Audio, AudioType
from audio_translation.domain.deadline import Deadline
from audio_translation.domain.engine import Task
from audio_translation.domain.errors import ModelGone, ProviderRejected, RateLimited, ServiceError
from audio_translation.domain.models import Way
from audio_translation.domain.transcript import Translation
from audio_translation.engines.succession import Succession

AUDIO = Audio(path=Path("speech.wav"), type=AudioType("wav", "audio/wav"), size=1)
LAST_DAY = date(2027, 2, 25)
END = date(2027, 2, 26)
SUCCESSOR = "gpt-transcribe"


@dataclass
class Server:
    """An engine that serves every model but those that are gone, and writes down who asked."""

    gone: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    error: ServiceError | None = None
    both: threading.Barrier | None = None

    def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
        assert audio is AUDIO
        self.asked.append(task.model)
        if self.both:
            self.both.wait(5)
        if self.error:
            raise self.error
        if task.model in self.gone:
            raise ModelGone(f"The provider does not serve {task.model!r}.", param="model")
        return Translation((), "english", 0, task.model)


class World:
    """Two servers, a clock and a calendar; ``told`` is what a successor took over."""

    def __init__(self) -> None:
        self.one, self.two = Server(), Server()
        self.made: list[Way] = []
        self.told: list[tuple[str, str, str]] = []
        self.now = 1000.0
        self.today = LAST_DAY

    def succession(
        self,
        *,
        successor: str = SUCCESSOR,
        replace_retired: bool = True,
        dated: tuple[Way, ...] = tuple(Way),
    ) -> Succession:
        def make(way: Way, server: Server) -> Server:
            self.made.append(way)
            return server

        return Succession(
            {
                Way.TRANSLATE: lambda: make(Way.TRANSLATE, self.one),
                Way.TRANSCRIBE_THEN_TRANSLATE: lambda: make(
                    Way.TRANSCRIBE_THEN_TRANSLATE, self.two
                ),
            },
            successor=successor,
            replace_retired=replace_retired,
            dated=dated,
            took_over=lambda *what: self.told.append(what),
            today=lambda: self.today,
            clock=lambda: self.now,
        )


@pytest.fixture
def world() -> World:
    return World()


def served(succession: Succession, task: Task | str) -> str:
    """The model that served a task, or a plain one for a model."""
    task = Task(task) if isinstance(task, str) else task
    return succession.translate(AUDIO, task, deadline=Deadline.after(5)).model


def test_a_model_is_served_the_way_that_the_table_says(world: World) -> None:
    succession = world.succession()
    assert served(succession, "whisper-1") == "whisper-1"
    assert served(succession, "of-some-server") == "of-some-server"
    assert world.one.asked == ["whisper-1", "of-some-server"]
    assert served(succession, "gpt-4o-transcribe") == "gpt-4o-transcribe"
    assert world.two.asked == ["gpt-4o-transcribe"]
    assert world.told == []


def test_an_engine_is_made_when_it_is_first_needed_and_once(world: World) -> None:
    succession = world.succession()
    assert world.made == []
    for _ in range(2):
        served(succession, "whisper-1")
    assert world.made == [Way.TRANSLATE]
    world.one.gone.add("whisper-1")
    for _ in range(2):
        served(succession, "whisper-1")
    assert world.made == [Way.TRANSLATE, Way.TRANSCRIBE_THEN_TRANSLATE]


@pytest.mark.parametrize("tag", ["de", "pt-BR", "DE"])
def test_another_language_than_english_takes_two_steps(world: World, tag: str) -> None:
    succession = world.succession()
    assert served(succession, Task("whisper-1", target=tag)) == SUCCESSOR
    assert served(succession, Task("gpt-4o-transcribe", target=tag)) == "gpt-4o-transcribe"
    assert world.one.asked == []
    assert world.told == [], "nothing is gone: the task needs it"


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB"])
def test_every_english_takes_one(world: World, tag: str) -> None:
    assert served(world.succession(), Task("whisper-1", target=tag)) == "whisper-1"


def test_who_wants_the_source_gets_two_steps(world: World) -> None:
    assert served(world.succession(), Task("whisper-1", with_source=True)) == SUCCESSOR
    assert world.one.asked == []


def test_a_model_that_its_server_does_not_have_any_more_is_replaced(world: World) -> None:
    succession = world.succession()
    world.one.gone.add("whisper-1")
    world.two.gone.add("gpt-4o-transcribe")
    assert served(succession, "whisper-1") == SUCCESSOR
    assert served(succession, "gpt-4o-transcribe") == SUCCESSOR
    assert world.told == [
        ("whisper-1", SUCCESSOR, "The provider does not serve 'whisper-1'."),
        ("gpt-4o-transcribe", SUCCESSOR, "The provider does not serve 'gpt-4o-transcribe'."),
    ]


def test_a_model_that_is_gone_is_asked_for_again_after_ten_minutes(world: World) -> None:
    succession = world.succession()
    world.one.gone.add("whisper-1")
    assert [served(succession, "whisper-1") for _ in range(3)] == [SUCCESSOR] * 3
    assert world.one.asked == ["whisper-1"]
    assert len(world.told) == 3
    world.now += 599
    assert served(succession, "whisper-1") == SUCCESSOR
    assert world.one.asked == ["whisper-1"]
    assert served(succession, "whisper-2") == "whisper-2", "others are not gone"
    world.one.gone.clear()
    world.now += 1
    assert served(succession, "whisper-1") == "whisper-1"


def test_threads_share_what_one_has_learned(world: World) -> None:
    succession = world.succession()
    world.one.gone.add("whisper-1")
    world.one.both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(served, succession, "whisper-1") for _ in range(2)]
        assert [call.result() for call in calls] == [SUCCESSOR] * 2
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: served(succession, "whisper-1"), range(8)))
    assert len(world.one.asked) == 2, "the two that were under way"
    assert world.made.count(Way.TRANSCRIBE_THEN_TRANSLATE) == 1


def test_on_the_day_of_its_end_a_model_of_openais_is_not_asked_for_any_more(world: World) -> None:
    succession = world.succession()
    assert served(succession, "whisper-1") == "whisper-1"
    world.today = END
    assert served(succession, "whisper-1") == SUCCESSOR
    assert served(succession, "gpt-4o-mini-transcribe") == SUCCESSOR
    assert world.one.asked == ["whisper-1"]
    assert world.two.asked == [SUCCESSOR] * 2
    assert "2027-02-26" in world.told[0][2]


def test_other_servers_say_themselves_when_they_stop(world: World) -> None:
    world.today = END
    succession = world.succession(dated=(Way.TRANSCRIBE_THEN_TRANSLATE,))
    assert served(succession, "whisper-1") == "whisper-1"
    assert served(succession, "gpt-4o-transcribe") == SUCCESSOR


def test_who_does_not_want_a_successor_hears_what_is_gone_every_time(world: World) -> None:
    succession = world.succession(replace_retired=False)
    world.one.gone.add("whisper-2")
    for _ in range(2):
        with pytest.raises(ProviderRejected, match="whisper-2"):
            served(succession, "whisper-2")
    assert world.one.asked == ["whisper-2"] * 2
    world.today = END
    with pytest.raises(ProviderRejected, match=r"'whisper-1'.*2027-02-26") as error:
        served(succession, "whisper-1")
    assert error.value.param == "model"
    assert (world.two.asked, world.told) == ([], [])
    assert served(succession, Task("whisper-1", target="de")) == SUCCESSOR, "no successor: a need"


def test_if_the_successor_is_gone_too_the_error_names_both(world: World) -> None:
    succession = world.succession()
    world.one.gone.add("whisper-1")
    world.two.gone.add(SUCCESSOR)
    for _ in range(2):
        with pytest.raises(ModelGone, match=r"'whisper-1'.*'gpt-transcribe'"):
            served(succession, "whisper-1")
    assert world.told == []
    world.two.gone.clear()
    assert served(succession, "whisper-1") == SUCCESSOR, "the last resort is always asked"


def test_the_last_resort_has_no_successor(world: World) -> None:
    succession = world.succession()
    world.two.gone.add(SUCCESSOR)
    for task in (Task(SUCCESSOR), Task("whisper-1", target="de")):
        with pytest.raises(ModelGone, match="'gpt-transcribe'") as error:
            served(succession, task)
        assert error.value.message.count(SUCCESSOR) == 1
    assert world.two.asked == [SUCCESSOR] * 2


def test_a_successor_of_the_same_name_goes_the_other_way(world: World) -> None:
    """A server whose Whisper transcribes and does not translate."""
    succession = world.succession(successor="whisper-large")
    world.one.gone.add("whisper-large")
    assert served(succession, "whisper-large") == "whisper-large"
    assert world.two.asked == ["whisper-large"]
    assert len(world.told) == 1


def test_an_ended_model_as_the_successor_is_an_error_that_says_so(world: World) -> None:
    world.today = END
    succession = world.succession(successor="whisper-1")
    with pytest.raises(ModelGone, match=r"'whisper-1'.*'whisper-1'"):
        served(succession, "whisper-1")


def test_other_errors_are_nobodys_end(world: World) -> None:
    succession = world.succession()
    world.one.error = RateLimited("Later.", retry_after=7)
    with pytest.raises(RateLimited):
        served(succession, "whisper-1")
    world.one.error = ProviderRejected("The key is refused.")
    with pytest.raises(ProviderRejected, match="key"):
        served(succession, "whisper-1")
    assert world.two.asked == []
    world.one.error = None
    world.one.gone.add("whisper-1")
    world.two.error = RateLimited("Later.", retry_after=7)
    with pytest.raises(RateLimited):
        served(succession, "whisper-1")
    assert world.told == []


def test_the_task_reaches_the_successor_as_it_was_asked(world: World) -> None:
    seen: list[Task] = []

    class Keeping(Server):
        def translate(self, audio: Audio, task: Task, *, deadline: Deadline) -> Translation:
            seen.append(task)
            return super().translate(audio, task, deadline=deadline)

    world.two = Keeping()
    world.one.gone.add("whisper-1")
    asked = Task("whisper-1", "A prompt.", 0.5, source="es", keywords=("Ana",))
    served(world.succession(), asked)
    assert seen == [
        Task(SUCCESSOR, "A prompt.", 0.5, source="es", keywords=("Ana",)),
    ]
