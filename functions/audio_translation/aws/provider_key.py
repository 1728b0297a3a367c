"""The provider's key, from an SSM SecureString parameter."""

import threading
import time

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import AWS_ERRORS, error_code, may_pass, service_error
from audio_translation.errors import ProviderRejected


class ProviderKey:
    """Reads the key when it is first needed and again after ``cache_seconds``.

    Threads that need it at the same time wait for one reading.
    """

    def __init__(self, clients: Clients, *, parameter: str, cache_seconds: int) -> None:
        self._ssm = clients.ssm
        self._parameter = parameter
        self._cache_seconds = cache_seconds
        self._last = ""
        self._good_until = 0.0
        self._readings = 0
        self._lock = threading.Lock()

    def current(self) -> str:
        """Return the key, at most ``cache_seconds`` old.

        Raises ProviderRejected when the parameter may not be read or holds nothing, RateLimited or
        Internal when SSM fails.
        """
        with self._lock:
            return self._last if time.monotonic() < self._good_until else self._read()

    def refresh(self) -> bool:
        """Read the key from SSM now; return whether it has changed.

        What another thread reads meanwhile is not read again.
        """
        before, readings = self._last, self._readings
        with self._lock:
            if self._readings == readings:
                self._read()
            return self._last != before

    def _read(self) -> str:
        try:
            answer = self._ssm.get_parameter(Name=self._parameter, WithDecryption=True)
        except AWS_ERRORS as error:
            return self._known_key_or_raise(error)
        key = answer["Parameter"]["Value"].strip()
        if not (key.isascii() and key.isprintable() and key) or " " in key:
            raise ProviderRejected(
                f"SSM parameter {self._parameter!r} does not hold a key: it is empty or has "
                "spaces, line breaks or characters beyond ASCII in it."
            )
        self._last = key
        self._good_until = time.monotonic() + self._cache_seconds
        self._readings += 1
        return key

    def _known_key_or_raise(self, error: Exception) -> str:
        """Return the key that was read last while SSM fails, or raise what ``current`` raises."""
        code = error_code(error)
        if self._last and code not in {"ParameterNotFound", "AccessDeniedException"}:
            return self._last
        if may_pass(error):
            raise service_error(error, "parameter store") from None
        raise ProviderRejected(
            f"There is no provider key: SSM parameter {self._parameter!r} cannot be read "
            f"({code}). Put the key there with `aws ssm put-parameter --type SecureString`."
        ) from None
