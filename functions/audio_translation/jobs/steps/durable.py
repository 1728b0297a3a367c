"""AWS's durable execution: steps that are kept, tried again, and never begun too late."""

import json
import threading
from collections.abc import Callable
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, DurableOperationError, StepError
from aws_durable_execution_sdk_python.config import Duration, MapConfig, NestingType, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision

from audio_translation.deadline import Deadline
from audio_translation.errors import Internal, ServiceError

LARGEST_RESULT_BYTES = 256 * 1024
"""What AWS keeps of a step. Its local runner keeps more, so it is checked here."""

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


def each(
    context: DurableContext,
    name: str,
    count: int,
    work: Callable[[int, Deadline], None],
    pause: Pause,
    *,
    at_once: int,
) -> None:
    """Run ``work`` for each number below ``count``, ``at_once`` of them together.

    Raises the first StepFailed; then no further one is begun, and those that run have ended.
    """
    running: set[int] = set()
    one_ends = threading.Condition()

    def counted(number: int, deadline: Deadline) -> None:
        with one_ends:
            running.add(number)
        try:
            work(number, deadline)
        finally:
            with one_ends:
                running.discard(number)
                one_ends.notify()

    def branch(own: DurableContext, number: int, *_: object) -> None:
        _step(own, f"{name} {number}", lambda deadline: counted(number, deadline), pause)

    # Flat: one operation for each, of the 3,000 that an execution may have.
    config: MapConfig[int] = MapConfig(max_concurrency=at_once, nesting_type=NestingType.FLAT)
    done: Any = context.map(range(count), branch, name, config)
    try:
        done.throw_if_error()
    except DurableOperationError as failure:
        with one_ends:  # the SDK goes on at the first failure, and leaves the others to themselves
            one_ends.wait_for(lambda: not running, _deadline(context).left())
        raise _failed(failure) from None


class _Raised(StepError):
    """An error of the table, in the shape that survives being kept."""

    def __init__(self, cause: ServiceError) -> None:
        super().__init__(cause.message, data=json.dumps(cause.envelope()["error"]))
        self.cause = cause


def _step(context: DurableContext, name: str, work: Callable[[Deadline], Any], pause: Pause) -> Any:
    def run(_: object) -> Any:
        try:
            result = work(_deadline(context))
        except ServiceError as error:
            # Not chained: the SDK logs it with all of its causes, and their texts may quote URLs.
            raise _Raised(error) from None
        if len(json.dumps(result)) > LARGEST_RESULT_BYTES:
            raise _Raised(Internal(f"The step {name!r} has too large a result."))
        return result

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
