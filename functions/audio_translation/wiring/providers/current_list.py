"""The list of providers that holds now: the operator's in SSM, or the stack's own settings."""

import threading
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from audio_translation.aws.clients import Clients
from audio_translation.aws.provider_key import SecretParameter
from audio_translation.aws.telemetry import Telemetry
from audio_translation.download.allowed_hosts import DEFAULT_PORTS
from audio_translation.engines.chain.provider_list import (
    ProviderList,
    Server,
    TextEntry,
    TranscriptionEntry,
    TranslationEntry,
    WrongList,
)
from audio_translation.errors import ServiceError
from audio_translation.settings import Settings

OPENAI = "api.openai.com"


class CurrentList:
    """The list, read when it is first needed and again after some minutes.

    Safe to use from several threads. While SSM fails, or holds a list that is not valid, the last
    one goes on.
    """

    def __init__(self, settings: Settings, clients: Clients, telemetry: Telemetry) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._lock = threading.Lock()
        self._text = ""
        self._last: ProviderList | None = None
        self._parameter: _ListParameter | None = None
        if settings.providers_parameter:
            self._parameter = _ListParameter(
                clients,
                telemetry,
                parameter=settings.providers_parameter,
                cache_seconds=settings.api_key_cache_seconds,
            )
        else:
            self._last = of_settings(settings)

    def get(self) -> ProviderList:
        """Return the list; the same object as long as it has not changed.

        Raises RateLimited or Internal if there is none yet and it cannot be had.
        """
        if self._parameter is None:
            return cast(ProviderList, self._last)
        try:
            text = self._parameter.current()
        except ServiceError:  # which the log has
            if self._last is None:
                raise
            return self._last
        with self._lock:
            if self._last is None or text != self._text:
                self._last = self._read(text, self._parameter)
                self._text = text
            return self._last

    def _read(self, text: str, parameter: SecretParameter) -> ProviderList:
        path = self._settings.providers_parameter
        try:
            return ProviderList.read(text, path=path, known=known_keys(self._settings))
        except WrongList as error:
            self._telemetry.crashed(error)
            if self._last is not None:
                return self._last
            raise parameter.refused("it is not valid") from None


class _ListParameter(SecretParameter):
    """The parameter with the list."""

    what = "list of providers"


def known_keys(settings: Settings) -> frozenset[str]:
    """Return the parameters with keys that the functions may read in any case."""
    return frozenset(
        {
            settings.api_key_parameter,
            settings.transcription_api_key_parameter,
            settings.text_api_key_parameter,
        }
        - {""}
    )


def of_settings(settings: Settings) -> ProviderList:
    """Return the list of one provider for each step that the stack's parameters say.

    A step without a URL of its own is the provider's; where it is the provider's server, it has its
    key.
    """
    main = _Place(settings.provider_base_url, settings.api_key_parameter)
    transcription = _beside(
        main, settings.transcription_base_url, settings.transcription_api_key_parameter
    )
    text = _beside(main, settings.text_base_url, settings.text_api_key_parameter)
    names: dict[_Place, str] = {}
    for place, name in ((main, "provider"), (transcription, "transcription"), (text, "text")):
        names.setdefault(place, name)
    at_openai = [place for place in names if urlsplit(place.url).hostname == OPENAI]
    if len(at_openai) == 1:
        names[at_openai[0]] = "openai"
    return ProviderList(
        providers={
            name: Server(
                base_url=place.url,
                key_parameter=place.key,
                may_receive_audio=True,
                max_audio_bytes=settings.provider_max_audio_bytes,
            )
            for place, name in names.items()
        },
        translation=(TranslationEntry(provider=names[main]),),
        transcription=(TranscriptionEntry(provider=names[transcription]),),
        text=(TextEntry(provider=names[text]),),
    )


class _Place(NamedTuple):
    url: str
    key: str


def _beside(main: _Place, url: str, key: str) -> _Place:
    url = url or main.url
    if not key and _origin(url) == _origin(main.url):
        key = main.key
    return _Place(url, key)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
