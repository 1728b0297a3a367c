"""Woken by another Lambda, or a state machine, with the request as the event."""

from collections.abc import Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError
from snapshot_restore_py import register_after_restore, register_before_snapshot

from audio_translation.deadline import Deadline
from audio_translation.jobs.direct_or_job import Caller
from audio_translation.jobs.job import Job
from audio_translation.jobs.job_question import JobQuestion
from audio_translation.jobs.waiting_caller import laid_out
from audio_translation.translation.request import InvokeRequest, invalid_request
from audio_translation.wiring.fresh_randomness import renew_randomness
from audio_translation.wiring.request_functions import request_functions

_OWNER = "invoke"
"""Owner of all jobs made by invokes: whoever may invoke this function sees all of them."""

_Event = TypeVar("_Event", InvokeRequest, JobQuestion)


def handler(event: object, context: LambdaContext) -> dict[str, Any] | str:
    """Return the translation: an object for the JSON formats, the text itself for the others.

    What does not fit one request, or asks for it with ``prefer``, becomes a job, and the job is
    returned: an object with ``id`` and ``status``, which no translation has. ``{"jobId": id}``
    returns it again, and with ``responseFormat`` or ``subtitles`` its text. Raises the classes of
    ``errors.py``: their names are Lambda's ``errorType``.
    """
    with request_functions().telemetry.request(context.aws_request_id):
        try:
            if isinstance(event, Mapping) and "jobId" in event:
                return _told(_read(JobQuestion, event))
            return _answer(_read(InvokeRequest, event), context)
        except Exception as error:  # noqa: BLE001  whatever it is gets a name that callers know
            raise request_functions().telemetry.failed(error) from None


def _answer(request: InvokeRequest, context: LambdaContext) -> dict[str, Any] | str:
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000)
    answer = request_functions().direct_or_job.translate(
        request.known,
        Caller(_OWNER, context.aws_request_id, deadline),
        respond_async=request.prefer is not None or bool(request.record),
    )
    return _view(answer) if isinstance(answer, Job) else answer.rendered.body


def _told(question: JobQuestion) -> dict[str, Any] | str:
    jobs = request_functions().jobs
    job = jobs.find(question.job_id, _OWNER)
    if question.response_format is None and question.subtitles is None:
        return _view(job)
    return laid_out(job, jobs, question.response_format, question.subtitles).rendered.body


def _read(kind: type[_Event], event: object) -> _Event:
    try:
        return kind.model_validate(event)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _view(job: Job) -> dict[str, Any]:
    return request_functions().jobs.views.view(job).model_dump(mode="json")


register_before_snapshot(lambda: request_functions().warm_up())
register_after_restore(renew_randomness)
