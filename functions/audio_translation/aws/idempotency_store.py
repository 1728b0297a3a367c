"""Stores the first answer to each ``Idempotency-Key``: Powertools' idempotency in DynamoDB."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import service_error
from audio_translation.errors import IdempotencyConflict

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_DAY = 24 * 60 * 60
_RETRY_SECONDS = 5
_PREFIX = "idempotency"
"""Keys in the table are ``idempotency#<hash>``: no job has such an id."""

Answer = dict[str, Any]
"""Any JSON object."""


class IdempotencyStore:
    """Keeps answers for a day; errors are not kept.

    ``table`` is a table with the key ``id`` and the time to live ``expires``. Of requests only
    hashes are stored.
    """

    def __init__(self, clients: Clients, *, table: str) -> None:
        self._layer = DynamoDBPersistenceLayer(
            table_name=table, boto3_client=clients.dynamodb, expiry_attr="expires"
        )
        self._config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="request",
            expires_after_seconds=_DAY,
            hash_function="sha256",
        )

    def once(
        self, key: str, request: str, answer: Callable[[], Answer], context: "LambdaContext"
    ) -> Answer:
        """Return what ``answer`` returns, or what it returned when ``key`` was first sent.

        ``key`` includes its sender; ``request`` is what must be the same again. Raises
        IdempotencyConflict, RateLimited or Internal when the table fails, and what ``answer``
        raises. An answer that cannot be stored is returned all the same.
        """
        self._config.register_lambda_context(context)
        made: list[Answer] = []
        failed: list[Exception] = []

        @idempotent_function(  # type: ignore[untyped-decorator]
            data_keyword_argument="data",
            persistence_store=self._layer,
            config=self._config,
            key_prefix=_PREFIX,
        )
        def first(*, data: dict[str, str]) -> Answer:  # noqa: ARG001  what Powertools hashes
            try:
                made.append(answer())
            except Exception as error:
                failed.append(error)
                raise
            return made[0]

        try:
            remembered: Answer = first(data={"key": key, "request": request})
        except IdempotencyValidationError:
            raise IdempotencyConflict(
                "This Idempotency-Key came with another request before. Use a new key.",
                param="Idempotency-Key",
            ) from None
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            raise IdempotencyConflict(
                "The first request with this Idempotency-Key is not answered yet. Try again later.",
                param="Idempotency-Key",
                retry_after=_RETRY_SECONDS,
            ) from None
        except IdempotencyPersistenceLayerError as error:
            if made:
                return made[0]
            if failed:
                raise failed[0] from None
            raise service_error(error.__cause__ or error, "job table") from error
        return remembered
