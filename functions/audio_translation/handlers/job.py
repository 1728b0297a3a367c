"""Woken for one job: a durable function, which AWS resumes after the last step that ended."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution

from audio_translation.deadline import Deadline
from audio_translation.errors import Internal
from audio_translation.jobs.job import MOST_RESTARTS
from audio_translation.jobs.steps.durable import StepFailed, each, step
from audio_translation.jobs.steps.retries import pause_before_retry, pause_before_webhook
from audio_translation.wiring.job_function import job_function

_LOST = Internal("The job was begun several times and never came to its end. Try again later.")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> None:
    """Run the job ``{"jobId": id}`` until it succeeds or fails, then send its event and callback.

    ``restarts`` in the event counts the executions that were lost before. This one continues with
    what they have stored; after too many it fails the job.
    An execution is resumed by the names and the order of its steps: a job that runs during a
    deployment goes on with the version that it began with.
    """
    job_id, function = event["jobId"], job_function()
    run, notify = function.run, function.notify

    try:
        if event.get("restarts", 0) > MOST_RESTARTS:
            raise StepFailed("lost too often", _LOST.envelope()["error"])
        chunks = step(context, "split", lambda left: run.split(job_id, left), pause_before_retry)
        each(
            context,
            "translate",
            chunks or 0,
            lambda index, left: run.translate_chunk(job_id, index, left),
            pause_before_retry,
            at_once=function.concurrency,
        )
        step(context, "finish", lambda left: run.finish(job_id, left), pause_before_retry)
    except StepFailed as failure:
        error = failure.error
        try:
            step(context, "fail", lambda left: run.fail(job_id, error, left), pause_before_retry)
        except StepFailed:  # what is translated cannot be stitched, which may be the error itself
            step(context, "give up", lambda _: run.give_up(job_id, error), pause_before_retry)

    for name, tell, pause in (
        ("publish", notify.publish, pause_before_retry),
        ("call back", notify.call_back, pause_before_webhook),
    ):
        try:
            step(context, name, partial(_tell, tell, job_id), pause)
        except StepFailed as failure:
            function.telemetry.untold(job_id, name, str(failure))


def _tell(tell: Callable[[str], None], job_id: str, _: Deadline) -> None:
    tell(job_id)
