"""AWS's durable execution: steps that are kept, tried again, and never begun too late."""

import json
from collections.abc import Callable
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, DurableOperationError, StepError
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision
from aws_durable_execution_sdk_python.waits import (
    WaitForConditionConfig,
    WaitForConditionDecision,
)

from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, ServiceError

_RESERVE_SECONDS = 10.0
"""Kept back from the invocation's time, to have the last results kept."""

Pause = Callable[[Exception, int], int | None]
"""Seconds until a failed step is tried again, from the error and the attempts made."""


class StepFailed(Exception):
    """A step that is not tried again: why, for the log, and OpenAI's error object for a caller."""

    def __init__(self, reason: str, error: dict[str, Any]) -> None:
        super().__init__(reason)
        self.error = error


def step(context: DurableContext, name: str, work: Callable[[Deadline], Any], pause: Pause) -> Any:
    """Run ``work`` unless its result is kept already; return the result, which must be JSON.

    ``work`` gets the invocation's deadline. Raises StepFailed where ``pause`` gives up.
    """
    try:
        return _step(context, name, work, pause)
    except DurableOperationError as failure:
        raise _failed(failure) from None


def pause(context: DurableContext, name: str, seconds: int) -> None:
    """Wait, while no function runs; what follows runs in another invocation."""
    context.wait(Duration(seconds), name)


def wait_until(
    context: DurableContext,
    name: str,
    holds: Callable[[], bool],
    pause: Callable[[int], int | None],
) -> bool:
    """Ask ``holds``, which must not raise, until it is True, while no function runs in between.

    False where ``pause``, seconds until it is asked again, gives up. Unlike a step that is tried
    again this logs no errors; however often it asks, it is one operation of the execution.
    """

    def next_look(met: object, attempts: int) -> WaitForConditionDecision:
        seconds = None if met else pause(attempts)
        if seconds is None:
            return WaitForConditionDecision.stop_polling()
        return WaitForConditionDecision.continue_waiting(Duration(seconds))

    config = WaitForConditionConfig(next_look, initial_state=False)
    return context.wait_for_condition(lambda _, __: holds(), config, name)


class _Raised(StepError):
    """An error of the table, in the shape that survives being kept."""

    def __init__(self, cause: ServiceError) -> None:
        super().__init__(cause.message, data=json.dumps(cause.envelope()["error"]))
        self.cause = cause


def _step(context: DurableContext, name: str, work: Callable[[Deadline], Any], pause: Pause) -> Any:
    def run(_: object) -> Any:
        try:
            return work(_deadline(context))
        except ServiceError as error:
            # Not chained: the SDK logs it with all of its causes, and their texts may quote URLs.
            raise _Raised(error) from None

    def again(error: Exception, attempts: int) -> RetryDecision:
        cause = error.cause if isinstance(error, _Raised) else error
        seconds = pause(cause, attempts)
        if seconds is None:
            return RetryDecision.no_retry()
        return RetryDecision.retry(Duration(seconds))

    return context.step(run, name, StepConfig(retry_strategy=again))


def _deadline(context: DurableContext) -> Deadline:
    invocation: Any = context.lambda_context  # typed as if there might be none
    left = invocation.get_remaining_time_in_millis() / 1000
    return Deadline.after(left - _RESERVE_SECONDS)


def _failed(failure: DurableOperationError) -> StepFailed:
    unexpected = Internal("Something went wrong on our side. The log has it under the job's id.")
    error = json.loads(failure.data) if failure.data else unexpected.envelope()["error"]
    return StepFailed(failure.message or failure.error_type, error)
