"""What the engines are made of: which server each one asks, and with which key.

A key is sent to the server that it belongs to and to no other. What only two steps need is made
when the first task needs two steps, further clients included.
"""

import functools
from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

import openai

from audio_translation.audio.decoder import Decoder
from audio_translation.aws.clients import Clients
from audio_translation.aws.provider_key import ProviderKey
from audio_translation.aws.telemetry import Telemetry
from audio_translation.download.allowed_hosts import DEFAULT_PORTS
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider_client import provider_client
from audio_translation.engines.retired_model_fallback import RetiredModelFallback, today_in_utc
from audio_translation.settings import Settings
from audio_translation.translation.engine import Engine
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import EngineName

_OPENAI = "api.openai.com"


def make_engine(
    settings: Settings,
    clients: Clients,
    *,
    decoder: Decoder,
    telemetry: Telemetry,
    calls_at_once: int = 100,
    chunks_at_once: int = 8,
    today: Callable[[], date] = today_in_utc,
) -> Engine:
    """Return the engine that serves every task.

    One server has at most ``calls_at_once`` calls under way, of which ``chunks_at_once`` are for
    chunks of one file. ``telemetry`` is told when another model served than the one asked for.
    """
    engines = _Engines(settings, clients, decoder, calls_at_once, chunks_at_once)
    urls = {
        EngineName.TRANSLATE: engines.provider_url,
        EngineName.TRANSCRIBE_THEN_TRANSLATE: engines.transcription_url,
    }
    return RetiredModelFallback(
        {
            EngineName.TRANSLATE: engines.translate(),
            EngineName.TRANSCRIBE_THEN_TRANSLATE: LazyEngine(engines.transcribe_then_translate),
        },
        replacement_model=settings.transcription_model,
        replace_retired=settings.replace_retired_models,
        dated={name for name, url in urls.items() if urlsplit(url).hostname == _OPENAI},
        telemetry=telemetry,
        today=today,
    )


def import_two_steps() -> None:
    """Import what the first task of two steps imports, for a snapshot."""
    import openai.resources.responses  # noqa: F401

    import audio_translation.engines.transcribe_then_translate  # noqa: F401


class _Server(NamedTuple):
    client: openai.OpenAI
    refresh_key: Callable[[], bool]


class _Engines:
    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        decoder: Decoder,
        calls_at_once: int,
        chunks_at_once: int,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._decoder = decoder
        self._calls_at_once = calls_at_once
        self._chunks_at_once = chunks_at_once
        self.provider_url = settings.provider_base_url
        self.transcription_url = settings.transcription_base_url or self.provider_url
        self._text_url = settings.text_base_url or self.provider_url
        self._server = functools.cache(self._new_server)

    def translate(self) -> Engine:
        server = self._server(self.provider_url, self._settings.api_key_parameter)
        return OpenAITranslations(
            server.client,
            refresh_key=server.refresh_key,
            max_audio_bytes=self._settings.provider_max_audio_bytes,
            decoder=self._decoder,
            at_once=self._chunks_at_once,
        )

    def transcribe_then_translate(self) -> Engine:
        from audio_translation.engines.provider_calls import ProviderCalls
        from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate

        settings = self._settings
        transcription = self._server(
            self.transcription_url,
            self._key_of(self.transcription_url, settings.transcription_api_key_parameter),
        )
        text = self._server(
            self._text_url, self._key_of(self._text_url, settings.text_api_key_parameter)
        )
        return TranscribeThenTranslate(
            ProviderCalls(transcription.client, refresh_key=transcription.refresh_key),
            ProviderCalls(text.client, refresh_key=text.refresh_key),
            text_model=settings.text_model,
            decoder=self._decoder,
            at_once=self._chunks_at_once,
        )

    def _key_of(self, url: str, parameter: str) -> str:
        """Return the parameter with a server's key: its own, or the provider's if it is that."""
        if parameter or _origin(url) != _origin(self.provider_url):
            return parameter
        return self._settings.api_key_parameter

    def _new_server(self, url: str, parameter: str) -> _Server:
        client = functools.partial(provider_client, url, at_once=self._calls_at_once)
        if not parameter:
            return _Server(client(None), refresh_key=lambda: False)
        key = ProviderKey(
            self._clients, parameter=parameter, cache_seconds=self._settings.api_key_cache_seconds
        )
        return _Server(client(key.current), key.refresh)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
