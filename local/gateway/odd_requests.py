"""Requests that are no HTTP, which uvicorn refuses before the API sees them."""

import json

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_MESSAGE = (
    "That is not a valid HTTP request: its path or a header has characters that need quoting."
)


class EnvelopeProtocol(H11Protocol):
    """uvicorn's HTTP, which answers what it cannot parse with the API's error envelope."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn names it
        """Answer 400 and hang up; ``msg`` is uvicorn's text."""
        error = {"message": _MESSAGE, "type": "invalid_request_error"}
        error |= {"param": None, "code": "invalid_request"}  # type: ignore[dict-item]
        content = json.dumps({"error": error}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        headers.append(("Connection", "close"))
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=content),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event))
        self.transport.close()
