"""Who is asked, in which order, for how long, and what is told when nobody has an answer."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import date
from typing import cast

import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.engines.chain.circuits import Circuits
from audio_translation.engines.chain.provider_chain import (
    CircuitOpen,
    Failed,
    Link,
    ProviderChain,
)
from audio_translation.errors import (
    AudioTooLarge,
    Internal,
    InvalidRequest,
    ModelGone,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
    UnusableAnswer,
)

Script = deque[str | ServiceError]


class Memory:
    """Circuits that open at the third failure in a row and stay open until ``half_open``."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        self.half_open = False

    def guarded(self, name: str, call: Callable[[], object]) -> object:
        if self.failures[name] >= 3 and not self.half_open:
            raise CircuitOpen(name)
        try:
            answer = call()
        except Failed:
            self.failures[name] += 1
            raise
        self.failures[name] = 0
        return answer

    def count_failure(self, name: str) -> None:
        self.failures[name] += 1


class Told(Telemetry):
    """Keeps which providers failed, and how."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[tuple[str, str, str]] = []

    def provider_failed(self, provider: str, model: str, code: str) -> None:
        self.failures.append((provider, model, code))


class World:
    """Three providers with scripts, of which the last one always answers."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {"one": deque(), "two": deque(), "three": deque()}
        self.asked: list[str] = []
        self.seconds: list[float] = []
        self.circuits = Memory()
        self.told = Told()

    def chain(self, *names: str, **models: dict[str, str]) -> ProviderChain[str]:
        links = [Link(name, name, models=models.get(name)) for name in names]
        return ProviderChain(
            "step",
            links,
            telemetry=self.told,
            circuits=cast(Circuits, self.circuits),
        )

    def ask(self, link: Link[str], model: str, share: Deadline) -> str:
        self.asked.append(link.provider)
        self.seconds.append(share.left())
        script = self.scripts[link.provider]
        answer = script.popleft() if script else f"{link.provider} with {model}"
        if isinstance(answer, ServiceError):
            raise answer
        return answer

    def run(self, chain: ProviderChain[str], model: str = "m", seconds: float = 30) -> str:
        return chain.run(
            self.ask,
            model=model,
            deadline=Deadline.after(seconds),
            doubtful=lambda text: not text,
        )


@pytest.fixture
def world() -> World:
    return World()


PASSED_ON = [
    ProviderUnavailable("500"),
    ProviderTimedOut("slow"),
    UnusableAnswer("garbage"),
    ProviderQuotaExhausted("no credit"),
    ProviderRejected("key", about_key=True),
    ModelGone("gone"),
    RateLimited("429", retry_after=60),
    Internal("our own store"),
]


@pytest.mark.parametrize("error", PASSED_ON, ids=lambda error: type(error).__name__)
def test_what_is_about_a_provider_goes_to_the_next_one(world: World, error: ServiceError) -> None:
    world.scripts["one"].append(error)
    assert world.run(world.chain("one", "two")) == "two with m"
    assert world.asked == ["one", "two"]
    assert world.told.failures == [("one", "m", error.code)]


@pytest.mark.parametrize(
    "error",
    [
        UnsupportedAudio("no audio"),
        AudioTooLarge("413"),
        InvalidRequest("400"),
        ProviderRejected("the request"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_about_the_audio_or_the_request_does_not(world: World, error: ServiceError) -> None:
    world.scripts["one"].extend([error] * 5)
    chain = world.chain("one", "two")
    for _ in range(5):
        with pytest.raises(type(error)):
            world.run(chain)
    assert world.asked == ["one"] * 5, "nor does it count against the provider"


def test_each_gets_an_equal_share_of_the_time_that_is_left(world: World) -> None:
    world.scripts["one"].append(ProviderTimedOut("slow"))
    world.scripts["two"].append(ProviderTimedOut("slow"))
    world.run(world.chain("one", "two", "three"), seconds=30)
    assert world.seconds == [
        pytest.approx(10, abs=1),
        pytest.approx(15, abs=1),
        pytest.approx(30, abs=1),
    ]


def test_with_too_little_time_nobody_is_asked_and_nobody_blamed(world: World) -> None:
    with pytest.raises(ProviderTimedOut):
        world.run(world.chain("one", "two"), seconds=1)
    assert world.asked == []
    assert not world.circuits.failures
    assert world.told.failures == []


def test_one_that_fails_again_and_again_is_left_alone_and_comes_back(world: World) -> None:
    world.scripts["one"].extend([ProviderUnavailable("down")] * 3)
    chain = world.chain("one", "two")
    assert {world.run(chain) for _ in range(10)} == {"two with m"}
    assert world.asked.count("one") == 3
    world.circuits.half_open = True
    assert world.run(chain) == "one with m"


def test_a_circuit_is_about_one_model(world: World) -> None:
    world.scripts["one"].extend([ModelGone("gone")] * 3)
    chain = world.chain("one", "two")
    for _ in range(3):
        world.run(chain)
    assert world.run(chain, model="other") == "one with other"


def test_whoever_is_left_alone_is_asked_when_nobody_else_answers(world: World) -> None:
    chain = world.chain("one", "two")
    world.scripts["one"].extend([ProviderUnavailable("down")] * 3)
    for _ in range(3):
        world.run(chain)
    world.scripts["two"].append(ProviderUnavailable("down, too"))
    assert world.run(chain) == "one with m", "no request fails that anybody can answer"


def test_no_words_are_believed_only_if_nobody_hears_any(world: World) -> None:
    chain = world.chain("one", "two")
    world.scripts["one"].extend([""] * 2)
    world.scripts["two"].append("")
    assert world.run(chain) == ""
    assert not world.circuits.failures, "it may be the right answer"
    assert world.run(chain) == "two with m"
    assert world.circuits.failures["step#one#m"] == 1
    world.scripts["one"].append("")
    world.scripts["two"].append(ProviderUnavailable("down"))
    assert world.run(chain) == "", "an answer is better than an error"


def test_each_is_asked_by_its_own_name_for_the_model_and_not_for_what_it_lacks(
    world: World,
) -> None:
    chain = world.chain("one", "two", one={"large": "big"}, two={"m": "small"})
    assert world.run(chain) == "two with small"
    assert world.run(chain, model="large") == "one with big"
    with pytest.raises(ModelGone, match="No provider serves the model 'none'"):
        world.run(chain, model="none")
    assert world.asked == ["two", "one"]


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([RateLimited("429"), ModelGone("gone")], RateLimited),
        ([ProviderQuotaExhausted("no credit"), ProviderUnavailable("500")], ProviderUnavailable),
        ([ProviderQuotaExhausted("no credit"), ModelGone("gone")], ProviderQuotaExhausted),
        ([ModelGone("gone"), ModelGone("gone")], ModelGone),
        ([UnusableAnswer("cut"), ProviderRejected("key", about_key=True)], ProviderRejected),
    ],
)
def test_of_several_failures_the_one_is_told_that_may_pass(
    world: World, failures: list[ServiceError], told: type[ServiceError]
) -> None:
    """A job goes by it: it tries again what may pass."""
    for name, failure in zip(("one", "two"), failures, strict=True):
        world.scripts[name].append(failure)
    with pytest.raises(ServiceError) as raised:
        world.run(world.chain("one", "two"))
    assert type(raised.value) is told


def test_a_single_provider_has_no_circuit_and_all_the_time(world: World) -> None:
    world.scripts["one"].extend([ProviderUnavailable("down")] * 5)
    chain = world.chain("one")
    for _ in range(5):
        with pytest.raises(ProviderUnavailable):
            world.run(chain)
    assert world.run(chain) == "one with m"
    assert min(world.seconds) > 29
    assert not world.circuits.failures


def test_a_provider_that_has_ended_a_model_is_not_asked_for_it(world: World) -> None:
    links = [
        Link("one", "one", ends=lambda model: date(2027, 2, 26) if model == "m" else None),
        Link("two", "two"),
    ]
    today = date(2027, 2, 25)
    chain = ProviderChain("step", links, telemetry=Telemetry(), today=lambda: today)
    assert world.run(chain) == "one with m"
    today = date(2027, 2, 26)
    assert world.run(chain) == "two with m"
    assert world.run(chain, model="other") == "one with other"
