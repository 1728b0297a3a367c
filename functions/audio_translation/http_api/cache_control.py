"""The request header `Cache-Control`, which says the same as the field `cache`."""

from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import BeforeValidator, WithJsonSchema

from audio_translation.translation.fields.cache import NO_STORE, Cache
from audio_translation.translation.request import TranslationOptions

_ANEW = {"no-cache", "max-age=0"}

_Options = TypeVar("_Options", bound=TranslationOptions)

CacheControl = Annotated[
    list[str] | None,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"type": "string"}),
    Header(
        alias="Cache-Control",
        description="`no-cache` asks the provider anew, though the translation of this audio may be"
        " kept; `no-store` keeps nothing of it either. The field `cache` says the same",
    ),
]


def as_header_says(options: _Options, cache_control: list[str] | None) -> _Options:
    """Return the options with what the header says of ``cache``, if it says anything."""
    said = {part.strip() for part in ",".join(cache_control or []).lower().split(",")}
    cache: Cache = NO_STORE if NO_STORE in said else not said & _ANEW
    if cache is True or options.cache == NO_STORE:
        return options
    return options.model_copy(update={"cache": cache})
