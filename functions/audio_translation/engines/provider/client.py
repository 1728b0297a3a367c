"""The SDK client of a provider, with limits that the SDK does not have."""

import functools
import ssl
import time
import weakref
from collections.abc import Callable, Iterator
from typing import cast

import httpx2
import openai

_LARGEST_ANSWER_BYTES = 8 * 1024 * 1024


def provider_client(
    base_url: str, api_key: Callable[[], str] | None, *, at_once: int = 100
) -> openai.OpenAI:
    """Make a client that makes no retries.

    - ``api_key`` returns the key and is called before each request; if None, no key is sent.
    - ``at_once`` is how many requests may run at the same time; others wait.

    No answer is read beyond 8 MiB or the call's time-out. Redirects are not followed, and proxies
    from the environment are not used.
    """
    transport = _BoundedTransport(at_once, keyless=api_key is None)
    http_client = httpx2.Client(transport=transport, trust_env=False)
    weakref.finalize(http_client, transport.close)  # also if nobody closes the client
    return openai.OpenAI(
        api_key=api_key or "none",  # the SDK wants one
        base_url=base_url,
        max_retries=0,
        default_headers={"Accept-Encoding": "identity"},
        http_client=http_client,
    )


@functools.cache
def _tls() -> ssl.SSLContext:
    """Return the one context of all clients; loading its authorities takes 25 ms."""
    return httpx2.create_ssl_context()


class CutAnswer(httpx2.ReadError):
    """An answer of 200 whose body ends too early or never; the provider has probably billed it."""


class _BoundedTransport(httpx2.HTTPTransport):
    """Limits the size and the total time of answers; httpx's time-out is for each read."""

    def __init__(self, at_once: int, *, keyless: bool) -> None:
        super().__init__(
            verify=_tls(),
            limits=httpx2.Limits(max_connections=at_once, max_keepalive_connections=20),
        )
        self._keyless = keyless

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._keyless:
            del request.headers["Authorization"]
        seconds = request.extensions.get("timeout", {}).get("read") or 60.0
        end = time.monotonic() + seconds
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.DecodingError("The answer is compressed, which was not asked for")
        stream = cast(httpx2.SyncByteStream, response.stream)
        response.stream = _BoundedStream(stream, end, paid=response.status_code == 200)
        return response


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, end: float, *, paid: bool) -> None:
        self._stream = stream
        self._end = end
        self._paid = paid

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces()
        except httpx2.TimeoutException:
            raise
        except httpx2.TransportError as error:
            if self._paid:
                raise CutAnswer("The answer breaks off or has no end") from error
            raise

    def _pieces(self) -> Iterator[bytes]:
        size = 0
        for piece in self._stream:
            size += len(piece)
            if size > _LARGEST_ANSWER_BYTES:
                raise httpx2.ReadError(f"The answer is larger than {_LARGEST_ANSWER_BYTES} bytes")
            if time.monotonic() > self._end:
                raise httpx2.ReadTimeout("The answer took too long")
            yield piece

    def close(self) -> None:
        self._stream.close()
