"""Which models of which providers are left alone for a while, because they failed.

Powertools' circuit breaker, with its state in the job table: a cold sandbox knows what others have
found out. Three failures in a row open a circuit; after half a minute one call looks whether the
provider serves again, and its success closes it.
"""

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, circuit_breaker
from aws_lambda_powertools.utilities.circuit_breaker.exceptions import CircuitBreakerOpenError
from aws_lambda_powertools.utilities.circuit_breaker.persistence import (
    CircuitBreakerDynamoDBPersistence,
)

from audio_translation.aws.clients import Clients
from audio_translation.aws.telemetry import Telemetry
from audio_translation.engines.chain.provider_chain import CircuitOpen, Failed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.circuit_breaker.persistence.record import (
        CircuitStateRecord,
    )
    from aws_lambda_powertools.utilities.circuit_breaker.states import CircuitTransition

FAILURES = 3
"""In a row, of one sandbox, that open a circuit."""
OPEN_SECONDS = 30
_STORE_SECONDS = 1.0
"""How long the table may take; a table that fails must not delay what it is to speed up."""
_STORE_PAUSE_SECONDS = 30.0
_PREFIX = "circuit#"
"""Keys in the table: no job has such an id."""

Answer = TypeVar("Answer")


class Circuits:
    """The circuits of one sandbox; safe to use from several threads."""

    def __init__(
        self,
        clients: Clients,
        *,
        table: str,
        telemetry: Telemetry,
        failures: int = FAILURES,
        open_seconds: int = OPEN_SECONDS,
        look_seconds: int = 5,
    ) -> None:
        """``table`` has the key ``id`` and the time to live ``expires``.

        ``look_seconds`` is how old what is known of the table may be.
        """
        self._store = _Store(clients, table)
        self._telemetry = telemetry
        self._config = CircuitBreakerConfig(
            failure_threshold=failures,
            recovery_timeout=open_seconds,
            success_threshold=1,
            handled_exceptions=Failed,
            local_cache_max_age=look_seconds,
        )

    def guarded(self, name: str, call: Callable[[], Answer]) -> Answer:
        """Return what ``call`` returns; raises CircuitOpen without calling it.

        ``call`` raises Failed for what counts against the provider. Anything else that it raises
        leaves the circuit as it is, and what it returns closes it.
        """
        guard = circuit_breaker(
            name=_PREFIX + name,
            persistence_store=self._store,
            config=self._config,
            on_transition=self._changed,
        )
        try:
            answer: Answer = guard(call)()
        except CircuitBreakerOpenError as error:
            raise CircuitOpen(name) from error
        return answer

    def count_failure(self, name: str) -> None:
        """Count a failure that was found out after the call."""

        def fail() -> None:
            raise Failed

        with contextlib.suppress(Failed, CircuitOpen):
            self.guarded(name, fail)

    def state(self, name: str) -> str:
        """Return ``closed``, ``open`` or ``half_open``; ``closed`` if the table does not tell."""
        return str(self._store.get_state(_PREFIX + name).state).lower()

    def _changed(self, change: "CircuitTransition") -> None:
        self._telemetry.circuit_changed(
            change.circuit_name.removeprefix(_PREFIX), str(change.to_state).lower()
        )


class _Store(CircuitBreakerDynamoDBPersistence):
    """Leaves a table alone that fails: all circuits are closed meanwhile."""

    def __init__(self, clients: Clients, table: str) -> None:
        client = clients.impatient(read_seconds=_STORE_SECONDS, attempts=1).dynamodb
        super().__init__(table_name=table, boto3_client=client, expiry_attr="expires")
        self._not_before = 0.0

    def _get_record(self, name: str) -> "CircuitStateRecord | None":
        if time.monotonic() < self._not_before:
            return None
        try:
            return super()._get_record(name)
        except Exception:
            self._not_before = time.monotonic() + _STORE_PAUSE_SECONDS
            raise
