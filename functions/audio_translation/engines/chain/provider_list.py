"""The operator's list of providers: which servers serve each step, in which order.

It is JSON, the value of one SSM parameter; see docs/providers.md.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

_MOST = 5
"""Providers of one step: each takes its share of a request's time."""
_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]


class WrongList(ValueError):
    """The list is not valid; the text says where, and has no values of it."""


class _Entry(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Server(_Entry):
    """A provider.

    - ``base_url``: of an API like OpenAI's, such as `https://api.example.com/v1`.
    - ``key_parameter``: the SSM SecureString parameter with its key; empty if it gets none.
    - ``may_receive_audio``: whether audio may be sent there at all.
    - ``max_audio_bytes``: the largest file that it takes in one call.
    """

    base_url: Annotated[str, Field(pattern=r"^https?://[^@?#\s]+$")]
    key_parameter: Annotated[str, Field(pattern=r"^(/[\w./-]+)?$")] = ""
    may_receive_audio: bool = False
    max_audio_bytes: Annotated[int, Field(gt=0)] = 26_214_400


class TextEntry(_Entry):
    """A provider of a step, by its name.

    ``models`` has its name for each of our models that it serves. Without it, it is asked for every
    model, by our name.
    """

    provider: _Name
    models: dict[str, str] | None = None


class TranscriptionEntry(TextEntry):
    """A provider that is sent audio; ``price_per_minute`` is in dollars, None if not told."""

    price_per_minute: Annotated[float, Field(ge=0, le=10)] | None = None


class TranslationEntry(TranscriptionEntry):
    """A provider of translations; ``times`` is False if it does not answer ``verbose_json``."""

    times: bool = True


class ProviderList(_Entry):
    """The providers by name, and for each step those that are asked, in order."""

    providers: dict[_Name, Server]
    translation: Annotated[tuple[TranslationEntry, ...], Field(max_length=_MOST)] = ()
    transcription: Annotated[tuple[TranscriptionEntry, ...], Field(max_length=_MOST)] = ()
    text: Annotated[tuple[TextEntry, ...], Field(max_length=_MOST)] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> "ProviderList":
        for step, entries in self.steps():
            names = [entry.provider for entry in entries]
            for name in names:
                if name not in self.providers:
                    raise ValueError(f"{step} names {name!r}, which providers does not have")
                if step != "text" and not self.providers[name].may_receive_audio:
                    raise ValueError(
                        f"{step} sends audio to {name!r}: mayReceiveAudio must be true"
                    )
            if len(set(names)) < len(names):
                raise ValueError(f"{step} names a provider twice")
        if not (self.translation or self.transcription):
            raise ValueError("translation and transcription are both empty")
        if self.transcription and not self.text:
            raise ValueError("text is empty: nobody would translate what is transcribed")
        return self

    def steps(self) -> Iterator[tuple[str, tuple[TextEntry, ...]]]:
        """Yield the steps by name, with their providers."""
        yield "translation", self.translation
        yield "transcription", self.transcription
        yield "text", self.text

    @classmethod
    def read(cls, text: str, *, path: str, known: frozenset[str] = frozenset()) -> "ProviderList":
        """Return the list that is the value of the SSM parameter ``path``.

        Keys are below that path, or in the parameters ``known``: nothing else may be read by the
        functions. Raises WrongList.
        """
        try:
            found = cls.model_validate_json(text)
        except ValidationError as error:
            raise WrongList("; ".join(_told(one) for one in error.errors())) from None
        for name, server in found.providers.items():
            key = server.key_parameter
            if key and key not in known and not key.startswith(f"{path}/"):
                raise WrongList(f"providers.{name}.keyParameter: it must begin with {path}/")
        return found


def _told(error: Any) -> str:
    """Return what is wrong, without the value: somebody may have put a key there."""
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg']}" if place else str(error["msg"])
