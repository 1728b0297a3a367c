"""The fields of a translation request, the same over HTTP and by direct invoke."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat, any_case
from audio_translation.languages import NAMES, code_of
from audio_translation.translation.engine import Task

_LONGEST_NAME = 100
"""Most characters of an unknown field's name in an error message."""


def _format(value: object) -> object:
    """Return a ``ResponseFormat``; raises PydanticCustomError for another name."""
    found = any_case(value)
    if isinstance(found, str) and not isinstance(found, ResponseFormat):
        names = ", ".join(ResponseFormat)
        raise PydanticCustomError("format", "Input should be one of {names}", {"names": names})
    return found


def _known_language(tag: str) -> str:
    """Return the tag; raises PydanticCustomError if its language is not known."""
    if code_of(tag) not in NAMES:
        raise PydanticCustomError("language", "Input is not a language that is known here")
    return tag


def _comma_separated(value: object) -> object:
    """Return a tuple of a list or of comma-separated text, as in the metadata of S3 objects."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list | tuple):
        raise PydanticCustomError("list", "Input should be a list")
    return tuple(value)


LanguageTag = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    AfterValidator(_known_language),
]
"""A BCP 47 tag whose language is one of ``languages.NAMES``."""

Keyword = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^<>\r\n]+$")]
"""A name or term of ``gpt-transcribe``'s parameter ``keywords``."""


class TranslationOptions(BaseModel):
    """The options of a translation, without the source of the audio."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    model: Annotated[str | None, Field(max_length=200)] = None
    """The provider's model; the stack's default model when left out."""

    prompt: Annotated[str | None, Field(max_length=20_000)] = None
    """Text that guides the style or continues an earlier part; in English for one step."""

    response_format: Annotated[ResponseFormat, BeforeValidator(_format)] = ResponseFormat.JSON
    """How the translation comes back; the name in any case."""

    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    """Sampling temperature from 0 (focused) to 1 (random)."""

    save_source: bool = False
    """Keep the audio in the stack's bucket, under the audio folder."""

    target_language: LanguageTag = "en"
    """Language of the translation as a BCP 47 tag: `en`, `de`, `pt-BR`."""

    source_language: LanguageTag | None = None
    """Language that is spoken, as a BCP 47 tag; a hint. Detected when left out."""

    include: Annotated[
        tuple[Literal["source"], ...], BeforeValidator(_comma_separated), Field(max_length=1)
    ] = ()
    """`["source"]` adds the source text and its language to each segment."""

    keywords: Annotated[
        tuple[Keyword, ...], BeforeValidator(_comma_separated), Field(max_length=100)
    ] = ()
    """Names and terms whose spelling is kept, at most 100."""

    callback_url: Annotated[str | None, Field(max_length=8192)] = None
    """`https://` or `http://` URL that is called when the job ends; it makes the request a job."""

    reference: Annotated[str | None, Field(max_length=2048)] = None
    """Any text; it is returned with the job and sent with the job's callback and event."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_values(cls, data: object) -> object:
        """Drop null and empty strings of optional fields: form builders send them for defaults."""
        if not isinstance(data, Mapping):
            return data
        optional = {field.alias for field in cls.model_fields.values() if not field.is_required()}
        return {k: v for k, v in data.items() if not (k in optional and v in (None, ""))}

    def task(self, default_model: str) -> Task:
        """Return the engine's task, with ``default_model`` if the request names no model."""
        return Task(
            model=self.model or default_model,
            prompt=self.prompt,
            temperature=self.temperature,
            target=self.target_language,
            source=self.source_language,
            keywords=self.keywords,
            with_source=self.with_source,
        )

    @property
    def with_source(self) -> bool:
        """Whether the source text is shown with its translation."""
        return "source" in self.include

    @property
    def known(self) -> "TranslationRequest":
        """The request without the fields of subclasses."""
        fields = self.model_dump(by_alias=True, include=set(TranslationRequest.model_fields))
        return TranslationRequest.model_validate(fields)


class TranslationRequest(TranslationOptions):
    """Translate one audio file."""

    audio_file_url: Annotated[str, Field(min_length=1, max_length=8192)]
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

    prefer: Literal["respond-async"] | None = None
    """`respond-async` makes the request a job, like the HTTP header `Prefer`."""


class JobQuestion(BaseModel):
    """A direct invoke that asks for one of the caller's jobs."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)

    job_id: str


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
    param = names[0][:_LONGEST_NAME] if names else None
    if param is None:
        required = [str(f.alias) for f in model.model_fields.values() if f.is_required()]
        return InvalidRequest(
            f"The request must be a JSON object with {' and '.join(required)} ({first['msg']})."
        )
    if kind == "missing":
        return InvalidRequest(f"{param} is required.", param=param)
    if kind == "extra_forbidden":
        return InvalidRequest(
            f"There is no field {param!r}.{_suggestion(param, model)}", param=param
        )
    return InvalidRequest(f"{param}: {first['msg']}.", param=param)


_REQUEST_PARTS = {"body", "query", "header"}


def _suggestion(name: str, model: type[BaseModel]) -> str:
    known = {field.lower(): field for field in map(to_camel, model.model_fields)}
    plain = name.replace("_", "").replace("-", "").lower()
    close = difflib.get_close_matches(plain, known, n=1, cutoff=0)
    return f" The nearest that is known is {known[close[0]]!r}." if close else ""
