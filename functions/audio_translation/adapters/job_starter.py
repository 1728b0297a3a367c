"""Starts the function that runs jobs."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from audio_translation.domain.errors import Internal, RateLimited

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_THROTTLES = {"TooManyRequestsException", "EC2ThrottledException", "ThrottlingException"}
_STARTED = "DurableExecutionAlreadyStartedException"


class JobStarter:
    """Invokes the job function for a job's id and does not wait for it."""

    def __init__(self, client: "LambdaClient", *, function: str) -> None:
        """``function`` is the ARN of an alias: durable functions are invoked by version."""
        self._client = client
        self._function = function

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
            self._client.invoke(
                FunctionName=self._function,
                InvocationType="Event",
                DurableExecutionName=name,
                Payload=json.dumps(event).encode(),
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "ClientError")
            if code == _STARTED:
                return
            if code in _THROTTLES:
                raise RateLimited(
                    "No more jobs are started for now. Try again in a few seconds.", retry_after=5
                ) from error
            raise Internal(f"The job was not started ({code}). Try again later.") from error
        except BotoCoreError as error:
            name = type(error).__name__
            raise Internal(f"The job was not started ({name}). Try again later.") from error
