"""Starts the function that runs jobs."""

import json
from dataclasses import dataclass
from enum import StrEnum

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, service_error

_STARTED = "DurableExecutionAlreadyStartedException"


class LiveStart(StrEnum):
    """Which of a live session's two executions it is; the first one that comes to it ends it."""

    OPENED = "opened"
    """It waits until the session's time is over."""
    ENDED = "ended"
    """The session was ended before that."""


@dataclass(frozen=True)
class JobStarter:
    """Invokes the job function for a job's id and does not wait for it.

    ``function`` is the ARN of an alias: durable functions are invoked by version.
    """

    clients: Clients
    function: str

    def start(
        self,
        job_id: str,
        *,
        restarts: int = 0,
        retries: int = 0,
        live: LiveStart | None = None,
    ) -> None:
        """Start the job's execution; its name follows from the arguments: the same do nothing.

        ``restarts``: so many executions of the job are lost. ``retries``: so often it goes on
        after it had failed. ``live``: the job is a live session. Raises RateLimited or Internal.
        """
        event: dict[str, object] = {"jobId": job_id}
        name = job_id
        if live:
            event["live"] = live.value
            name += f"-{live.value}"
        if retries:
            event["retries"] = retries
            name += f"-retry-{retries}"
        if restarts:
            event["restarts"] = restarts
            name += f"-restart-{restarts}"
        try:
            self.clients.functions.invoke(
                FunctionName=self.function,
                InvocationType="Event",
                DurableExecutionName=name,
                Payload=json.dumps(event).encode(),
            )
        except AWS_ERRORS as error:
            if error_code(error) == _STARTED:
                return
            raise service_error(
                error,
                "job function",
                failed="The job was not started",
                busy="No more jobs are started for now. Try again in a few seconds.",
                seconds=5,
            ) from error
