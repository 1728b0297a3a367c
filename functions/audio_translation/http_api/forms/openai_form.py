"""The form of OpenAI's `/v1/audio/translations`, without its file."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.translation.request import TranslationOptions, invalid_request

_NAMES = {
    "channelNames": "channel_names",
    "speakerNames": "speaker_names",
    "maxCostUsd": "max_cost_usd",
}
"""Our names of fields that have another one in this form."""


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

    track: Annotated[str | None, Field(max_length=35)] = None
    """Audio track of a file that has several: its number from 1, or its language. Not OpenAI's."""

    channels: Annotated[str | None, Field(max_length=20)] = None
    """`separate` keeps the two sides of a stereo recording apart. Not OpenAI's."""

    channel_names: Annotated[str | None, Field(max_length=200)] = None
    """What the sides are called in subtitles, with a comma: `Agent,Customer`. Not OpenAI's."""

    speakers: Annotated[str | None, Field(max_length=20)] = None
    """Tells who speaks: how many there are, or `auto`. Not OpenAI's."""

    speaker_names: Annotated[str | None, Field(max_length=1_000)] = None
    """What they are called, with commas, in the order in which they first speak. Not OpenAI's."""

    include: tuple[Literal["source", "words"], ...] = ()
    """What is added to segments and answers, as in `POST /translate`. Not OpenAI's."""

    subtitles: Annotated[str | None, Field(max_length=1000)] = None
    """Rules of subtitles: the name of a style such as `netflix`, or JSON. Not OpenAI's."""

    max_cost_usd: Annotated[str | None, Field(max_length=30)] = None
    """Most dollars that the audio may cost; with more, nothing is paid: 402. Not OpenAI's."""

    @classmethod
    def of(cls, fields: Mapping[str, str], include: Sequence[str] = ()) -> "OpenAIRequest":
        """Read the fields of a form; an empty one is left out. Raises InvalidRequest.

        ``include`` has the values of the list, whose parts have several names.
        """
        given = {name: value for name, value in fields.items() if value}
        try:
            return cls.model_validate({**given, "include": include})
        except ValidationError as error:
            raise invalid_request(error.errors(), cls) from None

    @property
    def options(self) -> TranslationOptions:
        """Return the same as the options of this service; raises InvalidRequest."""
        fields = {
            "model": self.model,
            "prompt": self.prompt,
            "responseFormat": self.response_format,
            "temperature": self.temperature,
            "track": self.track,
            "channels": self.channels,
            "channelNames": self.channel_names,
            "speakers": self.speakers,
            "speakerNames": self.speaker_names,
            "include": self.include,
            "subtitles": self.subtitles,
            "maxCostUsd": self.max_cost_usd,
        }
        try:
            return TranslationOptions.model_validate(fields)
        except ValidationError as error:
            wrong = invalid_request(error.errors())
            raise in_words_of_form(wrong, _NAMES) from None


def in_words_of_form(wrong: InvalidRequest, names: Mapping[str, str]) -> InvalidRequest:
    """Return an error about one of our fields with its name in a form, where ``names`` has it."""
    name = names.get(wrong.param or "", wrong.param)
    return InvalidRequest(wrong.message.replace(f"{wrong.param}:", f"{name}:"), param=name)


FILE = {
    "type": "string",
    "format": "binary",
    "description": "The audio file, of at most about 4.5 MB; its bytes tell what it is.",
}
"""The JSON schema of a form's file."""


def form_schema(refs: str) -> dict[str, Any]:
    """Return the form's JSON schema, the file included; ``refs`` is a template with ``{model}``."""
    schema = OpenAIRequest.model_json_schema(ref_template=refs)
    schema.pop("$defs", None)
    schema["properties"]["include[]"] = schema["properties"].pop("include")
    schema["properties"] = {"file": FILE, **schema["properties"]}
    schema["required"] = ["file", *schema["required"]]
    return schema
