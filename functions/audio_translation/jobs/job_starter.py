"""Starts the function that runs jobs."""

import json
from dataclasses import dataclass

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, service_error

_STARTED = "DurableExecutionAlreadyStartedException"


@dataclass(frozen=True)
class JobStarter:
    """Invokes the job function for a job's id and does not wait for it.

    ``function`` is the ARN of an alias: durable functions are invoked by version.
    """

    clients: Clients
    function: str

    def start(self, job_id: str, *, restarts: int = 0) -> None:
        """Start the job's execution; its name follows from the arguments: the same do nothing.

        ``restarts``: so many executions of the job are lost. Raises RateLimited or Internal.
        """
        event: dict[str, object] = {"jobId": job_id}
        name = job_id
        if restarts:
            event["restarts"] = restarts
            name = f"{job_id}-restart-{restarts}"
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
