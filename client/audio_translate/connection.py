"""Requests to the service: its key, its errors, and repeats that cost nothing twice."""

import random
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from audio_translate.errors import (
    ApiError,
    AudioTranslateError,
    ConfigurationError,
    ConnectionFailed,
    error_class,
)
from audio_translate.limits import Limits

__version__ = "0.1.0"

TRIES = 8
"""Of one request: pauses of half a second to 8 s between them, or what ``Retry-After`` says."""
PATIENT_TRIES = 60
"""Of a look at a job, which goes on while the network is away: about ten minutes of them."""
_LONGEST_PAUSE = 300.0
"""Seconds; whoever is told to wait for longer is told so."""
_CONNECT_SECONDS, _ANSWER_SECONDS = 10.0, 60.0
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 16.0


class Connection:
    """The service at ``url``, without a slash at its end; safe for several threads."""

    def __init__(self, url: str, api_key: str | None) -> None:
        self.url = url
        self._headers = {"User-Agent": f"audio-translate/{__version__}"}
        if api_key:
            self._headers["x-api-key"] = api_key
        self._threads = threading.local()
        self._made: list[requests.Session] = []

    def close(self) -> None:
        """Close what is open; a later request opens it again."""
        for session in self._made:
            session.close()

    def call(
        self,
        method: str,
        path: str,
        limits: Limits,
        *,
        headers: Mapping[str, str] | None = None,
        tries: int = TRIES,
        seconds: float = _ANSWER_SECONDS,
        **content: Any,
    ) -> requests.Response:
        """Send a request until it is answered; ``content`` is as ``requests`` takes it.

        It must be one that may be sent twice: a POST has an Idempotency-Key. Raises ApiError,
        ConnectionFailed, and what ``limits`` raises.
        """
        content["headers"] = {**self._headers, **(headers or {})}
        return self.repeated(
            lambda: self._once(method, self.url + path, seconds, content), limits, tries
        )

    def fetch(self, url: str, limits: Limits) -> requests.Response:
        """Read a link that the service gave; without the key, which is for the service alone."""
        return self.repeated(lambda: self._once("GET", url, _ANSWER_SECONDS, {}), limits)

    def put(self, url: str, body: Any, headers: Mapping[str, str]) -> requests.Response:
        """Send a file to such a link, once; the answer may be any. Raises ConnectionFailed."""
        return self._send("PUT", url, _ANSWER_SECONDS, {"data": body, "headers": headers})

    def repeated(
        self, send: Callable[[], requests.Response], limits: Limits, tries: int = TRIES
    ) -> requests.Response:
        """Call ``send`` until it raises nothing that passes."""
        for tried in range(tries):
            limits.check()
            try:
                answer = send()
            except (ApiError, ConnectionFailed) as error:
                pause = _pause(error, tried)
                if pause is None or tried == tries - 1 or pause >= limits.left():
                    raise
            else:
                return answer
            limits.pause(pause)
        raise AssertionError  # the last try returns or raises

    def _once(
        self, method: str, url: str, seconds: float, content: dict[str, Any]
    ) -> requests.Response:
        answer = self._send(method, url, seconds, content)
        if answer.ok and not answer.is_redirect:
            return answer
        raise api_error(answer)

    def _send(
        self, method: str, url: str, seconds: float, content: dict[str, Any]
    ) -> requests.Response:
        try:
            return self._session().request(
                method,
                url,
                timeout=(_CONNECT_SECONDS, seconds),
                allow_redirects=False,  # the key would go to wherever a redirect points
                **content,
            )
        except requests.exceptions.InvalidURL:
            raise ConfigurationError(f"{shown(url)} is no URL that can be asked.") from None
        except requests.RequestException as error:
            raise _failed(url, error) from None  # its text may have a signed URL in it

    def _session(self) -> requests.Session:
        """Return this thread's session."""
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            session.trust_env = not is_loopback(self.url)  # no proxy reaches this machine
            session.auth = _no_auth  # S3 refuses signed URLs with what is in ~/.netrc as well
            self._made.append(session)
        return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def shown(url: str) -> str:
    """Return a URL without what may be secret: its query, a user and a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the URL"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_loopback(url: str) -> bool:
    """Return whether a URL is of this machine."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def api_error(answer: requests.Response) -> ApiError:
    """Return the error of an answer: the envelope's words, or what can be said without one."""
    told = _envelope(answer)
    code = str(told.get("code") or f"http_{answer.status_code}")
    message = told.get("message") or (
        f"{shown(answer.url)} answered {answer.status_code} {answer.reason or ''}".rstrip() + "."
    )
    if answer.is_redirect:
        message += " It is a redirect; give the URL that it leads to."
    return error_class(code, answer.status_code)(
        str(message),
        code=code,
        status=answer.status_code,
        param=told.get("param"),
        request_id=answer.headers.get("X-Request-Id") or answer.headers.get("x-amzn-RequestId"),
        retry_after=_seconds(answer.headers.get("Retry-After")),
    )


def json_object(answer: requests.Response, *names: str) -> dict[str, Any]:
    """Return the object of an answer, which has these fields.

    Raises ApiError for what this service would not say.
    """
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found.keys() >= set(names):
        raise ApiError(
            f"What answers at {shown(answer.url)} is not this service. Check the URL.",
            code="not_this_service",
            status=answer.status_code,
        )
    return found


def _envelope(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _seconds(retry_after: str | None) -> float | None:
    """Return the header's seconds; a date, which the service never sends, counts as none."""
    try:
        return max(0.0, float(retry_after or ""))
    except ValueError:
        return None


def _pause(error: AudioTranslateError, tried: int) -> float | None:
    """Return for how long to wait before the next try; None if there is to be none."""
    if isinstance(error, ApiError):
        if not error.passes:
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= _LONGEST_PAUSE else None
    # Full jitter: those that failed together do not come back together.
    return random.uniform(0, min(_LAST_PAUSE, _FIRST_PAUSE * 2**tried))  # noqa: S311


def _failed(url: str, error: BaseException) -> ConnectionFailed:
    """Return the error without the texts of libraries, which repeat whole URLs."""
    reason, refused = type(error).__name__, False
    cause: BaseException | None = error
    for _ in range(10):
        if cause is None:
            break
        if isinstance(cause, OSError) and cause.strerror:
            reason, refused = cause.strerror, isinstance(cause, ConnectionRefusedError)
        inner = getattr(cause, "reason", None) or next(
            (one for one in cause.args if isinstance(one, BaseException)), None
        )
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
    host = urlsplit(url).netloc.rpartition("@")[2]
    return ConnectionFailed(f"The connection to {host} failed: {reason}.", refused=refused)
