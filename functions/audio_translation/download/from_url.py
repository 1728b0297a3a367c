"""Fetching the audio behind a stranger's URL: public addresses only, bounded in time and size.

Works on ``requests``, but calls its adapter directly: a ``Session`` reads a redirect's body into
memory even when told not to follow, keeps cookies between hops, and takes proxies and passwords
from the environment.
"""

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

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import PARAM, Resolve, checked_url
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
    """Fetches files from http and https URLs.

    ``max_bytes`` is the largest file; ``connect_seconds`` is what a host gets to be resolved and
    to accept the connection; ``total_seconds`` is for everything, redirects included.
    ``allow_loopback`` lets loopback addresses through, on any port, for development. ``tls``
    says whom to trust instead of the authorities that requests trusts.
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
        # It logs URLs, from DEBUG to WARNING, and a signed URL's query is a key.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Whom https hosts are checked against. Made once, when first needed: it takes 40 ms."""
        return self._given_tls or ssl.create_default_context(
            cafile=requests.utils.DEFAULT_CA_BUNDLE_PATH
        )

    def fetch(self, url: str, folder: Path, deadline: Deadline) -> FetchedFile:
        """Write the file behind ``url`` to a new file in ``folder``, in constant memory.

        Raises ``UrlNotAllowed``, ``AudioNotRetrievable`` or ``AudioTooLarge``, each about
        ``audioFileUrl``; nothing is left in ``folder`` then.
        """
        url = url.strip().replace(" ", "%20")  # as clients that quote for us always did
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
            closing(_answer(url, adapter, transfer)) as response,
        ):
            self._check(response, transfer.host)
            path, size = self._save(response, folder, transfer)
        return FetchedFile(path=path, size=size, name=_name(url))

    def _check(self, response: requests.Response, host: str) -> None:
        """Refuse, from the head alone, what is not the file as it is, or is too large."""
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
        self, response: requests.Response, folder: Path, transfer: Transfer
    ) -> tuple[Path, int]:
        handle, name = tempfile.mkstemp(prefix="audio-", dir=folder)
        path, size = Path(name), 0
        transfer.arriving = True
        try:
            with os.fdopen(handle, "wb") as file:
                for block in _blocks(response, transfer):
                    size += len(block)
                    if size > self._max_bytes:
                        raise self._too_large()
                    file.write(block)
        except BaseException:
            path.unlink()
            raise
        return path, size

    def _too_large(self) -> AudioTooLarge:
        limit = f"{self._max_bytes / 2**20:.4g} MiB"
        return AudioTooLarge(f"The audio is larger than {limit}, the most we take.", param=PARAM)


def _answer(url: str, adapter: Adapter, transfer: Transfer) -> requests.Response:
    """Ask for ``url``, and for what it redirects to; return the first other answer.

    Every hop is checked like the first. One from https to http is followed, because an http URL
    would be fetched too and nothing secret is sent: no cookies, no passwords, no referrer.
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
        url = _moved(url, location)
    raise AudioNotRetrievable(
        f"{transfer.host} redirects once more after {_MAX_REDIRECTS} redirects. "
        "Use the URL that they lead to.",
        param=PARAM,
    )


def _moved(url: str, location: str) -> str:
    """Where a Location header leads; not checked yet."""
    try:
        # Headers are read as Latin-1, but servers write UTF-8, and spaces as they are.
        text = location.encode("latin-1").decode("utf-8", "replace").strip()
        return urljoin(url, requests.utils.requote_uri(text))
    except ValueError:  # requests' InvalidURL is one, too
        raise UrlNotAllowed(f"{PARAM} redirects to what is no URL.", param=PARAM) from None


def _blocks(response: requests.Response, transfer: Transfer) -> Iterator[bytes]:
    """The body as it arrives; an end before the declared one raises."""
    body = response.raw
    while body.length_remaining != 0:  # None: not declared
        with transfer.mapped():
            # read() would wait for a whole block, however slowly it drips.
            block = body.read1(min(_BLOCK, body.length_remaining or _BLOCK))
        if not block:
            break
        yield block
    transfer.check()


def _name(url: str) -> str:
    return unquote(urlsplit(url).path, errors="replace").rsplit("/", 1)[-1]
