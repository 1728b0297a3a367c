"""AWS whose services fail, each in every class of fault, and recover."""

import re
import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from audio_translation.aws.clients import Clients
from tests.fakes.proxy import Answered, Proxy

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


class Fault(StrEnum):
    """What becomes of a request."""

    HANG = "hang"
    """No answer, until the server stops or somebody hangs up."""
    THROTTLE = "throttle"
    SERVER_ERROR = "5xx"
    CUT = "cut"
    """The connection ends without an answer."""
    CUT_BODY = "cut body"
    """The answer is that of a service that works, and breaks off in the middle."""
    REFUSE = "refuse"
    """Access denied."""


class ImpatientClients(Clients):
    """The service's own clients, who soon give up. botocore itself asks ``attempts`` times."""

    attempts = 1

    def __init__(self, **_: object) -> None:
        super().__init__(read_seconds=0.3, attempts=self.attempts)


@dataclass
class _Rule:
    service: str
    fault: Fault
    where: str
    left: int


class FailingAws(Proxy):
    """In front of moto, or of what invokes functions: passes requests on until told otherwise.

    ``failed`` counts the requests that had a fault, under "ssm", "s3", "lambda" and so on.
    """

    def __init__(self, upstream: str, *, hang_seconds: float = 5) -> None:
        super().__init__(upstream)
        self.failed: Counter[str] = Counter()
        self._hang_seconds = hang_seconds
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def fail(self, service: str, fault: Fault, *, where: str = "", times: int = 10**9) -> None:
        """Have so many requests to a service fail: all, or those that ``where`` is found in.

        ``where``: a regular expression for the method and path, or the operation and its JSON.
        """
        with self._lock:
            self._rules.append(_Rule(service, fault, where, times))

    def recover(self) -> None:
        """Let all requests pass again, and begin to count anew."""
        with self._lock:
            self._rules.clear()
            self.failed.clear()

    @property
    def left(self) -> list[str]:
        """The ``where`` of whatever has not failed as often as it was told to."""
        return [rule.where for rule in self._rules if rule.left]

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered | None:
        match = _SERVICE.search(headers.get("Authorization", ""))
        service = match[1] if match else "s3"
        target = headers.get("X-Amz-Target")
        fault = self._fault_of(
            service, f"{target} {body.decode()}" if target else f"{method} {urlsplit(path).path}"
        )
        if fault is Fault.HANG:
            self.stopped.wait(self._hang_seconds)
            return None
        if fault is Fault.CUT:
            return None
        if fault in {None, Fault.CUT_BODY}:
            status, content, answered = self.passed_on(method, path, body, headers)
            return status, content if fault is None else content[: len(content) // 2], answered
        return _ANSWERS[fault](service)

    def _fault_of(self, service: str, asked: str) -> Fault | None:
        with self._lock:
            for rule in self._rules:
                if rule.service == service and rule.left and re.search(rule.where, asked):
                    rule.left -= 1
                    self.failed[service] += 1
                    return rule.fault
        return None


def _throttled(service: str) -> Answered:
    if service == "s3":
        return _xml(503, "SlowDown")
    code = {"lambda": "TooManyRequestsException"}.get(service, "ThrottlingException")
    return _json(429 if service == "lambda" else 400, code)


def _broken(service: str) -> Answered:
    return _xml(500, "InternalError") if service == "s3" else _json(500, "InternalServerError")


def _refused(service: str) -> Answered:
    if service == "s3":
        return _xml(403, "AccessDenied")
    return _json(403 if service == "lambda" else 400, "AccessDeniedException")


_ANSWERS = {
    Fault.THROTTLE: _throttled,
    Fault.SERVER_ERROR: _broken,
    Fault.REFUSE: _refused,
}
TOLD_BY_AWS = "arn:aws:iam::123456789012:role/of-the-function"
"""In the messages of all answers that are errors."""


def _xml(status: int, code: str) -> Answered:
    body = f"<Error><Code>{code}</Code><Message>{TOLD_BY_AWS}</Message></Error>"
    return status, body.encode(), {}


def _json(status: int, code: str) -> Answered:
    body = f'{{"__type": "{code}", "message": "{TOLD_BY_AWS}"}}'
    return status, body.encode(), {"X-Amzn-ErrorType": code}
