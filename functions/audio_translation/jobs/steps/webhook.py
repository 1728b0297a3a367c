"""Telling a stranger's server that a job has ended, as https://www.standardwebhooks.com has it.

The URL comes from a stranger, like the audio's, and the same rules hold for it; redirects are not
followed at all.
"""

import logging
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import requests
from standardwebhooks import Webhook

from audio_translation.deadline import Deadline
from audio_translation.download.allowed_hosts import Resolve, checked_url
from audio_translation.download.checked_connection import Adapter, Transfer
from audio_translation.errors import ServiceError

_GONE = 410


class NotDelivered(Exception):
    """The receiver did not take the message; the text says why, without the URL's query."""


class WebhookSender:
    """Posts signed messages. ``seconds`` is what one attempt may take in all.

    ``secret`` gives the key to sign with, ``whsec_`` and base64; ``allow_loopback`` lets loopback
    addresses through, for development; ``tls`` says whom to trust.
    """

    def __init__(
        self,
        *,
        secret: Callable[[], str],
        seconds: float,
        allow_loopback: bool,
        resolve: Resolve,
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        self._secret = secret
        self._seconds = seconds
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._tls = tls
        # It logs URLs, and a callback's query may hold a key.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    def send(self, url: str, message_id: str, body: str) -> None:
        """Post ``body``, JSON; ``message_id`` is the same for every attempt.

        Returns when the receiver took it, or said that it never will (410). Raises NotDelivered.
        """
        try:
            status = self._post(url, body.encode(), self._headers(message_id, body))
        except ServiceError as error:
            raise NotDelivered(error.message.replace("audioFileUrl", "callbackUrl")) from None
        if not (200 <= status < 300 or status == _GONE):
            raise NotDelivered(f"the receiver answered {status}")

    def _headers(self, message_id: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "Content-Type": "application/json",
            "Connection": "close",
            "User-Agent": "audio-translation",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self._secret()).sign(message_id, now, body),
        }

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        checked = checked_url(url)
        transfer = Transfer(
            deadline=Deadline.after(self._seconds),
            connect_seconds=self._seconds,
            resolve=self._resolve,
            allow_loopback=self._allow_loopback,
        )
        with transfer, closing(Adapter(transfer, self._tls)) as adapter:
            transfer.host = checked.host or ""
            with transfer.mapped():
                request = requests.Request("POST", url, data=body, headers=headers).prepare()
                response = adapter.send(request, stream=True, timeout=transfer.timeout())
            with closing(response):
                return response.status_code
