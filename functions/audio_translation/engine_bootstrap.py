"""Puts the engines together: which server each one asks, and with which key.

A key is sent to the server that it belongs to and to no other. What only two steps need is made
when the first task needs two steps, further clients included.
"""

import functools
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import openai

from audio_translation.adapters.provider import provider_client
from audio_translation.adapters.secrets import Secrets
from audio_translation.domain.engine import Engine
from audio_translation.domain.media import Media
from audio_translation.domain.models import Way
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.succession import Succession, today_in_utc
from audio_translation.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_OPENAI = "api.openai.com"
_PORTS = {"http": 80, "https": 443}


def make_engine(
    settings: Settings,
    *,
    ssm: "SSMClient",
    media: Media,
    took_over: Callable[[str, str, str], None],
    calls_at_once: int = 100,
    spans_at_once: int = 8,
    today: Callable[[], date] = today_in_utc,
) -> Engine:
    """Make the engine that serves every task.

    ``took_over`` is told when a model's successor served, see ``Succession``. One server has at
    most ``calls_at_once`` calls under way, of which ``spans_at_once`` are for parts of one file.
    """
    engines = _Engines(settings, ssm, media, calls_at_once, spans_at_once)
    ways = {
        Way.TRANSLATE: engines.provider_url,
        Way.TRANSCRIBE_THEN_TRANSLATE: engines.transcription_url,
    }
    succession = Succession(
        {
            Way.TRANSLATE: engines.one_step,
            Way.TRANSCRIBE_THEN_TRANSLATE: engines.two_steps,
        },
        successor=settings.transcription_model,
        replace_retired=settings.replace_retired_models,
        dated={way for way, url in ways.items() if urlsplit(url).hostname == _OPENAI},
        took_over=took_over,
        today=today,
    )
    succession.warm_up()
    return succession


class _Server(NamedTuple):
    client: openai.OpenAI
    refresh_key: Callable[[], bool]


class _Engines:
    def __init__(
        self,
        settings: Settings,
        ssm: "SSMClient",
        media: Media,
        calls_at_once: int,
        spans_at_once: int,
    ) -> None:
        self._settings = settings
        self._ssm = ssm
        self._media = media
        self._calls_at_once = calls_at_once
        self._spans_at_once = spans_at_once
        self.provider_url = settings.provider_base_url
        self.transcription_url = settings.transcription_base_url or self.provider_url
        self._text_url = settings.text_base_url or self.provider_url
        self._server = functools.cache(self._new_server)

    def one_step(self) -> Engine:
        server = self._server(self.provider_url, self._settings.api_key_parameter)
        return OpenAITranslations(
            server.client,
            refresh_key=server.refresh_key,
            max_audio_bytes=self._settings.provider_max_audio_bytes,
            media=self._media,
            at_once=self._spans_at_once,
        )

    def two_steps(self) -> Engine:
        from audio_translation.engines.provider_calls import Calls
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
            Calls(transcription.client, refresh_key=transcription.refresh_key),
            Calls(text.client, refresh_key=text.refresh_key),
            text_model=settings.text_model,
            media=self._media,
            at_once=self._spans_at_once,
        )

    def _key_of(self, url: str, parameter: str) -> str:
        """The parameter with the key for a server: its own, or the provider's if that it is."""
        if parameter or _origin(url) != _origin(self.provider_url):
            return parameter
        return self._settings.api_key_parameter

    def _new_server(self, url: str, parameter: str) -> _Server:
        client = functools.partial(provider_client, url, at_once=self._calls_at_once)
        if not parameter:
            return _Server(client(None), refresh_key=lambda: False)
        secrets = Secrets(
            self._ssm, parameter=parameter, cache_seconds=self._settings.api_key_cache_seconds
        )
        return _Server(client(secrets.provider_key), secrets.refresh_provider_key)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
