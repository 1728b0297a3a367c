"""The fields of a request to practice: a recording, and what is to be said in it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from audio_translation.languages import code_of
from audio_translation.translation.engine import Task
from audio_translation.translation.fields.language_tag import LanguageTag
from audio_translation.translation.fields.text_values import (
    LISTED,
    STRIPPED,
    STRIPPED_URL,
    is_blank,
)

LONGEST_TEXT = 5_000
"""Characters: what is said in five minutes."""


class PracticeOptions(BaseModel):
    """What is to be said, without the source of the audio.

    There is no prompt and there are no keywords: a provider that is told what to expect writes it
    down, said or not.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    expected_text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    """What is to be said, up to 5,000 characters. The provider is not told."""

    language: LanguageTag
    """Its language: `es`, `pt-BR`, `Spanish`."""

    model: Annotated[str, Field(max_length=200), STRIPPED] | None = None
    """The provider's model; the stack's default model when left out."""

    include: Annotated[tuple[Literal["understood"], ...], LISTED, Field(max_length=1)] = ()
    """`understood` adds what was understood in English, which takes a second call."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_values(cls, data: object) -> object:
        """Drop null and blank text of optional fields: form builders send them for defaults."""
        if not isinstance(data, Mapping):
            return data
        optional = {field.alias for field in cls.model_fields.values() if not field.is_required()}
        return {k: v for k, v in data.items() if not (k in optional and is_blank(v))}

    def task(self, default_model: str) -> Task:
        """Return the engine's task, with ``default_model`` if the request names no model."""
        return Task(
            model=self.model or default_model,
            source=self.language,
            transcribe=True,
            with_words=True,
        )

    @property
    def is_english(self) -> bool:
        """Whether what is said is English already."""
        return code_of(self.language) == "en"

    @property
    def with_understood(self) -> bool:
        """Whether a second call is to tell what was understood in English."""
        return "understood" in self.include


class PracticeRequest(PracticeOptions):
    """Compare one recording with a text."""

    audio_file_url: Annotated[str, Field(min_length=1, max_length=8192), STRIPPED_URL]
    """Where the recording is: `https://`, `http://`, or `s3://bucket/key` of an allowed bucket."""
