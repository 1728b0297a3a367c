"""Downloads over HTTP from any URL of a caller: public addresses only, limited in time and size.

The adapter of ``requests`` is called directly. A ``Session`` would read the bodies of redirects
into memory, even with ``allow_redirects=False``, keep cookies between redirects, and use proxies
and passwords from the environment.
"""

import hashlib
import http.client
import logging
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import requests

from audio_translation.audio.arriving_file import write_all
from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM, Resolve, checked_url
from audio_translation.download.arrival import Arrival
from audio_translation.download.checked_connection import Adapter, Transfer
from audio_translation.errors import AudioNotRetrievable, AudioTooLarge, UrlNotAllowed

_MAX_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_BLOCK = 64 * 1024
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "audio-translation",
}
_HINTS = {
    401: "It asks for a login; the URL must work without one.",
    403: "If the URL is signed, it may have expired; otherwise the file must be public.",
    404: "Check the URL.",
    410: "Check the URL.",
    429: "Try again later.",
}


class HttpDownload:
    """Downloads files from http and https URLs.

    - ``max_bytes``: the largest file.
    - ``connect_seconds``: the time to resolve a host and to connect to it.
    - ``total_seconds``: the time of the whole download, with redirects.
    - ``allow_loopback``: whether loopback addresses are allowed, on any port, for development.
    - ``resolve``: ``socket.getaddrinfo``, or a replacement for it.
    - ``tls``: the TLS context; by default one with the certificate authorities of requests.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        connect_seconds: float,
        total_seconds: float,
        allow_loopback: bool = False,
        resolve: Resolve = socket.getaddrinfo,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._connect_seconds = connect_seconds
        self._total_seconds = total_seconds
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._given_tls = tls
        # urllib3 logs URLs from DEBUG to WARNING, and the query of a signed URL is a secret.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The TLS context. It is made once, at first use, because that takes 40 ms."""
        return self._given_tls or ssl.create_default_context(
            cafile=requests.utils.DEFAULT_CA_BUNDLE_PATH
        )

    def fetch(self, url: str, folder: Path, deadline: Deadline, arrival: Arrival) -> FetchedFile:
        """Download the file at ``url`` to a new file in ``folder``, in constant memory.

        ``arrival`` is told how far it is. Raises UrlNotAllowed, AudioNotRetrievable or
        AudioTooLarge, with ``audioFileUrl`` as ``param``; then no file is left in ``folder`` unless
        somebody reads it already.
        """
        url = url.strip().replace(" ", "%20")  # as browsers and other HTTP clients do
        checked_url(url)
        transfer = Transfer(
            deadline=deadline.sooner(self._total_seconds),
            connect_seconds=self._connect_seconds,
            resolve=self._resolve,
            allow_loopback=self._allow_loopback,
        )
        with (
            transfer,
            closing(Adapter(transfer, lambda: self.tls)) as adapter,
            closing(_response(url, adapter, transfer)) as response,
        ):
            self._check(response, transfer.host)
            return self._save(response, folder, transfer, _name(url), arrival)

    def _check(self, response: requests.Response, host: str) -> None:
        """Raise AudioNotRetrievable or AudioTooLarge by the status and headers, before the body."""
        status = response.status_code
        if status != 200:
            phrase = http.client.responses.get(status, "")
            answer = f"{host} answered {status} {phrase}".rstrip()
            hint = _HINTS.get(status, "Only 200 with the file is an answer we can use.")
            passes = status == 429 or status >= 500
            raise AudioNotRetrievable(f"{answer}. {hint}", param=PARAM, passes=passes)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        framing = response.headers.get("Transfer-Encoding", "").strip().lower()
        if encoding not in ("", "identity") or framing not in ("", "chunked", "identity"):
            raise AudioNotRetrievable(
                f"{host} sends the file compressed, which was not asked for. "
                "Serve it without a Content-Encoding.",
                param=PARAM,
            )
        if (response.raw.length_remaining or 0) > self._max_bytes:
            raise self._too_large()

    def _save(
        self,
        response: requests.Response,
        folder: Path,
        transfer: Transfer,
        title: str,
        arrival: Arrival,
    ) -> FetchedFile:
        handle, name = tempfile.mkstemp(prefix="audio-", dir=folder)
        path, size, whole = Path(name), 0, response.raw.length_remaining
        digest = hashlib.sha256()
        transfer.arriving = True
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                for block in _blocks(response, transfer):
                    size += len(block)
                    if size > self._max_bytes:
                        raise self._too_large()
                    write_all(file, block)
                    digest.update(block)
                    arrival.told(path, whole, title, size)
        except BaseException:
            if not arrival.is_read:
                path.unlink()
            raise
        return FetchedFile(path, size, title, sha256=digest.hexdigest())

    def _too_large(self) -> AudioTooLarge:
        limit = f"{self._max_bytes / 2**20:.4g} MiB"
        return AudioTooLarge(f"The audio is larger than {limit}, the most we take.", param=PARAM)


def _response(url: str, adapter: Adapter, transfer: Transfer) -> requests.Response:
    """Request ``url`` and follow its redirects; return the first answer that is no redirect.

    Each redirect's URL is checked like the first URL. Redirects from https to http are followed,
    because http URLs are allowed and no secret is sent: no cookies, passwords or Referer.
    """
    for _ in range(_MAX_REDIRECTS + 1):
        transfer.host = checked_url(url).host or ""
        with transfer.mapped():
            request = requests.Request("GET", url, headers=_HEADERS).prepare()
            response = adapter.send(request, stream=True, timeout=transfer.timeout())
        location = response.headers.get("Location")
        if response.status_code not in _REDIRECTS or location is None:
            return response
        response.close()
        url = _redirect_url(url, location)
    raise AudioNotRetrievable(
        f"{transfer.host} redirects once more after {_MAX_REDIRECTS} redirects. "
        "Use the URL that they lead to.",
        param=PARAM,
    )


def _redirect_url(url: str, location: str) -> str:
    """Return the URL of a Location header, not checked yet; raises UrlNotAllowed."""
    try:
        # http.client decodes headers as Latin-1, but servers send UTF-8 and unescaped spaces.
        text = location.encode("latin-1").decode("utf-8", "replace").strip()
        return urljoin(url, requests.utils.requote_uri(text))
    except ValueError:  # InvalidURL of requests is a ValueError
        raise UrlNotAllowed(f"{PARAM} redirects to what is no URL.", param=PARAM) from None


def _blocks(response: requests.Response, transfer: Transfer) -> Iterator[bytes]:
    """Yield the body as it arrives; raises AudioNotRetrievable if it ends too early."""
    body = response.raw
    while body.length_remaining != 0:  # None without a Content-Length
        with transfer.mapped():
            # read() would wait for a whole block, however slowly it arrives.
            block = body.read1(min(_BLOCK, body.length_remaining or _BLOCK))
        if not block:
            break
        yield block
    transfer.check()


def _name(url: str) -> str:
    """Return the last part of the URL's path, unescaped."""
    return unquote(urlsplit(url).path, errors="replace").rsplit("/", 1)[-1]
