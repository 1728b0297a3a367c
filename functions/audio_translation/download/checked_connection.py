"""The connections of a download: only to allowed addresses, and closed at the deadline."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self

import requests
import requests.adapters
import urllib3.exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM, Resolve, allowed_addresses
from audio_translation.errors import AudioNotRetrievable, ServiceError, UrlNotAllowed

FOREIGN = (
    OSError,  # socket, ssl and requests
    ValueError,  # of parsers of URLs and headers; UnicodeError is one
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
)
"""All exceptions of the libraries below."""


class Transfer:
    """The connections of one download; they are shut down at ``deadline``.

    Time-outs of sockets are not enough, because they start again with every byte.

    - ``host``: the host of the current request, for messages.
    - ``arriving``: whether the host has begun to send the file.
    """

    def __init__(
        self, *, deadline: Deadline, connect_seconds: float, resolve: Resolve, allow_loopback: bool
    ) -> None:
        self.host = ""
        self.arriving = False
        self._deadline = deadline
        self._seconds = deadline.left()
        self._connect_seconds = connect_seconds
        self._resolve = resolve
        self._allow_loopback = allow_loopback
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._expired = False
        self._timer = threading.Timer(self._seconds, self._shut_down)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._release()

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket to one of the addresses of ``host``, all of which must be allowed.

        Raises UrlNotAllowed or AudioNotRetrievable.
        """
        deadline = self._deadline.sooner(self._connect_seconds)
        addresses = allowed_addresses(
            host,
            port,
            resolve=self._resolve,
            seconds=deadline.left(),
            allow_loopback=self._allow_loopback,
        )
        for tried, address in enumerate(addresses):
            share = deadline.left() / (len(addresses) - tried)
            try:
                # An address, not the host: it must not be resolved again.
                connection = socket.create_connection((str(address), port), share or 0.001)
            except OSError:
                continue
            connection.settimeout(self.timeout())
            self._shut_down_at_deadline(connection)
            return connection
        self.check()
        raise AudioNotRetrievable(
            f"{host} does not accept connections. Check the URL, or try again later.",
            param=PARAM,
            passes=True,
        )

    def timeout(self) -> float:
        """Return the time-out of a socket in seconds; it ends after the deadline."""
        return self._deadline.left() + 1

    def check(self) -> None:
        """Raise AudioNotRetrievable after the deadline: a shutdown looks like the file's end."""
        if self._expired:
            raise self._too_slow()

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Turn exceptions of the libraries into ServiceErrors.

        The cause is not chained, because its text contains the URL's query and would be logged.
        """
        try:
            yield
        except FOREIGN as error:
            raise (self._too_slow() if self._expired else service_error(error, self.host)) from None

    def _too_slow(self) -> AudioNotRetrievable:
        return AudioNotRetrievable(
            f"{self.host} did not send the whole file within {self._seconds:.3g} seconds.",
            param=PARAM,
            slow=self.arriving,
        )

    def _shut_down_at_deadline(self, connection: socket.socket) -> None:
        with self._lock:
            self._release()
            # A duplicate, because TLS detaches the file descriptor from the original socket.
            self._socket = connection.dup()
        if self._expired:
            self._shut_down()

    def _shut_down(self) -> None:
        with self._lock:
            self._expired = True
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # it was closed already

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Adapter(requests.adapters.HTTPAdapter):
    """The adapter of requests, without retries, with connections of a ``Transfer``.

    ``tls`` returns the context for https and is called only for https. Without it, requests loads
    its certificate authorities for every connection.
    """

    def __init__(self, transfer: Transfer, tls: Callable[[], ssl.SSLContext]) -> None:
        self._transfer = transfer
        self._tls = tls
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        """Return the key of a connection pool, with our TLS context for https."""
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if host["scheme"] == "https":
            pool["ssl_context"] = self._tls()
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Keep the context of the pool, which verifies certificates; requests would replace it."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return a pool whose connections are those of the ``Transfer``."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = _Secure if pool.scheme == "https" else _Plain
        pool.ConnectionCls = partial(kind, self._transfer)
        return pool


class _Checked:
    """A connection to an allowed address; TLS still verifies the host's name."""

    _dns_host: str
    port: int

    def __init__(self, transfer: Transfer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._transfer = transfer

    def _new_conn(self) -> socket.socket:
        return self._transfer.connect(self._dns_host, self.port)


class _Plain(_Checked, HTTPConnection):
    pass


class _Secure(_Checked, HTTPSConnection):
    pass


def service_error(error: Exception, host: str) -> ServiceError:
    """Return the ServiceError for ``error``, one of ``FOREIGN``, of a request to ``host``."""
    if isinstance(error, _BAD_URL):
        return UrlNotAllowed(
            f"{PARAM} leads to a URL that is not valid. Check the URL.", param=PARAM
        )
    if isinstance(error, _TLS):
        return AudioNotRetrievable(
            f"{host} could not be connected to securely. Its certificate may have expired, be "
            "for another name, or be signed by an authority that is not known.",
            param=PARAM,
        )
    if isinstance(error, _TIMEOUT):
        what = f"{host} did not answer in time. Try again later."
    else:
        what = f"{host} broke off, or did not answer as HTTP has it. Try again later."
    return AudioNotRetrievable(what, param=PARAM, passes=True)


_BAD_URL = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.URLRequired,
    urllib3.exceptions.LocationValueError,
    http.client.InvalidURL,
)
_TLS = (ssl.SSLError, requests.exceptions.SSLError, urllib3.exceptions.SSLError)
_TIMEOUT = (TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError)
