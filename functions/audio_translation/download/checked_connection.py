"""The network under a fetch: connections to checked addresses, all cut at one deadline."""

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
    ValueError,  # what parsers of URLs and headers raise, UnicodeError among it
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
)
"""Everything that comes out of the libraries underneath."""


class Transfer:
    """The connections of one fetch, cut when ``deadline`` is over.

    Time-outs of sockets do not do that: they begin anew with every byte. ``host`` is the one that
    is asked now, for messages; ``arriving`` says that it has begun to send the file.
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
        self._watched: socket.socket | None = None
        self._over = False
        self._timer = threading.Timer(self._seconds, self._cut)
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
            self._forget()

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to ``host``, if all of its addresses are allowed, and to no other than those."""
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
                # The address is a number: nothing is resolved again here.
                connection = socket.create_connection((str(address), port), share or 0.001)
            except OSError:
                continue
            connection.settimeout(self.timeout())
            self._watch(connection)
            return connection
        self.check()
        raise AudioNotRetrievable(
            f"{host} does not accept connections. Check the URL, or try again later.",
            param=PARAM,
            passes=True,
        )

    def timeout(self) -> float:
        """Seconds for a socket's own time-out: so many that the cut comes first, and is told."""
        return self._deadline.left() + 1

    def check(self) -> None:
        """Raise ``AudioNotRetrievable`` if the deadline is over: a cut looks like an end."""
        if self._over:
            raise self._too_slow()

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Turn what the libraries raise into errors of the table.

        The cause is not chained: its text has the URL's query in it and would reach the log.
        """
        try:
            yield
        except FOREIGN as error:
            raise (self._too_slow() if self._over else service_error(error, self.host)) from None

    def _too_slow(self) -> AudioNotRetrievable:
        return AudioNotRetrievable(
            f"{self.host} did not send the whole file within {self._seconds:.3g} seconds.",
            param=PARAM,
            slow=self.arriving,
        )

    def _watch(self, connection: socket.socket) -> None:
        with self._lock:
            self._forget()
            # A duplicate, because TLS takes the file descriptor away from the original.
            self._watched = connection.dup()
        if self._over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            if self._watched is not None:
                try:
                    self._watched.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # it had ended by itself

    def _forget(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None


class Adapter(requests.adapters.HTTPAdapter):
    """requests' adapter without retries, over connections that a ``Transfer`` opens.

    ``tls`` is called for https only. Its context says whom to trust: requests would load its
    authorities anew for every connection.
    """

    def __init__(self, transfer: Transfer, tls: Callable[[], ssl.SSLContext]) -> None:
        self._transfer = transfer
        self._tls = tls
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if host["scheme"] == "https":
            pool["ssl_context"] = self._tls()
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the pool as ``build_connection_pool_key_attributes`` made it: CERT_REQUIRED."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = _Secure if pool.scheme == "https" else _Plain
        pool.ConnectionCls = partial(kind, self._transfer)
        return pool


class _Checked:
    """A connection that does not resolve its host again, and keeps its name for TLS."""

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
    """What a caller is told about ``error``, one of ``FOREIGN``, from fetching from ``host``."""
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
