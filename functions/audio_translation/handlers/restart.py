"""Woken by a job whose execution is lost: AWS never ran it, or ended it before its time."""

import functools
import json
import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from audio_translation.adapters.clients import Clients
from audio_translation.adapters.job_starter import JobStarter
from audio_translation.adapters.telemetry import Telemetry
from audio_translation.domain.job import MOST_RESTARTS
from audio_translation.settings import Settings


@functools.cache
def starter() -> JobStarter:
    """The sandbox's one starter, made at its first event."""
    settings = Settings.from_environment(os.environ)
    return JobStarter(Clients().functions, function=settings.job_function)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Take one message of SQS, whose body is the event that had started the job; start it again.

    The execution after the last restart ends the job; if that is lost, too, nothing is left to do.
    What is raised makes SQS deliver the message again.
    """
    (record,) = event["Records"]
    lost = json.loads(record["body"])
    executions = lost.get("restarts", 0) + 1
    telemetry = Telemetry()
    with telemetry.request(context.aws_request_id):
        telemetry.execution_lost(lost["jobId"], executions)
        if executions <= MOST_RESTARTS + 1:
            starter().start(lost["jobId"], restarts=executions)
