"""Woken by another Lambda that invokes this one with the request as its event."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError
from snapshot_restore_py import register_before_snapshot

from audio_translation.bootstrap import service
from audio_translation.domain.errors import ServiceError
from audio_translation.domain.request import TranslationRequest, invalid_request


def handler(event: object, context: LambdaContext) -> dict[str, Any] | str:
    """Return the translation: an object for the JSON formats, the text itself for the others.

    Raises the classes of ``domain/errors.py``; Lambda hands their names on as ``errorType``.
    """
    with service().telemetry.request(context.aws_request_id):
        try:
            return _translated(event, context)
        except ServiceError as error:
            raise service().failed(error) from None


def _translated(event: object, context: LambdaContext) -> dict[str, Any] | str:
    try:
        request = TranslationRequest.model_validate(event)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None
    outcome = service().translate(
        request,
        request_id=context.aws_request_id,
        seconds_left=context.get_remaining_time_in_millis() / 1000,
    )
    return outcome.rendered.body


register_before_snapshot(lambda: service().warm_up())
