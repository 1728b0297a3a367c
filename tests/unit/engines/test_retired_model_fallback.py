"""A model that is served no more keeps working; what serves is told, and errors stay errors."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openai
import pytest

from audio_translation.audio.audio_file import Audio
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.recording import ChunkAudio
from audio_translation.audio.speech import Span
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.model_ends import ModelEnds
from audio_translation.engines.provider.model_dates import ModelDates
from audio_translation.engines.retired_model_fallback import RetiredModelFallback
from audio_translation.errors import (
    InvalidRequest,
    ModelGone,
    ProviderRejected,
    RateLimited,
    ServiceError,
)
from audio_translation.transcript import Translation
from audio_translation.translation.engine import Task
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import EngineName

FLAC_FILE = Audio(Path("unused"), FLAC, 1)
AUDIO = ChunkAudio(Chunk(0, 1, (Span(0, 1),)), FLAC_FILE, range=60)
LAST_DAY = date(2027, 2, 25)
END = date(2027, 2, 26)
REPLACEMENT = "gpt-transcribe"


@dataclass
class Server:
    """An engine that serves every model but those that are gone, and writes down who asked."""

    gone: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    error: ServiceError | None = None
    both: threading.Barrier | None = None

    def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
        assert audio is AUDIO
        self.asked.append(task.model)
        if self.both:
            self.both.wait(5)
        if self.error:
            raise self.error
        if task.model in self.gone:
            raise ModelGone(f"The provider does not serve {task.model!r}.", param="model")
        return Translation((), "english", 0, task.model)


class ReplacementLog(Telemetry):
    """Keeps what a replacement served: for which model, which one, and why."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str, str]] = []

    def replacement_served(self, model: str, replacement: str, reason: str) -> None:
        self.told.append((model, replacement, reason))


class World:
    """Two servers, a clock and a calendar; ``telemetry`` hears what was replaced."""

    def __init__(self) -> None:
        self.one, self.two = Server(), Server()
        self.made: list[EngineName] = []
        self.telemetry = ReplacementLog()
        self.now = 1000.0
        self.today = LAST_DAY

    def fallback(
        self,
        *,
        replacement: str = REPLACEMENT,
        replace_retired: bool = True,
        speakers: str = "",
        dated: tuple[EngineName, ...] = tuple(EngineName),
    ) -> RetiredModelFallback:
        def make(name: EngineName, server: Server) -> Server:
            self.made.append(name)
            return server

        return RetiredModelFallback(
            {
                EngineName.TRANSLATE: LazyEngine(lambda: make(EngineName.TRANSLATE, self.one)),
                EngineName.TRANSCRIBE_THEN_TRANSLATE: LazyEngine(
                    lambda: make(EngineName.TRANSCRIBE_THEN_TRANSLATE, self.two)
                ),
            },
            replacement_model=replacement,
            replace_retired=replace_retired,
            speaker_model=speakers,
            dates={
                name: ModelEnds([(None, self._dates(table_holds=name in dated))])
                for name in EngineName
            },
            telemetry=self.telemetry,
            today=lambda: self.today,
            clock=lambda: self.now,
        )

    def _dates(self, *, table_holds: bool) -> ModelDates:
        return ModelDates(_no_server, table_holds=table_holds, telemetry=self.telemetry)


def _no_server() -> openai.OpenAI:
    raise ConnectionError("Nothing tells dates here.")


@pytest.fixture
def world() -> World:
    return World()


def served(fallback: RetiredModelFallback, task: Task | str) -> str:
    """The model that served a task, or a plain one for a model."""
    task = Task(task) if isinstance(task, str) else task
    return fallback.translate(AUDIO, task, deadline=Deadline.after(5)).model


def test_a_model_is_served_the_way_that_the_table_says(world: World) -> None:
    fallback = world.fallback()
    assert served(fallback, "whisper-1") == "whisper-1"
    assert served(fallback, "of-some-server") == "of-some-server"
    assert world.one.asked == ["whisper-1", "of-some-server"]
    assert served(fallback, "gpt-4o-transcribe") == "gpt-4o-transcribe"
    assert world.two.asked == ["gpt-4o-transcribe"]
    assert world.telemetry.told == []


def test_an_engine_is_made_when_it_is_first_needed_and_once(world: World) -> None:
    fallback = world.fallback()
    assert world.made == []
    for _ in range(2):
        served(fallback, "whisper-1")
    assert world.made == [EngineName.TRANSLATE]
    world.one.gone.add("whisper-1")
    for _ in range(2):
        served(fallback, "whisper-1")
    assert world.made == [EngineName.TRANSLATE, EngineName.TRANSCRIBE_THEN_TRANSLATE]


@pytest.mark.parametrize("tag", ["de", "pt-BR", "DE"])
def test_another_language_than_english_takes_two_steps(world: World, tag: str) -> None:
    fallback = world.fallback()
    assert served(fallback, Task("whisper-1", target=tag)) == REPLACEMENT
    assert served(fallback, Task("gpt-4o-transcribe", target=tag)) == "gpt-4o-transcribe"
    assert world.one.asked == []
    assert world.telemetry.told == [], "nothing is gone: the task needs it"


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB"])
def test_every_english_takes_one(world: World, tag: str) -> None:
    assert served(world.fallback(), Task("whisper-1", target=tag)) == "whisper-1"


def test_who_wants_the_source_gets_two_steps(world: World) -> None:
    assert served(world.fallback(), Task("whisper-1", with_source=True)) == REPLACEMENT
    assert world.one.asked == []


def test_a_model_that_its_server_does_not_have_any_more_is_replaced(world: World) -> None:
    fallback = world.fallback()
    world.one.gone.add("whisper-1")
    world.two.gone.add("gpt-4o-transcribe")
    assert served(fallback, "whisper-1") == REPLACEMENT
    assert served(fallback, "gpt-4o-transcribe") == REPLACEMENT
    assert world.telemetry.told == [
        ("whisper-1", REPLACEMENT, "The provider does not serve 'whisper-1'."),
        ("gpt-4o-transcribe", REPLACEMENT, "The provider does not serve 'gpt-4o-transcribe'."),
    ]


def test_a_model_that_is_gone_is_asked_for_again_after_ten_minutes(world: World) -> None:
    fallback = world.fallback()
    world.one.gone.add("whisper-1")
    assert [served(fallback, "whisper-1") for _ in range(3)] == [REPLACEMENT] * 3
    assert world.one.asked == ["whisper-1"]
    assert len(world.telemetry.told) == 3
    world.now += 599
    assert served(fallback, "whisper-1") == REPLACEMENT
    assert world.one.asked == ["whisper-1"]
    assert served(fallback, "whisper-2") == "whisper-2", "others are not gone"
    world.one.gone.clear()
    world.now += 1
    assert served(fallback, "whisper-1") == "whisper-1"


def test_threads_share_what_one_has_learned(world: World) -> None:
    fallback = world.fallback()
    world.one.gone.add("whisper-1")
    world.one.both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(served, fallback, "whisper-1") for _ in range(2)]
        assert [call.result() for call in calls] == [REPLACEMENT] * 2
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: served(fallback, "whisper-1"), range(8)))
    assert len(world.one.asked) == 2, "the two that were under way"
    assert world.made.count(EngineName.TRANSCRIBE_THEN_TRANSLATE) == 1


def test_on_the_day_of_its_end_a_model_of_openais_is_not_asked_for_any_more(world: World) -> None:
    fallback = world.fallback()
    assert served(fallback, "whisper-1") == "whisper-1"
    world.today = END
    assert served(fallback, "whisper-1") == REPLACEMENT
    assert served(fallback, "gpt-4o-mini-transcribe") == REPLACEMENT
    assert world.one.asked == ["whisper-1"]
    assert world.two.asked == [REPLACEMENT] * 2
    assert "2027-02-26" in world.telemetry.told[0][2]


def test_a_transcription_stays_with_its_model_until_that_ends(world: World) -> None:
    fallback = world.fallback()
    assert served(fallback, Task("whisper-1", transcribe=True, with_source=True)) == "whisper-1"
    world.today = END
    assert served(fallback, Task("whisper-1", transcribe=True)) == REPLACEMENT
    assert (world.one.asked, world.two.asked) == (["whisper-1"], [REPLACEMENT])


def test_a_server_without_translations_may_still_have_transcriptions(world: World) -> None:
    fallback = world.fallback()
    world.one.gone = {"whisper-1"}
    assert served(fallback, "whisper-1") == REPLACEMENT
    world.one.gone = set()
    assert served(fallback, Task("whisper-1", transcribe=True)) == "whisper-1"
    assert served(fallback, "whisper-1") == REPLACEMENT, "that is remembered"


def test_other_servers_say_themselves_when_they_stop(world: World) -> None:
    world.today = END
    fallback = world.fallback(dated=(EngineName.TRANSCRIBE_THEN_TRANSLATE,))
    assert served(fallback, "whisper-1") == "whisper-1"
    assert served(fallback, "gpt-4o-transcribe") == REPLACEMENT


def test_who_does_not_want_a_replacement_hears_what_is_gone_every_time(world: World) -> None:
    fallback = world.fallback(replace_retired=False)
    world.one.gone.add("whisper-2")
    for _ in range(2):
        with pytest.raises(ProviderRejected, match="whisper-2"):
            served(fallback, "whisper-2")
    assert world.one.asked == ["whisper-2"] * 2
    world.today = END
    with pytest.raises(ProviderRejected, match=r"'whisper-1'.*2027-02-26") as error:
        served(fallback, "whisper-1")
    assert error.value.param == "model"
    assert (world.two.asked, world.telemetry.told) == ([], [])
    assert served(fallback, Task("whisper-1", target="de")) == REPLACEMENT, "no replacement: a need"


def test_if_the_replacement_is_gone_too_the_error_names_both(world: World) -> None:
    fallback = world.fallback()
    world.one.gone.add("whisper-1")
    world.two.gone.add(REPLACEMENT)
    for _ in range(2):
        with pytest.raises(ModelGone, match=r"'whisper-1'.*'gpt-transcribe'"):
            served(fallback, "whisper-1")
    assert world.telemetry.told == []
    world.two.gone.clear()
    assert served(fallback, "whisper-1") == REPLACEMENT, "the last resort is always asked"


def test_the_last_resort_has_no_replacement(world: World) -> None:
    fallback = world.fallback()
    world.two.gone.add(REPLACEMENT)
    for task in (Task(REPLACEMENT), Task("whisper-1", target="de")):
        with pytest.raises(ModelGone, match="'gpt-transcribe'") as error:
            served(fallback, task)
        assert error.value.message.count(REPLACEMENT) == 1
    assert world.two.asked == [REPLACEMENT] * 2


def test_a_replacement_of_the_same_name_goes_the_other_way(world: World) -> None:
    """A server whose Whisper transcribes and does not translate."""
    fallback = world.fallback(replacement="whisper-large")
    world.one.gone.add("whisper-large")
    assert served(fallback, "whisper-large") == "whisper-large"
    assert world.two.asked == ["whisper-large"]
    assert len(world.telemetry.told) == 1


def test_an_ended_model_as_the_replacement_is_an_error_that_says_so(world: World) -> None:
    world.today = END
    fallback = world.fallback(replacement="whisper-1")
    with pytest.raises(ModelGone, match=r"'whisper-1'.*'whisper-1'"):
        served(fallback, "whisper-1")


def test_other_errors_are_nobodys_end(world: World) -> None:
    fallback = world.fallback()
    world.one.error = RateLimited("Later.", retry_after=7)
    with pytest.raises(RateLimited):
        served(fallback, "whisper-1")
    world.one.error = ProviderRejected("The key is refused.")
    with pytest.raises(ProviderRejected, match="key"):
        served(fallback, "whisper-1")
    assert world.two.asked == []
    world.one.error = None
    world.one.gone.add("whisper-1")
    world.two.error = RateLimited("Later.", retry_after=7)
    with pytest.raises(RateLimited):
        served(fallback, "whisper-1")
    assert world.telemetry.told == []


def test_the_task_reaches_the_replacement_as_it_was_asked(world: World) -> None:
    seen: list[Task] = []

    class Keeping(Server):
        def translate(self, audio: ChunkAudio, task: Task, *, deadline: Deadline) -> Translation:
            seen.append(task)
            return super().translate(audio, task, deadline=deadline)

    world.two = Keeping()
    world.one.gone.add("whisper-1")
    asked = Task("whisper-1", "A prompt.", 0.5, source="es", keywords=("Ana",))
    served(world.fallback(), asked)
    assert seen == [
        Task(REPLACEMENT, "A prompt.", 0.5, source="es", keywords=("Ana",)),
    ]


DIARIZE = "gpt-4o-transcribe-diarize"


def test_speakers_are_told_apart_by_the_model_that_is_named_or_that_is_set(world: World) -> None:
    fallback = world.fallback(speakers="of-our-server")
    assert served(fallback, Task(DIARIZE, speakers=0)) == DIARIZE
    assert served(fallback, Task("whisper-1", speakers=2)) == "of-our-server"
    assert served(fallback, Task("whisper-1", speakers=0, transcribe=True)) == "of-our-server"
    assert world.two.asked == [DIARIZE, "of-our-server", "of-our-server"]
    assert world.one.asked == []


def test_without_such_a_model_the_error_says_what_would_do(world: World) -> None:
    with pytest.raises(InvalidRequest) as raised:
        served(world.fallback(), Task("whisper-1", speakers=0))
    assert raised.value.param == "speakers"
    for told in ("'whisper-1'", DIARIZE, "SpeakerModel"):
        assert told in raised.value.message
    assert world.two.asked == []


def test_nothing_takes_the_place_of_a_model_for_speakers_that_has_ended(world: World) -> None:
    world.today = END
    with pytest.raises(InvalidRequest, match="not served any more since 2027-02-26"):
        served(world.fallback(speakers=DIARIZE), Task("whisper-1", speakers=0))
    assert world.two.asked == []
    assert served(world.fallback(), DIARIZE) == REPLACEMENT
