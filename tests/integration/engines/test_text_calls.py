"""Calls of a text model that several providers serve, each by its own name for it."""

import json
from collections.abc import Iterator

import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.provider_chain import Link, ProviderChain
from audio_translation.engines.provider.calls import ProviderCalls
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.text_translation import TextTranslation
from audio_translation.errors import ProviderRejected
from audio_translation.transcript import Segment, Translation
from audio_translation.translation.engine import Task
from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.text_answers import translated
from tests.fakes.provider.text_model import TextModel

SAID = Translation(
    (Segment(0, 900, "La conferencia empieza ahora mismo.", spoken="es"),),
    "english",
    900,
    "gpt-transcribe",
    provider="ears",
)


class Log(Telemetry):
    """Keeps who failed."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_over: list[tuple[str, str]] = []

    def provider_failed(self, provider: str, model: str, code: str) -> None:
        self.passed_over.append((provider, code))


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[TextModel, TextModel]]:
    with TextModel() as one, TextModel() as two:
        yield one, two


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def model(servers: tuple[TextModel, TextModel], log: Log) -> Iterator[TextTranslation]:
    for server in servers:
        server.reset()
    one, two = (provider_client(server.base_url, lambda: "sk") for server in servers)
    with one, two:
        chain = ProviderChain(
            "text",
            [
                Link("one", ProviderCalls(one, refresh_key=lambda: False, others_follow=True)),
                Link(
                    "two",
                    ProviderCalls(two, refresh_key=lambda: False),
                    models={"gpt-6-luna": "qwen"},
                ),
            ],
            telemetry=log,
        )
        yield TextTranslation(chain, model="gpt-6-luna")


def run(model: TextTranslation) -> Translation:
    return model.translated(SAID, Task("gpt-transcribe"), deadline=Deadline.after(20))


def test_the_first_one_serves_and_is_told_after_who_heard(
    model: TextTranslation, servers: tuple[TextModel, TextModel]
) -> None:
    found = run(model)
    assert found.text == translated(SAID.text)
    assert found.provider == "ears, one"
    assert servers[1].received == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(envelope("down"), 500), "provider_unavailable"),
        (Answer(envelope("no such model", code="model_not_found"), 404), "provider_rejected"),
        (Answer(envelope("wrong key"), 401), "provider_rejected"),
        (Answer(hang_up=True), "provider_unavailable"),
    ],
)
def test_when_it_fails_the_next_one_is_asked_by_its_own_name_and_nobody_twice(
    model: TextTranslation,
    servers: tuple[TextModel, TextModel],
    log: Log,
    answer: Answer,
    code: str,
) -> None:
    one, two = servers
    one.default = lambda _: answer
    found = run(model)
    assert (found.text, found.provider) == (translated(SAID.text), "ears, two")
    assert log.passed_over == [("one", code)]
    assert (len(one.received), len(two.received)) == (1, 1)
    assert json.loads(two.received[0].file)["model"] == "qwen"


def test_when_nobody_has_the_model_the_operator_is_told(
    model: TextTranslation, servers: tuple[TextModel, TextModel]
) -> None:
    for server in servers:
        server.default = lambda _: Answer(envelope("gone", code="model_not_found"), 404)
    with pytest.raises(ProviderRejected, match="must choose another text model"):
        run(model)
