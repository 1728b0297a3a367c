"""The fields of a translation request, the same over HTTP and by direct invoke."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.formats.rules.layout_rules import DEFAULT, Rules
from audio_translation.languages import code_of
from audio_translation.translation.engine import Task
from audio_translation.translation.fields.cache import CacheField
from audio_translation.translation.fields.channel_names import ChannelNames
from audio_translation.translation.fields.keyword import Keyword
from audio_translation.translation.fields.language_tag import AudioTrack, LanguageTag
from audio_translation.translation.fields.plain_words import nearest, refusal, told
from audio_translation.translation.fields.speakers import SpeakerNames, Speakers
from audio_translation.translation.fields.subtitle_rules import SubtitleField, SubtitleRules
from audio_translation.translation.fields.text_values import (
    CHOICE,
    LISTED,
    NUMBER,
    STRIPPED,
    STRIPPED_URL,
    AnswerFormat,
    Flag,
    is_blank,
)

_LONGEST_NAME = 100
"""Most characters of an unknown field's name in an error message."""


class TranslationOptions(BaseModel):
    """The options of a translation, without the source of the audio."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    model: Annotated[str, Field(max_length=200), STRIPPED] | None = None
    """The provider's model; the stack's default model when left out."""

    prompt: Annotated[str | None, Field(max_length=20_000)] = None
    """Text that guides the style or continues an earlier part; in English for one step."""

    response_format: AnswerFormat = ResponseFormat.JSON
    """How the translation comes back; the name in any case."""

    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NUMBER] = 0
    """Sampling temperature from 0 (focused) to 1 (random)."""

    save_source: Flag = False
    """Keep the audio in the stack's bucket, under the audio folder."""

    record: Flag | None = None
    """Sign a record of the source and of every output; it makes the request a job."""

    transcribe: Flag = False
    """Write down what is said, in the language spoken, instead of translating it."""

    target_language: LanguageTag = "en"
    """Language of the translation: `en`, `de`, `pt-BR`; also by its English name or its own."""

    source_language: LanguageTag | None = None
    """Language that is spoken, named in the same ways; a hint. Detected when left out."""

    track: AudioTrack | None = None
    """Audio track of a file that has several: its number from 1, or its language (`es`)."""

    channels: Annotated[Literal["mixed", "separate"], CHOICE] = "mixed"
    """`separate` keeps the two sides of a stereo recording apart, such as those of a call."""

    channel_names: ChannelNames = ("Left", "Right")
    """What the two sides are called in subtitles: `["Agent", "Customer"]`."""

    speakers: Speakers | None = None
    """Tells who speaks: how many there are, or `auto`; needs a model that can tell them apart."""

    speaker_names: SpeakerNames = ()
    """What they are called, in the order in which they first speak; else `Speaker 1` and so on."""

    include: Annotated[tuple[Literal["source", "words"], ...], LISTED, Field(max_length=2)] = ()
    """`source` adds to segments what was said, and its language; `words` those and their times."""

    keywords: Annotated[tuple[Keyword, ...], LISTED, Field(max_length=100)] = ()
    """Names and terms whose spelling is kept, at most 100."""

    timestamp_granularities: Annotated[tuple[Literal["segment", "word"], ...], LISTED] = (
        "segment",
    )
    """What `verbose_json` has the times of; `word` is for transcriptions (`transcribe`)."""

    subtitles: SubtitleField | None = None
    """Rules of subtitles: an object, or the name of a style such as `netflix`."""

    max_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False), NUMBER] | None = None
    """Most dollars that the audio may cost; with more, nothing is paid and the answer is 402."""

    cache: CacheField = True
    """`false` asks anew for audio whose answer is kept; `no-store` keeps no answer either."""

    callback_url: Annotated[str, Field(max_length=8192), STRIPPED] | None = None
    """`https://` or `http://` URL that is called when the job ends; it makes the request a job."""

    reference: Annotated[str | None, Field(max_length=2048)] = None
    """Any text; it is returned with the job and sent with the job's callback and event."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_values(cls, data: object) -> object:
        """Drop null and blank text of optional fields: form builders send them for defaults."""
        if not isinstance(data, Mapping):
            return data
        optional = {field.alias for field in cls.model_fields.values() if not field.is_required()}
        return {k: v for k, v in data.items() if not (k in optional and is_blank(v))}

    @field_validator("speakers", "target_language", "timestamp_granularities")
    @classmethod
    def _fits_the_rest(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse what another field leaves no sense: the speakers of one side, for example."""
        if info.field_name == "speakers":
            if value is not None and info.data.get("channels") == "separate":
                raise refusal("Sides that are kept separate are told apart; leave one field out")
            return value
        transcribe = info.data.get("transcribe", False)
        if transcribe and info.field_name == "target_language" and code_of(value) != "en":
            raise refusal("A transcription is in the language spoken")
        if not transcribe and "word" in value:
            raise refusal("Only words of a transcription have times")
        return value

    def task(self, default_model: str) -> Task:
        """Return the engine's task, with ``default_model`` if the request names no model."""
        return Task(
            model=self.model or default_model,
            prompt=self.prompt,
            temperature=float(self.temperature),  # an unset one is an int: another key to keep by
            target=self.target_language,
            source=self.source_language,
            keywords=self.keywords,
            with_source=self.with_source,
            with_words=self.with_words,
            track=self.track,
            transcribe=self.transcribe,
            granularities=self.timestamp_granularities,
            speakers=0 if self.speakers == "auto" else self.speakers,
            speaker_names=self.speaker_names,
            separate=self.channels == "separate",
            channel_names=self.channel_names,
        )

    @property
    def with_source(self) -> bool:
        """Whether the source text is shown with its translation."""
        return "source" in self.include

    def rules(self, language: str | None) -> Rules:
        """Return the rules of subtitles in a language, as OpenAI names it."""
        return self.subtitles.rules(language) if self.subtitles else DEFAULT

    def with_subtitles(self, defaults: SubtitleRules | None) -> Self:
        """Return the same with ``defaults`` where no rules are asked for; see ``over``."""
        rules = self.subtitles.over(defaults) if self.subtitles else defaults
        return self.model_copy(update={"subtitles": rules})

    @property
    def with_words(self) -> bool:
        """Whether JSON has the words and their times."""
        return "words" in self.include

    @property
    def known(self) -> "TranslationRequest":
        """The request without the fields of subclasses."""
        fields = self.model_dump(by_alias=True, include=set(TranslationRequest.model_fields))
        return TranslationRequest.model_validate(fields)


class TranslationRequest(TranslationOptions):
    """Translate one audio file."""

    audio_file_url: Annotated[str, Field(min_length=1, max_length=8192), STRIPPED_URL]
    """Where the audio is: `https://`, `http://`, or `s3://bucket/key` of an allowed bucket."""


class BackendlessRequest(TranslationRequest):
    """A request from an existing Backendless client: unknown fields are ignored."""

    model_config = ConfigDict(extra="allow")

    @property
    def ignored_fields(self) -> list[str]:
        """The names of unknown fields that were sent, sorted, at most ten."""
        return sorted(name[:_LONGEST_NAME] for name in self.model_extra or {})[:10]


class InvokeRequest(TranslationRequest):
    """A request by direct invoke, where fields replace HTTP headers."""

    prefer: Annotated[Literal["respond-async"], STRIPPED] | None = None
    """`respond-async` makes the request a job, like the HTTP header `Prefer`."""


def invalid_request(
    errors: Sequence[Mapping[str, Any]], model: type[BaseModel] = TranslationRequest
) -> InvalidRequest:
    """Return InvalidRequest for the first of pydantic's errors, without the value that was sent.

    - ``errors``: from ``pydantic.ValidationError.errors()``. ``loc`` may begin with the part of the
      request (``"body"``, ``"query"``, ``"header"``), as HTTP frameworks have it.
    - ``model``: the expected request; its fields are suggested for unknown ones.
    """
    first = errors[0]
    kind = first["type"]
    names = [part for part in first["loc"] if isinstance(part, str)]
    if names and names[0] in _REQUEST_PARTS and (len(names) > 1 or kind != "extra_forbidden"):
        del names[0]
    param = ".".join(names[: 2 if names[0] in _NESTED else 1])[:_LONGEST_NAME] if names else None
    if param is None:
        required = [str(f.alias) for f in model.model_fields.values() if f.is_required()]
        return InvalidRequest(f"The request must be a JSON object with {' and '.join(required)}.")
    inner = first["loc"][first["loc"].index(names[0]) + 1 :]
    if kind in {"missing", "extra_forbidden"} and inner and names[0] not in _NESTED:
        place = ".".join(map(str, (param, *inner)))[:_LONGEST_NAME]
        fault = "is required" if kind == "missing" else "is no field"
        return InvalidRequest(f"{place} {fault}.", param=param)
    if kind == "missing":
        return InvalidRequest(f"{param} is required.", param=param)
    if kind == "extra_forbidden":
        kinds = SubtitleRules if names[0] in _NESTED and len(names) > 1 else model
        near = nearest(names[-1], map(to_camel, kinds.model_fields))
        return InvalidRequest(f"There is no field {param!r}.{near}", param=param)
    return InvalidRequest(f"{param}: {told(first)}", param=param)


_REQUEST_PARTS = {"body", "query", "header"}
_NESTED = {"subtitles"}
