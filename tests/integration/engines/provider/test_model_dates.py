"""The provider's own list of models tells when they end; ours holds where it says nothing."""

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import openai
import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.provider.model_dates import ModelDates
from audio_translation.translation.models import MODELS
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider

IN_TABLE = MODELS["whisper-1"].ends


class DatesLog(Telemetry):
    """Keeps which models end earlier than was known."""

    def __init__(self) -> None:
        super().__init__()
        self.earlier: list[tuple[str, date, date | None]] = []

    def model_ends_earlier(self, model: str, told: date, known: date | None) -> None:
        self.earlier.append((model, told, known))


class World:
    """A provider's list, and the clock; ``log`` hears of dates that come earlier."""

    def __init__(self, client: openai.OpenAI, provider: SpeechProvider) -> None:
        self.provider, self.log, self.now = provider, DatesLog(), 1000.0
        self.dates = self.of(client, table_holds=True)

    def of(self, client: openai.OpenAI, *, table_holds: bool) -> ModelDates:
        return ModelDates(
            lambda: client,
            table_holds=table_holds,
            telemetry=self.log,
            clock=lambda: self.now,
        )


@pytest.fixture(scope="module")
def running() -> Iterator[SpeechProvider]:
    with SpeechProvider() as provider:
        yield provider


@pytest.fixture
def client(running: SpeechProvider) -> Iterator[openai.OpenAI]:
    with provider_client(running.base_url, lambda: "sk-audio") as client:
        yield client


@pytest.fixture
def world(client: openai.OpenAI, running: SpeechProvider) -> World:
    running.reset()
    return World(client, running)


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ("2027-08-31", date(2027, 8, 31)),
        ("2027-01-15", date(2027, 1, 15)),
        ("2027-08-31T00:00:00Z", date(2027, 8, 31)),
        (None, IN_TABLE),
        ("", IN_TABLE),
        ("soon", IN_TABLE),
        (1_803_600_000, IN_TABLE),
    ],
)
def test_the_providers_date_counts_and_ours_where_it_says_none(
    world: World, told: Any, ends: date
) -> None:
    assert world.dates.ends("whisper-1") == IN_TABLE
    world.provider.shutdown_dates = {"whisper-1": told, "whisper-9": "2029-05-05"}
    world.dates.learn()
    assert world.dates.ends("whisper-1") == ends
    assert world.dates.ends("whisper-9") == date(2029, 5, 5), "it is in no table of ours"
    assert world.dates.ends("gpt-transcribe") is None


def test_the_table_is_about_openai_and_no_other_server(world: World, client: openai.OpenAI) -> None:
    dates = world.of(client, table_holds=False)
    assert dates.ends("whisper-1") is None
    world.provider.shutdown_dates = {"whisper-1": "2028-01-01"}
    dates.learn()
    assert dates.ends("whisper-1") == date(2028, 1, 1)


def test_a_date_that_switches_earlier_is_logged_once(world: World) -> None:
    early = date(2027, 1, 15)
    world.provider.shutdown_dates = {
        "whisper-1": str(early),
        "gpt-transcribe": "2027-06-01",
        "gpt-4o-transcribe": "2027-12-24",
        "dall-e-9": "2027-01-01",
    }
    for _ in range(2):
        world.dates.learn()
        world.now += 7 * 3600
    assert sorted(world.log.earlier) == [
        ("gpt-transcribe", date(2027, 6, 1), None),
        ("whisper-1", early, IN_TABLE),
    ]


def test_the_provider_is_asked_every_few_hours_and_sooner_after_no_answer(world: World) -> None:
    asked = []
    for wait in (0.0, 3600.0, 5.5 * 3600, 60.0):
        world.now += wait
        world.dates.learn()
        asked.append(world.provider.models_listed)
    assert asked == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(envelope("Slow down"), 429),
        Answer(envelope("Not here"), 404),
        Answer(b"<html>", headers={"Content-Type": "text/html"}),
        Answer({"object": "list"}),
        Answer(hang_up=True),
    ],
)
def test_no_answer_changes_nothing(world: World, answer: Answer) -> None:
    world.provider.shutdown_dates = {"whisper-1": "2027-08-31"}
    world.dates.learn()
    world.provider.no_models = answer
    world.now += 7 * 3600
    world.dates.learn()
    assert world.dates.ends("whisper-1") == date(2027, 8, 31)
    world.provider.no_models = None
    world.provider.shutdown_dates = {"whisper-1": "2027-09-30"}
    world.now += 601
    world.dates.learn()
    assert world.dates.ends("whisper-1") == date(2027, 9, 30)


def test_asking_in_the_meantime_keeps_nobody_waiting(world: World) -> None:
    world.provider.shutdown_dates = {"whisper-1": "2027-08-31"}
    for _ in range(24):
        world.dates.learn_meanwhile()
    begun = [thread for thread in threading.enumerate() if thread.name == "model-dates"]
    assert len(begun) <= 1, "however many chunks are translated at once"
    for thread in begun:
        thread.join(20)
    assert world.dates.ends("whisper-1") == date(2027, 8, 31)
    world.dates.learn_meanwhile()
    assert world.provider.models_listed == 1
