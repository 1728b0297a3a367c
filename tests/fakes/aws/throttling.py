"""AWS that has too much to do: passes requests on, and refuses every so many of them."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.fakes.proxy import Answered, Proxy

_S3 = (503, b"<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>")
_JSON = (400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')


class ThrottlingProxy(Proxy):
    """In front of moto. Each service refuses every ``every``th of its requests.

    ``throttled`` counts them, under "s3", "dynamodb" and so on.
    """

    def __init__(self, upstream: str, *, every: int) -> None:
        super().__init__(upstream)
        self.throttled: Counter[str] = Counter()
        self._numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._every = every

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        service = headers.get("X-Amz-Target", "s3").partition("_")[0].lower()
        if not next(self._numbers[service]) % self._every:
            self.throttled[service] += 1
            status, content = _S3 if service == "s3" else _JSON
            return status, content, {}
        return self.passed_on(method, path, body, headers)


class BreakingOff(Proxy):
    """In front of moto. An object's first downloads end in the middle; ``left`` are still to."""

    def __init__(self, upstream: str, path: str, *, times: int) -> None:
        super().__init__(upstream)
        self.left = times
        self._path = path

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered:
        status, content, answered = self.passed_on(method, path, body, headers)
        if method == "GET" and self.left and path.partition("?")[0].endswith(self._path):
            self.left -= 1
            content = content[: len(content) // 2]
        return status, content, answered
