"""The caller of a request: owner, request id, deadline."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from audio_translation.deadline import Deadline
from audio_translation.jobs.direct_or_job import Caller

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.api_gateway import Router


def caller_of(router: "Router") -> Caller:
    """Return the caller of the request that is being answered."""
    context = router.lambda_context
    return Caller(
        owner=owner(router.current_event.raw_event),
        request_id=context.aws_request_id,
        deadline=Deadline.after(context.get_remaining_time_in_millis() / 1000),
    )


def owner(event: Mapping[str, Any]) -> str:
    """Return the owner of the caller's jobs: the id of the API key, never the key itself."""
    identity: dict[str, Any] = event["requestContext"].get("identity") or {}
    if key_id := identity.get("apiKeyId"):
        return str(key_id)
    if principal := (event["requestContext"].get("authorizer") or {}).get("principalId"):
        return str(principal)
    key = identity.get("apiKey")
    return hashlib.sha256(key.encode()).hexdigest() if key else "local"
