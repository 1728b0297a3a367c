"""The context tells a handler how much time it has."""

import pickle
import time

from local.aws.lambda_context import LambdaContext


def test_the_remaining_time_counts_down_to_zero() -> None:
    assert 9_000 < LambdaContext("id", time.time() + 10).get_remaining_time_in_millis() <= 10_000
    assert LambdaContext("id", time.time() - 10).get_remaining_time_in_millis() == 0


def test_it_travels_to_another_process() -> None:
    context = LambdaContext("id", 1.0, function_name="f")
    assert pickle.loads(pickle.dumps(context)) == context
