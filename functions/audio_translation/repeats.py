"""A request that is sent again with its `Idempotency-Key` gets its first answer."""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.typing import LambdaContext

from audio_translation.bootstrap import service
from audio_translation.domain.errors import InvalidRequest
from audio_translation.domain.request import TranslationOptions

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
    request: TranslationOptions,
    answer: Callable[[], dict[str, Any]],
    *,
    owner: str,
    context: LambdaContext,
) -> dict[str, Any]:
    """Return what ``answer`` makes, or what it made when ``owner`` sent ``key`` first."""
    if key is None:
        return answer()
    return service().once(f"{owner} {_checked(key)}", request, answer, context)


def _checked(key: str) -> str:
    """The ``Idempotency-Key`` if it is one."""
    if not (key.isascii() and key.isprintable() and key.strip() and len(key) <= _LONGEST_KEY):
        raise InvalidRequest(
            "Idempotency-Key: use 1 to 255 printable ASCII characters, a UUID for instance.",
            param="Idempotency-Key",
        )
    return key
