"""Circuits in the job table: what one sandbox finds out, all of them know."""

import time

import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.engines.chain.circuits import Circuits
from audio_translation.engines.chain.provider_chain import CircuitOpen, Failed
from audio_translation.errors import UnsupportedAudio
from tests.fakes.aws.moto_server import JOB_TABLE, Aws, ClientsAt

NAME = "translation#openai#whisper-1"


class Told(Telemetry):
    """Keeps what changed."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[str, str]] = []

    def circuit_changed(self, circuit: str, state: str) -> None:
        self.changes.append((circuit, state))


def sandbox(aws: Aws, telemetry: Telemetry | None = None) -> Circuits:
    """What a new sandbox has: it looks at the table each time, and half a minute is a second."""
    return Circuits(
        aws.clients,
        table=JOB_TABLE,
        telemetry=telemetry or Told(),
        open_seconds=1,
        look_seconds=0,
    )


def name(request: pytest.FixtureRequest) -> str:
    """A circuit of its own for each test: counts of one sandbox are those of its process."""
    return f"{NAME}-{request.node.name}"


def fail(circuits: Circuits, circuit: str, times: int) -> None:
    def call() -> None:
        raise Failed

    for _ in range(times):
        with pytest.raises(Failed):
            circuits.guarded(circuit, call)


def test_three_failures_open_it_for_all_sandboxes(aws: Aws, request: pytest.FixtureRequest) -> None:
    told = Told()
    circuits, circuit = sandbox(aws, told), name(request)
    fail(circuits, circuit, 2)
    assert sandbox(aws).guarded(circuit, lambda: 7) == 7, "and an answer begins a new row"
    fail(circuits, circuit, 3)
    assert told.changes == [(circuit, "open")]
    called: list[int] = []
    with pytest.raises(CircuitOpen):
        sandbox(aws).guarded(circuit, lambda: called.append(1))
    assert not called
    assert sandbox(aws).state(circuit) == "open"
    (item,) = [item for item in aws.items() if item["id"]["S"] == f"circuit#{circuit}"]
    assert int(item["expires"]["N"]) > time.time(), "DynamoDB deletes it some day"


def test_after_a_while_one_call_looks_and_closes_it(
    aws: Aws, request: pytest.FixtureRequest
) -> None:
    told = Told()
    circuits, circuit = sandbox(aws, told), name(request)
    fail(circuits, circuit, 3)
    time.sleep(1.1)
    assert circuits.guarded(circuit, lambda: "serves again") == "serves again"
    assert [state for _, state in told.changes] == ["open", "half_open", "closed"]
    assert sandbox(aws).state(circuit) == "closed"


def test_what_is_no_failure_of_the_provider_counts_nothing(
    aws: Aws, request: pytest.FixtureRequest
) -> None:
    circuits, circuit = sandbox(aws), name(request)

    def other() -> None:
        raise UnsupportedAudio("The file has no sound.")

    for _ in range(5):
        with pytest.raises(UnsupportedAudio):
            circuits.guarded(circuit, other)
    assert circuits.state(circuit) == "closed"
    for _ in range(3):
        circuits.count_failure(circuit)
    assert circuits.state(circuit) == "open", "what was found out later counts"


def test_a_table_that_fails_closes_all_and_is_left_alone(request: pytest.FixtureRequest) -> None:
    nowhere = ClientsAt("http://127.0.0.1:9")  # nobody listens there
    circuits = Circuits(nowhere, table=JOB_TABLE, telemetry=Told(), look_seconds=0)
    assert circuits.guarded(name(request), lambda: 1) == 1
    before = time.perf_counter()
    for _ in range(20):
        assert circuits.guarded(name(request), lambda: 1) == 1
    assert time.perf_counter() - before < 5, "it was not asked again"
