"""The form of OpenAI's `/v1/audio/transcriptions`, without its file."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.forms.multipart_form import Form
from audio_translation.http_api.forms.openai_form import FILE, in_words_of_form
from audio_translation.languages import code_named
from audio_translation.translation.fields.keyword import Keyword
from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.request import TranslationOptions, invalid_request

_LISTS = (
    "timestamp_granularities",
    "include",
    "keywords",
    "languages",
    "known_speaker_names",
    "known_speaker_references",
)
_NAMES = {
    "sourceLanguage": "language",
    "timestampGranularities": "timestamp_granularities",
    "responseFormat": "response_format",
    "channelNames": "channel_names",
    "speakerNames": "speaker_names",
    "maxCostUsd": "max_cost_usd",
}
"""Our names of fields whose names are OpenAI's in this form."""
_VAD = "chunking_strategy["
"""What the parts of an object are called in a form: `chunking_strategy[type]`."""


def _refused(message: str) -> BeforeValidator:
    def refuse(_: object) -> object:
        raise refusal(message)

    return BeforeValidator(refuse)


def _without_speakers(value: object) -> object:
    if value == "diarized_json":
        raise refusal("Ask for verbose_json, with speakers=auto; its segments have a speaker")
    return value


def _as_a_whole(stream: bool) -> bool:  # noqa: FBT001
    if stream:
        raise refusal("The answer is not streamed here; leave it out")
    return stream


def _words_alone(included: tuple[str, ...]) -> tuple[str, ...]:
    if set(included) - {"words"}:
        raise refusal("There are no logprobs here; leave it out, or ask for words")
    return included


_NoSpeakers = Annotated[
    tuple[str, ...],
    _refused("Leave it out; speakers=auto tells voices apart, speaker_names names them"),
]


class TranscriptionForm(BaseModel):
    """Write down what is said in an audio file; fields that are not known are ignored.

    Source: openai-python 3.54, ``types/audio/transcription_create_params.py``.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, defer_build=True
    )

    model: Annotated[str, Field(min_length=1, max_length=200)]
    """One of `GET /v1/models`, or another one that the provider has."""

    language: Annotated[str | None, Field(max_length=100)] = None
    """Language that is spoken, `es` or `spanish`; detected when left out."""

    languages: Annotated[tuple[str, ...], Field(max_length=1)] = ()
    """The same; one alone."""

    prompt: Annotated[str | None, Field(max_length=20_000)] = None
    """Text in the language spoken that guides the style or continues an earlier part."""

    keywords: Annotated[tuple[Keyword, ...], Field(max_length=100)] = ()
    """Names and terms whose spelling is kept, where the model takes them (`gpt-transcribe`)."""

    response_format: Annotated[ResponseFormat, BeforeValidator(_without_speakers)] = (
        ResponseFormat.JSON
    )
    """How the transcription comes back."""

    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    """Sampling temperature from 0 (focused) to 1 (random)."""

    timestamp_granularities: tuple[Literal["word", "segment"], ...] = ("segment",)
    """What `verbose_json` has the times of."""

    chunking_strategy: Literal["auto"] = "auto"
    """The audio is always cut at pauses, which are found here; there is nothing to be set."""

    stream: Annotated[bool, AfterValidator(_as_a_whole)] = False
    """The answer comes as a whole."""

    include: Annotated[tuple[str, ...], AfterValidator(_words_alone)] = ()
    """`words` adds the words and their times, which is not OpenAI's; there are no `logprobs`."""

    known_speaker_names: _NoSpeakers = ()
    """Means nothing here: see `speaker_names`."""

    known_speaker_references: _NoSpeakers = ()
    """Means nothing here: see `speakers`."""

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

    subtitles: Annotated[str | None, Field(max_length=1000)] = None
    """Rules of subtitles: the name of a style such as `netflix`, or JSON. Not OpenAI's."""

    max_cost_usd: Annotated[str | None, Field(max_length=30)] = None
    """Most dollars that the audio may cost; with more, nothing is paid: 402. Not OpenAI's."""

    @classmethod
    def of(cls, form: Form) -> "TranscriptionForm":
        """Read a form; an empty field is left out. Raises InvalidRequest."""
        fields: dict[str, Any] = {name: value for name, value in form.fields.items() if value}
        for name in _LISTS:
            fields.pop(name, None)
            if values := form.values(name):
                fields[name] = values
        if any(name.startswith(_VAD) for name in fields):
            fields["chunking_strategy"] = "server_vad"
        try:
            read = cls.model_validate(fields)
        except ValidationError as error:
            raise invalid_request(error.errors(), cls) from None
        if "word" in read.timestamp_granularities and (
            read.response_format is not ResponseFormat.VERBOSE_JSON
        ):
            raise InvalidRequest(
                "timestamp_granularities: The times of words are told in verbose_json alone.",
                param="timestamp_granularities",
            )
        return read

    @property
    def options(self) -> TranslationOptions:
        """Return the same as the options of this service; raises InvalidRequest."""
        language = self.language or next(iter(self.languages), None)
        fields = {
            "transcribe": True,
            "model": self.model,
            "sourceLanguage": language and (code_named(language) or language),
            "prompt": self.prompt,
            "keywords": self.keywords,
            "responseFormat": self.response_format,
            "temperature": self.temperature,
            "timestampGranularities": self.timestamp_granularities,
            "track": self.track,
            "channels": self.channels,
            "channelNames": self.channel_names,
            "speakers": self.speakers,
            "speakerNames": self.speaker_names,
            "include": self.include[:1],
            "subtitles": self.subtitles,
            "maxCostUsd": self.max_cost_usd,
        }
        try:
            return TranslationOptions.model_validate(fields)
        except ValidationError as error:
            raise in_words_of_form(invalid_request(error.errors()), _NAMES) from None


def transcription_schema(refs: str) -> dict[str, Any]:
    """Return the form's JSON schema, the file included; ``refs`` is a template with ``{model}``."""
    schema = TranscriptionForm.model_json_schema(ref_template=refs)
    schema.pop("$defs", None)
    for name in _LISTS:
        schema["properties"][f"{name}[]"] = schema["properties"].pop(name)
    schema["properties"] = {"file": FILE, **schema["properties"]}
    schema["required"] = ["file", *schema["required"]]
    return schema
