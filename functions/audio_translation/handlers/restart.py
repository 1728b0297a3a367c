"""Woken by a job whose execution is lost: AWS never ran it, or ended it too early."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from audio_translation.jobs.job import MOST_RESTARTS
from audio_translation.jobs.job_starter import LiveStart
from audio_translation.wiring.restart_function import restart_function


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Take one message of SQS, whose body is the event that had started the job; start it again.

    The execution after the last restart fails the job; if that one is lost, too, nothing more is
    done. An exception makes SQS deliver the message again.
    """
    (record,) = event["Records"]
    lost = json.loads(record["body"])
    executions = lost.get("restarts", 0) + 1
    function = restart_function()
    with function.telemetry.request(context.aws_request_id):
        function.telemetry.execution_lost(lost["jobId"], executions)
        if executions <= MOST_RESTARTS + 1:
            function.starter.start(
                lost["jobId"],
                restarts=executions,
                retries=lost.get("retries", 0),
                live=LiveStart(lost["live"]) if "live" in lost else None,
            )
