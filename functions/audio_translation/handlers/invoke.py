"""Woken by another Lambda, or a state machine, with the request as the event."""

from collections.abc import Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError
from snapshot_restore_py import register_before_snapshot

from audio_translation.bootstrap import service
from audio_translation.domain.job import Job
from audio_translation.domain.request import InvokeRequest, JobQuestion, invalid_request

_OWNER = "invoke"
"""Whoever may invoke this function may see all jobs that invokes made, and no others."""

_Event = TypeVar("_Event", InvokeRequest, JobQuestion)


def handler(event: object, context: LambdaContext) -> dict[str, Any] | str:
    """Return the translation: an object for the JSON formats, the text itself for the others.

    What does not fit one request, or is preferred so, becomes a job, and the job is returned: an
    object with ``id`` and ``status``, which no translation has. ``{"jobId": id}`` returns it again.
    Raises the classes of ``domain/errors.py``; Lambda hands their names on as ``errorType``.
    """
    with service().telemetry.request(context.aws_request_id):
        try:
            if isinstance(event, Mapping) and "jobId" in event:
                return _view(service().jobs.find(_read(JobQuestion, event).job_id, _OWNER))
            return _answer(_read(InvokeRequest, event), context)
        except Exception as error:  # noqa: BLE001  whatever it is gets a name that callers know
            raise service().failed(error) from None


def _answer(request: InvokeRequest, context: LambdaContext) -> dict[str, Any] | str:
    answer = service().answer(
        request.known,
        owner=_OWNER,
        respond_async=request.prefer is not None,
        request_id=context.aws_request_id,
        seconds_left=context.get_remaining_time_in_millis() / 1000,
    )
    return _view(answer) if isinstance(answer, Job) else answer.rendered.body


def _read(kind: type[_Event], event: object) -> _Event:
    try:
        return kind.model_validate(event)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _view(job: Job) -> dict[str, Any]:
    return service().jobs.view(job).model_dump(mode="json")


register_before_snapshot(lambda: service().warm_up())
