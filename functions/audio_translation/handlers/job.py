"""Woken for one job: a durable function, which AWS resumes after the last step that ended."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution

from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, RateLimited
from audio_translation.jobs.job import MOST_RESTARTS
from audio_translation.jobs.steps.durable import Pause, StepFailed, pause, step, wait_until
from audio_translation.jobs.steps.retries import (
    pause_before_retry,
    pause_before_silence,
    pause_before_turn,
    pause_before_webhook,
)
from audio_translation.jobs.steps.run_job import RunJob
from audio_translation.live.end_session import EndSession
from audio_translation.wiring.job_function import job_function

_LOST = Internal("The job was begun several times and never came to its end. Try again later.")
_NO_TURN = RateLimited("So many jobs ran for a day that this one had no turn. Try again later.")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> None:
    """Run the job ``{"jobId": id}`` until it succeeds or fails, then send its event and callback.

    ``restarts`` in the event counts the executions that were lost before. This one continues with
    what they have stored; after too many it fails the job. ``live`` in the event says which of a
    live session's executions it is: see ``LiveStart``.
    An execution is resumed by the names and the order of its steps: a job that runs during a
    deployment goes on with the version that it began with.
    """
    job_id, function = event["jobId"], job_function()
    run, notify = function.run, function.notify
    pause_and_tell = partial(run.pause, job_id)

    if "live" in event and not _ends_session(event, context, function.live):
        return
    try:
        if event.get("restarts", 0) > MOST_RESTARTS:
            raise StepFailed("lost too often", _LOST.envelope()["error"])
        if "live" in event:
            step(context, "assemble", lambda _: function.live.assemble(job_id), pause_and_tell)
        else:
            _translate(job_id, context, run, pause_and_tell)
        step(context, "finish", lambda left: run.finish(job_id, left), pause_and_tell)
    except StepFailed as failure:
        error = failure.error
        try:
            step(context, "fail", lambda left: run.fail(job_id, error, left), pause_before_retry)
        except StepFailed:  # what is translated cannot be stitched, which may be the error itself
            step(context, "give up", lambda _: run.give_up(job_id, error), pause_before_retry)

    for name, tell, pause_before in (
        ("publish", notify.publish, pause_before_retry),
        ("call back", notify.call_back, pause_before_webhook),
    ):
        try:
            step(context, name, partial(_tell, tell, job_id), pause_before)
        except StepFailed as failure:
            function.telemetry.untold(job_id, name, str(failure))


def _translate(job_id: str, context: DurableContext, run: RunJob, pause_and_tell: Pause) -> None:
    if not wait_until(context, "turn", lambda: run.has_turn(job_id), pause_before_turn):
        raise StepFailed("no turn", _NO_TURN.envelope()["error"])
    for turn in itertools.count(1):
        seconds = step(
            context, f"translate {turn}", lambda left: run.translate(job_id, left), pause_and_tell
        )
        if seconds is None:
            break
        pause(context, f"pause {turn}", seconds)


def _ends_session(event: dict[str, Any], context: DurableContext, live: EndSession) -> bool:
    """Wait until a live session is over; return whether it is this execution that ends it."""
    session_id, execution = event["jobId"], event["live"]
    seconds = step(
        context, "time left", lambda _: live.seconds_left(session_id), pause_before_retry
    )
    if seconds:
        pause(context, "session", seconds)
    ends = step(context, "end", lambda _: live.take(session_id, execution), pause_before_retry)
    if ends:
        wait_until(context, "silence", lambda: live.is_silent(session_id), pause_before_silence)
    return bool(ends)


def _tell(tell: Callable[[str], None], job_id: str, _: Deadline) -> None:
    tell(job_id)
