"""The providers of one step, asked in order until one has an answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.errors import (
    Internal,
    ModelGone,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderTimedOut,
    ProviderUnavailable,
    RateLimited,
    ServiceError,
    UnusableAnswer,
)

if TYPE_CHECKING:
    from audio_translation.engines.chain.circuits import Circuits

Step = TypeVar("Step")
Answer = TypeVar("Answer")

_LEAST_SECONDS = 1.5
"""With less time left nobody is asked: see ``ProviderCalls``, which needs a second."""
_NEXT_SERVES = (
    ModelGone,
    ProviderQuotaExhausted,
    ProviderUnavailable,
    RateLimited,
)
"""What is about a provider; what is about the audio or the request is the same everywhere."""


@dataclass(frozen=True)
class Link(Generic[Step]):
    """A provider in a chain.

    - ``provider``: its name.
    - ``step``: what asks it.
    - ``models``: its names for our models; None if it is asked for every model by our name.
    - ``price``: of a minute of audio in dollars; None if it is that of the model.
    - ``ends``: returns the day on which it ends a model, by its name there; None if none is known.
    """

    provider: str
    step: Step
    models: Mapping[str, str] | None = None
    price: float | None = None
    ends: Callable[[str], date | None] = lambda _: None

    def model_there(self, model: str) -> str | None:
        """Return its name for a model of ours; None if it does not serve it."""
        return model if self.models is None else self.models.get(model)


class CircuitOpen(Exception):
    """The provider is left alone at this moment."""


class Failed(Exception):
    """The provider failed in a way that counts against it; the ServiceError is the cause."""


class _NotCounted(Exception):
    """The next provider is asked, and nothing is counted; the cause says why."""


class _Doubted(Exception):
    """The answer is given only if nobody has a better one."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer = answer


class ProviderChain(Generic[Step]):
    """Asks the providers of one step; safe to use from several threads.

    Each is asked once, for an equal share of the time that is left. A provider that does not serve
    is passed over, and after some failures left alone for a while (see ``Circuits``).
    """

    def __init__(
        self,
        step: str,
        links: Sequence[Link[Step]],
        *,
        telemetry: Telemetry,
        circuits: "Circuits | None" = None,
        today: Callable[[], date] | None = None,
    ) -> None:
        """``step`` names the chain in logs; without ``circuits`` every provider is asked always."""
        self.step = step
        self.links = tuple(links)
        self.telemetry = telemetry
        self.circuits = circuits
        self._today = today

    @classmethod
    def of_one(cls, step: Step, provider: str = "provider") -> "ProviderChain[Step]":
        """Return the chain of one provider."""
        return cls("", [Link(provider, step)], telemetry=Telemetry())

    def run(
        self,
        ask: Callable[[Link[Step], str, Deadline], Answer],
        *,
        model: str,
        deadline: Deadline,
        doubtful: Callable[[Answer], bool] = lambda _: False,
    ) -> Answer:
        """Return the first answer that ``ask`` has of a provider, its model there and its time.

        An answer that is ``doubtful`` is returned only if no other provider has a better one; if
        one has, it counts as a failure of the provider.
        Raises what ``ask`` raises: at once if it is no provider's failure, else the failure that is
        most likely to pass. Raises ModelGone if nobody serves the model.
        """
        links = self._serving(model)
        if not links:
            raise ModelGone(f"No provider serves the model {model!r}.", param="model")
        if len(links) == 1:
            return ask(links[0], links[0].model_there(model) or model, deadline)
        return _Run(self, ask, model, deadline, doubtful).answer(links)

    def circuit(self, link: Link[Step], model: str) -> str:
        """Return the name of the circuit of a provider's model."""
        return self.circuit_name(self.step, link.provider, link.model_there(model) or model)

    @staticmethod
    def circuit_name(step: str, provider: str, model_there: str) -> str:
        """Return the same by the names alone."""
        return f"{step}#{provider}#{model_there}"

    def _serving(self, model: str) -> list[Link[Step]]:
        """Return who serves a model; those that have ended it only if all have."""
        named = [link for link in self.links if link.model_there(model)]
        return [link for link in named if not self._is_over(link, model)] or named

    def _is_over(self, link: Link[Step], model: str) -> bool:
        ends = link.ends(link.model_there(model) or model) if self._today else None
        return ends is not None and self._today is not None and self._today() >= ends


@dataclass
class _Run(Generic[Step, Answer]):
    """One pass along the chain."""

    chain: ProviderChain[Step]
    ask: Callable[[Link[Step], str, Deadline], Answer]
    model: str
    deadline: Deadline
    doubtful: Callable[[Answer], bool]

    def __post_init__(self) -> None:
        self._failures: list[ServiceError] = []
        self._doubted: list[tuple[Link[Step], Answer]] = []
        self._left_alone: list[Link[Step]] = []

    def answer(self, links: Sequence[Link[Step]]) -> Answer:
        """Return the first answer, see ``ProviderChain.run``."""
        for link, share in self._shares(links):
            if found := self._tried(link, share, self.chain.circuits):
                return found[0]
        if self._doubted:
            return self._doubted[0][1]
        # Nobody else is left: what was found out half a minute ago may have changed.
        for link, share in self._shares(self._left_alone):
            if found := self._tried(link, share, None):
                return found[0]
        raise _most_hopeful(self._failures)

    def _shares(self, links: Sequence[Link[Step]]) -> Iterator[tuple[Link[Step], Deadline]]:
        for number, link in enumerate(links):
            yield link, self.deadline.sooner(self.deadline.left() / (len(links) - number))

    def _tried(
        self, link: Link[Step], share: Deadline, circuits: "Circuits | None"
    ) -> tuple[Answer] | None:
        """Return the provider's answer; None if the next one is to be asked."""
        if share.left() < _LEAST_SECONDS:  # of which the provider knows nothing
            self._failures.append(ProviderTimedOut("Too little time was left to ask a provider."))
            return None
        circuit = self.chain.circuit(link, self.model)
        try:
            if circuits is None:
                answer = self._asked(link, share)
            else:
                answer = circuits.guarded(circuit, lambda: self._asked(link, share))
        except CircuitOpen:
            self._left_alone.append(link)
            return None
        except (Failed, _NotCounted) as failed:
            self._note(link, failed.__cause__)
            return None
        except _Doubted as doubted:
            self._doubted.append((link, cast(Answer, doubted.answer)))
            return None
        if isinstance(answer, ServiceError):
            raise answer
        self._count_doubted()
        return (answer,)

    def _asked(self, link: Link[Step], share: Deadline) -> Answer | ServiceError:
        """Return the answer, or what is wrong with the audio: that, too, is the provider's."""
        try:
            answer = self.ask(link, link.model_there(self.model) or self.model, share)
        except _NEXT_SERVES as error:
            raise Failed from error
        except ProviderRejected as error:
            if error.about_key:
                raise Failed from error
            return error
        except Internal as error:  # its key cannot be read: our own trouble
            raise _NotCounted from error
        except ServiceError as error:
            return error
        if self.doubtful(answer):
            raise _Doubted(answer)
        return answer

    def _note(self, link: Link[Step], error: BaseException | None) -> None:
        if isinstance(error, ServiceError):
            self._failures.append(error)
            self.chain.telemetry.provider_failed(link.provider, self.model, error.code)

    def _count_doubted(self) -> None:
        """Somebody has understood what these have not."""
        for link, _ in self._doubted:
            self.chain.telemetry.provider_failed(link.provider, self.model, "empty")
            if self.chain.circuits:
                self.chain.circuits.count_failure(self.chain.circuit(link, self.model))


def _most_hopeful(failures: Sequence[ServiceError]) -> ServiceError:
    """Return the failure that is most likely to pass, of several the last."""
    passing = [one for one in failures if _passes(one)]
    others = [one for one in failures if not isinstance(one, ModelGone)]
    return (passing or others or failures)[-1]


def _passes(error: ServiceError) -> bool:
    if isinstance(error, UnusableAnswer):
        return False
    return isinstance(error, ProviderUnavailable | RateLimited | Internal)
