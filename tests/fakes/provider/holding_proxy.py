"""A proxy in front of a provider that can hold requests without an answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.proxy import Answered, Proxy


class HoldingProxy(Proxy):
    """Passes requests on to the provider at a base URL, or holds them."""

    finishes_requests = True

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self._hold: _Hold | None = None

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    @contextmanager
    def holding(self) -> Iterator[threading.Event]:
        """Answer nothing meanwhile; yield an event that is set when a request is waiting."""
        self._hold = hold = _Hold()
        try:
            yield hold.arrived
        finally:
            self._hold = None
            hold.over.set()

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> Answered | None:
        if hold := self._hold:
            hold.arrived.set()
            hold.over.wait(180)
            return None
        return self.passed_on(method, path, body, headers)


@dataclass(frozen=True)
class _Hold:
    arrived: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
