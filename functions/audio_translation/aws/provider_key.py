"""Secrets in SSM SecureString parameters: the provider's key, and whatever else one holds.

A parameter's name is for the operator: it stands in the log, and in no error.
"""

import threading
import time
from concurrent.futures import Future, wait

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import error_code, service_error
from audio_translation.aws.telemetry import Telemetry
from audio_translation.errors import Internal, ProviderRejected, ServiceError

_GONE = "ParameterNotFound"
_REFUSALS = {
    _GONE,
    "AccessDeniedException",
    "InvalidKeyId",
    "ParameterVersionNotFound",
    "ValidationException",
}
"""What the operator must mend; anything else may pass.

Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""
_PATIENCE_SECONDS = 2.0
"""For a new value by one who has the last; SSM answers in a tenth of that."""
_AGAIN_SECONDS = 30.0
"""After SSM has failed, the last value is taken for so long without asking."""


class SecretParameter:
    """Reads the value when it is first needed and again after ``cache_seconds``.

    While SSM fails, and while it refuses, the last value stays good. Only for a parameter that is
    gone there is none any more: somebody has taken it away. Threads that need the value at the same
    time wait for one reading, and all fail with it. ``what`` is its name in errors.
    """

    what = "secret in the parameter store"

    def __init__(
        self, clients: Clients, telemetry: Telemetry, *, parameter: str, cache_seconds: int
    ) -> None:
        self._ssm = clients.ssm
        self._telemetry = telemetry
        self._parameter = parameter
        self._cache_seconds = cache_seconds
        self._last = ""
        self._good_until = 0.0
        self._reading: Future[str] | None = None
        self._lock = threading.Lock()

    def current(self) -> str:
        """Return the value, at most ``cache_seconds`` old unless SSM fails.

        Raises RateLimited or Internal when SSM fails before anything was read, and what ``refused``
        returns.
        """
        if time.monotonic() < self._good_until:
            return self._last
        return self._newly_read()

    def refresh(self) -> bool:
        """Read the value from SSM now; return whether it has changed.

        What another thread reads meanwhile is not read again. Raises what ``current`` does.
        """
        before = self._last
        return self._newly_read() != before

    def refused(self, reason: str) -> ServiceError:
        """Return what is raised where there is no value, and the operator must see to it."""
        return Internal(f"There is no {self.what}: {reason}. The operator's log says where.")

    def checked(self, value: str) -> str:
        """Return the value as it is used; raises ``refused``."""
        return value.strip()

    def _newly_read(self) -> str:
        reading = self._begun()
        if self._last:
            wait([reading], timeout=_PATIENCE_SECONDS)
            if not reading.done():
                self._good_until = time.monotonic() + _AGAIN_SECONDS
                return self._last
        try:
            return reading.result()
        except ServiceError:
            raise
        except Exception as error:  # noqa: BLE001  an answer without a value is SSM's trouble, too
            if self._last:
                return self._last
            code = error_code(error)
            if code in _REFUSALS:
                raise self.refused(f"it cannot be read ({code})") from None
            raise service_error(error, "parameter store") from None

    def _begun(self) -> "Future[str]":
        """Return the reading that is under way, a new one if there is none."""
        with self._lock:
            if self._reading is None or self._reading.done():
                self._reading = Future()
                # A sandbox may end while it waits for SSM.
                threading.Thread(target=self._read, args=(self._reading,), daemon=True).start()
            return self._reading

    def _read(self, reading: "Future[str]") -> None:
        try:
            answer = self._ssm.get_parameter(Name=self._parameter, WithDecryption=True)
            self._last = self.checked(answer["Parameter"]["Value"])
            self._good_until = time.monotonic() + self._cache_seconds
            reading.set_result(self._last)
        except Exception as error:  # noqa: BLE001  whoever waits must be told, whatever it is
            self._note(error)
            reading.set_exception(error)

    def _note(self, error: Exception) -> None:
        reason = error.message if isinstance(error, ServiceError) else error_code(error)
        if reason == _GONE or isinstance(error, ServiceError):
            self._last, self._good_until = "", 0.0
        elif self._last:
            self._good_until = time.monotonic() + _AGAIN_SECONDS
        self._telemetry.parameter_not_read(
            self._parameter, reason, last_value_is_used=bool(self._last)
        )


class ProviderKey(SecretParameter):
    """A provider's key."""

    def refused(self, reason: str) -> ServiceError:
        """See ``SecretParameter``."""
        return ProviderRejected(
            f"There is no provider key: {reason}. The operator's log says where it belongs.",
            about_key=True,
        )

    def checked(self, value: str) -> str:
        """Return a key that can stand in a header; raises ProviderRejected."""
        key = value.strip()
        if not (key.isascii() and key.isprintable() and key) or " " in key:
            raise self.refused(
                "its parameter is empty or has spaces, line breaks or characters beyond ASCII in it"
            )
        return key
