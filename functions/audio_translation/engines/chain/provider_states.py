"""Whether each provider answers and takes our key, without paying: it is asked for its models."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import openai
from pydantic import BaseModel, ConfigDict

from audio_translation.engines.chain.provider_chain import ProviderChain
from audio_translation.engines.chain.provider_list import ProviderList
from audio_translation.errors import ServiceError

if TYPE_CHECKING:
    from audio_translation.engines.chain.circuits import Circuits

_SECONDS = 3.0

Answer = Literal["ok", "key_refused", "no_key", "failing", "unreachable"]


class ModelState(BaseModel):
    """A model of a provider: what is asked of it, its name there, and whether it is left alone."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    step: str
    """`translation`, `transcription` or `text`."""
    model: str
    nameThere: str  # noqa: N815  the JSON's name
    circuit: str
    """`closed` if it is asked, `open` if it is left alone for a while, `half_open` on trial."""


class ProviderState(BaseModel):
    """A provider: how it answers when it is asked for its models, which costs nothing."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    provider: str
    answer: Answer
    milliseconds: int
    models: list[ModelState]


class ProviderStates(BaseModel):
    """`ok` if all providers serve, `degraded` if every step has one that does, else `down`."""

    status: Literal["ok", "degraded", "down"]
    providers: list[ProviderState]


def provider_states(
    providers: ProviderList,
    models: Mapping[str, Sequence[str]],
    *,
    client: Callable[[str], openai.OpenAI],
    circuits: "Circuits | None",
) -> ProviderStates:
    """Ask every provider of the list, all at the same time.

    ``models`` are those asked of each step where a provider has no list of its own; ``client``
    returns a provider's client.
    """
    names = list(providers.providers)
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        answers = dict(zip(names, pool.map(lambda name: _answer(client(name)), names), strict=True))
    states: list[ProviderState] = []
    for name, (answer, milliseconds) in answers.items():
        found = list(_models(providers, name, models, circuits))
        states.append(
            ProviderState(provider=name, answer=answer, milliseconds=milliseconds, models=found)
        )
    return ProviderStates(status=_status(providers, states), providers=states)


def _answer(client: openai.OpenAI) -> tuple[Answer, int]:
    started = time.monotonic()
    answer: Answer = "ok"
    try:
        client.models.with_raw_response.list(timeout=_SECONDS)
    except ServiceError:  # from the parameter store
        answer = "no_key"
    except openai.APIStatusError as error:
        if error.status_code in {401, 403}:
            answer = "key_refused"
        elif error.status_code >= 500:
            answer = "failing"
    except openai.OpenAIError:
        answer = "unreachable"
    return answer, round((time.monotonic() - started) * 1000)


def _models(
    providers: ProviderList,
    name: str,
    models: Mapping[str, Sequence[str]],
    circuits: "Circuits | None",
) -> "Sequence[ModelState]":
    found: list[ModelState] = []
    for step, entries in providers.steps():
        for entry in entries:
            if entry.provider != name:
                continue
            known = entry.models or {model: model for model in models[step]}
            for model, there in known.items():
                circuit = ProviderChain.circuit_name(step, name, there)
                state = circuits.state(circuit) if circuits else "closed"
                found.append(ModelState(step=step, model=model, nameThere=there, circuit=state))
    return found


def _status(
    providers: ProviderList, states: Sequence[ProviderState]
) -> Literal["ok", "degraded", "down"]:
    serving = {
        state.provider
        for state in states
        if state.answer == "ok" and all(one.circuit != "open" for one in state.models)
    }
    used = [entries for _, entries in providers.steps() if entries]
    if not all(any(entry.provider in serving for entry in entries) for entries in used):
        return "down"
    return "ok" if len(serving) == len(states) else "degraded"
