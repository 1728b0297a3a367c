"""What a Lambda handler is called with: the event, and the context of the invocation."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.aws.template import ACCOUNT, REGION

Event = dict[str, Any]


@dataclass(frozen=True)
class LambdaContext:
    """The fields of Lambda's context object that handlers read. Can be pickled."""

    aws_request_id: str
    ends_at: float
    """When the function's time is over, in seconds as ``time.time`` counts them."""
    function_name: str = "audio-translation-http"
    function_version: str = "$LATEST"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:audio-translation-http"
    memory_limit_in_mb: int = 1024
    log_group_name: str = "/aws/lambda/audio-translation-http"
    log_stream_name: str = "local"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left; 0 when none are."""
        return max(0, round((self.ends_at - time.time()) * 1000))


Invoke = Callable[[Event, LambdaContext], Any]
"""Invokes a function and returns its answer; raises what the handler raises."""
