"""The engines of a list of providers: which server each step asks, and with which key.

A key is sent to the server that it belongs to and to no other. What only two steps need is made
when the first task needs two steps, further clients included.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import openai

from audio_translation.audio.decoder import Decoder
from audio_translation.aws.clients import Clients
from audio_translation.aws.provider_key import ProviderKey
from audio_translation.aws.telemetry import Telemetry
from audio_translation.engines.chain.chained_engine import ChainedEngine
from audio_translation.engines.chain.provider_chain import Link, ProviderChain
from audio_translation.engines.chain.provider_list import (
    ProviderList,
    TextEntry,
    TranslationEntry,
)
from audio_translation.engines.openai_translations import OpenAITranslations
from audio_translation.engines.provider.client import provider_client
from audio_translation.engines.provider.model_dates import ModelDates
from audio_translation.settings import Settings
from audio_translation.translation.checks.language_detection import LanguageDetector
from audio_translation.translation.engine import Engine
from audio_translation.wiring.providers.current_list import OPENAI

if TYPE_CHECKING:
    from audio_translation.engines.chain.circuits import Circuits
    from audio_translation.engines.provider.calls import ProviderCalls
    from audio_translation.engines.text_translation import TextTranslation

Step = TypeVar("Step")


class Connection(NamedTuple):
    """A client of a server, and what reads its key again; see ``ProviderCalls``."""

    client: openai.OpenAI
    refresh_key: Callable[[], bool]


@dataclass(frozen=True)
class ProviderSteps:
    """Makes the engines.

    One server has at most ``calls_at_once`` calls under way, of which ``pieces_at_once`` are for
    pieces of one chunk.
    """

    providers: ProviderList
    settings: Settings
    clients: Clients
    decoder: Decoder
    detector: LanguageDetector
    telemetry: Telemetry
    calls_at_once: int
    pieces_at_once: int
    today: Callable[[], date]
    _made: dict[str, Any] = field(default_factory=dict)

    def translate(self) -> Engine:
        """Return the one-step engine."""
        return ChainedEngine(self.chain("translation", self._translations))

    def transcribe_then_translate(self) -> Engine:
        """Return the two-step engine."""
        from audio_translation.engines.transcribe_then_translate import TranscribeThenTranslate

        transcription = self.chain("transcription", self._transcription)
        return TranscribeThenTranslate(ChainedEngine(transcription), self.text_translation())

    def text_translation(self) -> "TextTranslation":
        """Return the text model alone, for texts that are known."""
        from audio_translation.engines.text_translation import TextTranslation

        chain = self.chain("text", self._calls)
        return TextTranslation(chain, model=self.settings.text_model)

    def chain(self, step: str, made: Callable[[TextEntry, bool], Step]) -> ProviderChain[Step]:
        """Return the chain of a step; ``made`` gets an entry, and whether others follow it."""
        entries: Sequence[TextEntry] = dict(self.providers.steps())[step]
        links = [
            Link(
                entry.provider,
                made(entry, any(_share_a_model(entry, later) for later in entries[number + 1 :])),
                models=entry.models,
                price=getattr(entry, "price_per_minute", None),
                ends=self.dates(entry.provider).ends,
            )
            for number, entry in enumerate(entries)
        ]
        return ProviderChain(
            step,
            links,
            telemetry=self.telemetry,
            circuits=self.circuits if len(links) > 1 else None,
            today=self.today,
        )

    @functools.cached_property
    def circuits(self) -> "Circuits | None":
        """The circuits; None where there is no table to share them in."""
        if not self.settings.job_table:
            return None
        from audio_translation.engines.chain.circuits import Circuits

        return Circuits(self.clients, table=self.settings.job_table, telemetry=self.telemetry)

    def dates(self, provider: str) -> ModelDates:
        """Return when a provider's models end."""
        return self._once(f"dates {provider}", lambda: self._new_dates(provider))

    def connection(self, provider: str) -> Connection:
        """Return the connection to a provider, made at its first use."""
        return self._once(f"connection {provider}", lambda: self._new_connection(provider))

    def _translations(self, entry: TextEntry, others_follow: bool) -> Engine:  # noqa: FBT001
        connection = self.connection(entry.provider)
        return OpenAITranslations(
            connection.client,
            refresh_key=connection.refresh_key,
            max_audio_bytes=self.providers.providers[entry.provider].max_audio_bytes,
            decoder=self.decoder,
            detector=self.detector,
            at_once=self.pieces_at_once,
            telemetry=self.telemetry,
            others_follow=others_follow,
            tells_times=not isinstance(entry, TranslationEntry) or entry.times,
        )

    def _transcription(self, entry: TextEntry, others_follow: bool) -> Engine:  # noqa: FBT001
        from audio_translation.engines.transcription import Transcription

        return Transcription(
            self._calls(entry, others_follow),
            decoder=self.decoder,
            detector=self.detector,
            at_once=self.pieces_at_once,
        )

    def _calls(self, entry: TextEntry, others_follow: bool) -> "ProviderCalls":  # noqa: FBT001
        from audio_translation.engines.provider.calls import ProviderCalls

        connection = self.connection(entry.provider)
        return ProviderCalls(
            connection.client,
            refresh_key=connection.refresh_key,
            telemetry=self.telemetry,
            others_follow=others_follow,
        )

    def _new_dates(self, provider: str) -> ModelDates:
        url = self.providers.providers[provider].base_url
        return ModelDates(
            lambda: self.connection(provider).client,
            table_holds=urlsplit(url).hostname == OPENAI,
            telemetry=self.telemetry,
        )

    def _new_connection(self, provider: str) -> Connection:
        server = self.providers.providers[provider]
        client = functools.partial(provider_client, server.base_url, at_once=self.calls_at_once)
        if not server.key_parameter:
            return Connection(client(None), refresh_key=lambda: False)
        key = ProviderKey(
            self.clients,
            self.telemetry,
            parameter=server.key_parameter,
            cache_seconds=self.settings.api_key_cache_seconds,
        )
        return Connection(client(key.current), key.refresh)

    def _once(self, name: str, make: Callable[[], Step]) -> Step:
        if name not in self._made:
            self._made[name] = make()
        found: Step = self._made[name]
        return found


def _share_a_model(one: TextEntry, other: TextEntry) -> bool:
    if one.models is None or other.models is None:
        return True
    return bool(one.models.keys() & other.models.keys())
