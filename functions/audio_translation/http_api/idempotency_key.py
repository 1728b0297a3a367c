"""A request that is sent again with its `Idempotency-Key` gets its first answer."""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from audio_translation.errors import InvalidRequest
from audio_translation.wiring.request_functions import request_functions

_LONGEST_KEY = 255

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Sent again within a day, the request gets its first answer and costs nothing",
    ),
]


def first_answer(
    key: str | None,
    request: BaseModel,
    answer: Callable[[], dict[str, Any]],
    *,
    owner: str,
    context: LambdaContext,
) -> dict[str, Any]:
    """Return what ``answer`` returns, or what it returned when ``owner`` first sent ``key``.

    Without a key nothing is remembered. Answers are stored as JSON. Raises InvalidRequest for a
    malformed key, and IdempotencyConflict.
    """
    if key is None:
        return answer()
    if not (key.isascii() and key.isprintable() and key.strip() and len(key) <= _LONGEST_KEY):
        raise InvalidRequest(
            "Idempotency-Key: use 1 to 255 printable ASCII characters, a UUID for instance.",
            param="Idempotency-Key",
        )
    store = request_functions().idempotency_store
    return store.once(f"{owner} {key}", request.model_dump_json(), answer, context)
