"""What the engines are made of: which server each one asks, and with which key.

A key is sent to the server that it belongs to and to no other. What only two steps need is made
when the first task needs two steps, further clients included.
"""

import functools
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import openai

from audio_translation.audio.decoder import Decoder
from audio_translation.aws.clients import Clients
from audio_translation.aws.provider_key import ProviderKey
from audio_translation.aws.telemetry import Telemetry
from audio_translation.download.allowed_hosts import DEFAULT_PORTS
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.provider.model_dates import ModelDates
from audio_translation.engines.retired_model_fallback import RetiredModelFallback, today_in_utc
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Engine
from audio_translation.translation.lazy_engine import LazyEngine
from audio_translation.translation.models import EngineName

if TYPE_CHECKING:
    from audio_translation.engines.provider.calls import ProviderCalls
    from audio_translation.engines.text_translation import TextTranslation

_OPENAI = "api.openai.com"


def make_engine(
    settings: Settings,
    clients: Clients,
    *,
    decoder: Decoder,
    detector: LanguageDetector,
    telemetry: Telemetry,
    calls_at_once: int = 100,
    pieces_at_once: int = 8,
    today: Callable[[], date] = today_in_utc,
) -> RetiredModelFallback:
    """Return the engine that serves every task.

    One server has at most ``calls_at_once`` calls under way, of which ``pieces_at_once`` are for
    pieces of one chunk. ``telemetry`` is told when another model served than the one asked for.
    """
    engines = _Engines(
        settings,
        clients,
        decoder=decoder,
        detector=detector,
        telemetry=telemetry,
        calls_at_once=calls_at_once,
        pieces_at_once=pieces_at_once,
    )
    return RetiredModelFallback(
        {
            EngineName.TRANSLATE: engines.translate(),
            EngineName.TRANSCRIBE_THEN_TRANSLATE: LazyEngine(engines.transcribe_then_translate),
        },
        replacement_model=settings.transcription_model,
        replace_retired=settings.replace_retired_models,
        speaker_model=settings.speaker_model,
        dates={
            EngineName.TRANSLATE: engines.dates(*engines.provider),
            EngineName.TRANSCRIBE_THEN_TRANSLATE: engines.dates(*engines.transcription),
        },
        telemetry=telemetry,
        today=today,
    )


def make_text_translation(
    settings: Settings,
    clients: Clients,
    *,
    decoder: Decoder,
    detector: LanguageDetector,
    telemetry: Telemetry,
) -> "TextTranslation":
    """Return the text model alone, for texts that are known."""
    return _Engines(
        settings,
        clients,
        decoder=decoder,
        detector=detector,
        telemetry=telemetry,
        calls_at_once=8,
        pieces_at_once=8,
    ).text_translation()


def import_two_steps() -> None:
    """Import what the first task imports, of two steps, too, for a snapshot."""
    import openai.resources.models
    import openai.resources.responses  # noqa: F401

    import audio_translation.engines.transcribe_then_translate  # noqa: F401


class _UrlAndKey(NamedTuple):
    """A server; ``parameter`` is the one with its key, empty if it gets none."""

    url: str
    parameter: str


class _Server(NamedTuple):
    client: openai.OpenAI
    refresh_key: Callable[[], bool]


class _Engines:
    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        *,
        decoder: Decoder,
        detector: LanguageDetector,
        telemetry: Telemetry,
        calls_at_once: int,
        pieces_at_once: int,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._decoder = decoder
        self._detector = detector
        self._calls_at_once = calls_at_once
        self._pieces_at_once = pieces_at_once
        self._telemetry = telemetry
        self.provider = _UrlAndKey(settings.provider_base_url, settings.api_key_parameter)
        self.transcription = self._beside_the_provider(
            settings.transcription_base_url, settings.transcription_api_key_parameter
        )
        self._text = self._beside_the_provider(
            settings.text_base_url, settings.text_api_key_parameter
        )
        self._server = functools.cache(self._new_server)
        self.dates = functools.cache(self._new_dates)

    def translate(self) -> Engine:
        server = self._server(*self.provider)
        return OpenAITranslations(
            server.client,
            refresh_key=server.refresh_key,
            max_audio_bytes=self._settings.provider_max_audio_bytes,
            decoder=self._decoder,
            detector=self._detector,
            at_once=self._pieces_at_once,
            telemetry=self._telemetry,
        )

    def transcribe_then_translate(self) -> Engine:
        from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate

        return TranscribeThenTranslate(
            self._calls(self.transcription),
            self._calls(self._text),
            text_model=self._settings.text_model,
            decoder=self._decoder,
            detector=self._detector,
            at_once=self._pieces_at_once,
        )

    def text_translation(self) -> "TextTranslation":
        from audio_translation.engines.text_translation import TextTranslation

        return TextTranslation(self._calls(self._text), model=self._settings.text_model)

    def _calls(self, whom: _UrlAndKey) -> "ProviderCalls":
        from audio_translation.engines.provider.calls import ProviderCalls

        server = self._server(*whom)
        return ProviderCalls(
            server.client, refresh_key=server.refresh_key, telemetry=self._telemetry
        )

    def _beside_the_provider(self, url: str, parameter: str) -> _UrlAndKey:
        """Return a server that is the provider where it has no URL, and has its key where it is."""
        url = url or self.provider.url
        if not parameter and _origin(url) == _origin(self.provider.url):
            parameter = self.provider.parameter
        return _UrlAndKey(url, parameter)

    def _new_dates(self, url: str, parameter: str) -> ModelDates:
        return ModelDates(
            lambda: self._server(url, parameter).client,
            table_holds=urlsplit(url).hostname == _OPENAI,
            telemetry=self._telemetry,
        )

    def _new_server(self, url: str, parameter: str) -> _Server:
        client = functools.partial(provider_client, url, at_once=self._calls_at_once)
        if not parameter:
            return _Server(client(None), refresh_key=lambda: False)
        key = ProviderKey(
            self._clients,
            self._telemetry,
            parameter=parameter,
            cache_seconds=self._settings.api_key_cache_seconds,
        )
        return _Server(client(key.current), key.refresh)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
