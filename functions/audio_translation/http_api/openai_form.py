"""The form of OpenAI's `/v1/audio/translations`, without its file."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.translation.request import TranslationOptions, invalid_request


class OpenAIRequest(BaseModel):
    """Translate the audio file of a form to English; fields that are not known are ignored.

    Source: openai-python 3.54, ``types/audio/translation_create_params.py``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    model: Annotated[str, Field(min_length=1, max_length=200)]
    """One of `GET /v1/models`, or another one that the provider has."""

    prompt: Annotated[str | None, Field(max_length=20_000)] = None
    """English text that guides the style or continues an earlier part."""

    response_format: ResponseFormat = ResponseFormat.JSON
    """How the translation comes back."""

    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    """Sampling temperature from 0 (focused) to 1 (random)."""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "OpenAIRequest":
        """Read the fields of a form; an empty one is left out. Raises InvalidRequest."""
        try:
            return cls.model_validate({name: value for name, value in fields.items() if value})
        except ValidationError as error:
            raise invalid_request(error.errors(), cls) from None

    @property
    def options(self) -> TranslationOptions:
        """Return the same as the options of this service."""
        return TranslationOptions.model_validate(
            {
                "model": self.model,
                "prompt": self.prompt,
                "responseFormat": self.response_format,
                "temperature": self.temperature,
            }
        )


def form_schema(refs: str) -> dict[str, Any]:
    """Return the form's JSON schema, the file included; ``refs`` is a template with ``{model}``."""
    schema = OpenAIRequest.model_json_schema(ref_template=refs)
    schema.pop("$defs", None)
    file = {
        "type": "string",
        "format": "binary",
        "description": "The audio file, of at most about 4.5 MB; its bytes tell what it is.",
    }
    schema["properties"] = {"file": file, **schema["properties"]}
    schema["required"] = ["file", *schema["required"]]
    return schema
