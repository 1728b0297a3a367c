"""GET /health and /health/providers: what answers, and what is left alone; nothing is paid."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.provider.answers import Answer, envelope
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.http_api import ApiWorld
from tests.worlds.provider_list import PATH, put_list, server


@pytest.fixture
def other() -> Iterator[SpeechProvider]:
    with SpeechProvider() as provider:
        yield provider


@pytest.fixture
def chained(world: ApiWorld, other: SpeechProvider) -> Iterator[ApiWorld]:
    """The world with two providers of translations."""
    put_list(
        world.aws,
        providers={"first": server(world.provider), "other": server(other)},
        translation=[
            {"provider": "first"},
            {"provider": "other", "models": {"whisper-1": "large-v3"}},
        ],
    )
    with world.with_jobs(PROVIDERS_PARAMETER=PATH):
        yield world


def states(world: ApiWorld) -> Any:
    answer = world.get("/health/providers")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def test_deep_leads_to_the_route_that_needs_the_key(world: ApiWorld) -> None:
    shallow = world.get("/health?deep=0")
    assert (shallow.status_code, shallow.json()) == (200, {"status": "ok"})
    deep = world.get("/health?deep=1", headers={"x-api-key": "k"})
    assert [step.status_code for step in deep.history] == [307]
    assert deep.url.endswith("/health/providers")
    assert deep.json()["status"] == "ok"
    assert world.get("/health?deep=perhaps").status_code == 400


def test_one_provider_is_told_with_its_steps(world: ApiWorld) -> None:
    found = states(world)
    (provider,) = found["providers"]
    assert (found["status"], provider["provider"], provider["answer"]) == ("ok", "provider", "ok")
    assert [(one["step"], one["model"], one["circuit"]) for one in provider["models"]] == [
        ("translation", "whisper-1", "closed"),
        ("transcription", "gpt-transcribe", "closed"),
        ("text", "gpt-6-luna", "closed"),
    ]
    assert (world.provider.models_listed, world.provider.received) == (1, []), "and nothing is paid"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(envelope("no key"), 401), "key_refused"),
        (Answer(envelope("no rights"), 403), "key_refused"),
        (Answer(envelope("down"), 500), "failing"),
        (Answer(envelope("no such route"), 404), "ok"),
        (Answer(hang_up=True), "unreachable"),
    ],
)
def test_a_provider_that_does_not_serve_degrades_the_service(
    chained: ApiWorld, answer: Answer, told: str
) -> None:
    chained.provider.no_models = answer
    found = states(chained)
    assert {one["provider"]: one["answer"] for one in found["providers"]} == {
        "first": told,
        "other": "ok",
    }
    assert found["status"] == ("ok" if told == "ok" else "degraded")


def test_when_no_provider_of_a_step_serves_it_is_down(
    chained: ApiWorld, other: SpeechProvider
) -> None:
    chained.provider.no_models = other.no_models = Answer(envelope("down"), 503)
    assert states(chained)["status"] == "down"


def test_what_is_left_alone_is_told(chained: ApiWorld, audio_url: str) -> None:
    chained.provider.default = Answer(envelope("down"), 500)
    for _ in range(3):
        assert chained.post({"audioFileUrl": audio_url}).status_code == 200
    found = states(chained)
    circuits = {
        (provider["provider"], one["model"], one["nameThere"]): one["circuit"]
        for provider in found["providers"]
        for one in provider["models"]
    }
    assert circuits["first", "whisper-1", "whisper-1"] == "open"
    assert circuits["other", "whisper-1", "large-v3"] == "closed"
    assert found["status"] == "degraded"


def test_a_list_that_is_not_valid_is_told_without_its_values(
    world: ApiWorld, audio_url: str
) -> None:
    body = json.dumps({"providers": {"one": {"baseUrl": "sk-secret"}}})
    world.aws.client("ssm").put_parameter(Name=PATH, Value=body, Type="String", Overwrite=True)
    with world.settings(PROVIDERS_PARAMETER=PATH):
        answer = world.post({"audioFileUrl": audio_url})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "list of providers" in answer.json()["error"]["message"]
    assert "providers.one.baseUrl" in world.log.getvalue()
    assert "sk-secret" not in answer.text + world.log.getvalue()
    assert world.provider.received == [], "nothing was sent anywhere"
