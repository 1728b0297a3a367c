"""A web server that is told when a job has ended."""

from collections import deque
from dataclasses import dataclass

from tests.fakes.http_server import LoopbackServer, Request


@dataclass(frozen=True)
class Reply:
    """One answer; ``delay`` is in seconds."""

    status: int = 204
    location: str = ""
    delay: float = 0.0


class Receiver(LoopbackServer):
    """Answers with ``replies`` in order, then 204 for ever; keeps headers and bodies."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: deque[Reply] = deque()
        self.received: list[tuple[dict[str, str], bytes]] = []

    def hook(self, path: str = "/hook?token=s3cret") -> str:
        """Return the URL that it is told at."""
        return self.url + path

    def handle(self, request: Request) -> None:
        """Who follows a redirect comes with GET; that is kept, too."""
        self.received.append((dict(request.headers), request.body()))
        reply = self.replies.popleft() if self.replies else Reply()
        if not self.stopped.wait(reply.delay):
            location = {"Location": reply.location} if reply.location else {}
            request.reply(reply.status, b"", {"Connection": "close", **location})
