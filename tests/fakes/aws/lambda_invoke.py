"""Lambda's invoke endpoint; it starts nothing."""

import json
import re
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.fakes.http_server import LoopbackServer, Request

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:audio-translation-job:live"


@dataclass(frozen=True)
class Started:
    """One invocation as it arrived."""

    function: str
    kind: str
    execution: str
    payload: Any


class Functions(LoopbackServer):
    """Answers 202 to every invocation, or the errors in ``refusals`` first; keeps the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Started] = []
        self.refusals: deque[tuple[int, str]] = deque()

    def reset(self) -> None:
        self.started.clear()
        self.refusals.clear()

    def handle(self, request: Request) -> None:
        body = request.body()
        name = re.fullmatch(r"/2015-03-31/functions/([^/]+)/invocations", request.path)
        if name is None:
            _refuse(request, 404, "ResourceNotFoundException")
        elif self.refusals:
            _refuse(request, *self.refusals.popleft())
        else:
            self.started.append(
                Started(
                    function=unquote(name[1]),
                    kind=request.headers["X-Amz-Invocation-Type"],
                    execution=request.headers["X-Amz-Durable-Execution-Name"],
                    payload=json.loads(body),
                )
            )
            request.reply(202, b"", {})


def _refuse(request: Request, status: int, error: str) -> None:
    request.reply(status, b'{"message": "scripted"}', {"X-Amzn-ErrorType": error})
