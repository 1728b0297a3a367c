"""The request of the Backendless contract, the same over HTTP and by direct invoke."""

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
"""Characters of an unknown field's name that are repeated to whoever sent it."""


def _format(value: object) -> object:
    found = any_case(value)
    if isinstance(found, str) and not isinstance(found, ResponseFormat):
        names = ", ".join(ResponseFormat)
        raise PydanticCustomError("format", "Input should be one of {names}", {"names": names})
    return found


def _target(tag: str) -> str:
    if code_of(tag) not in NAMES:
        raise PydanticCustomError("language", "Input is not a language that is known here")
    return tag


def _comma_separated(value: object) -> object:
    """Take a list as text: metadata of S3 knows nothing else."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list | tuple):
        raise PydanticCustomError("list", "Input should be a list")
    return tuple(value)


LanguageTag = Annotated[
    str,
    Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    AfterValidator(_target),
]
"""A BCP 47 tag whose language is one of ``languages.NAMES``."""

Keyword = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^<>\r\n]+$")]
"""A name or term, as ``gpt-transcribe`` takes it."""


class TranslationOptions(BaseModel):
    """How an audio file is translated, wherever it comes from."""

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
    """English text that guides the style or continues an earlier part."""

    response_format: Annotated[ResponseFormat, BeforeValidator(_format)] = ResponseFormat.JSON
    """`json`, `text`, `srt`, `verbose_json` or `vtt`, in any case."""

    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0
    """Sampling temperature from 0 (focused) to 1 (random)."""

    save_source: bool = False
    """Keep the audio in the stack's bucket, under the audio folder."""

    target_language: LanguageTag = "en"
    """What to translate to, as a BCP 47 tag: `en`, `de`, `pt-BR`."""

    source_language: LanguageTag | None = None
    """What is spoken, as a BCP 47 tag; a hint. Found out when left out."""

    include: Annotated[
        tuple[Literal["source"], ...], BeforeValidator(_comma_separated), Field(max_length=1)
    ] = ()
    """`["source"]`: what was said and in which language, beside each segment's translation."""

    keywords: Annotated[
        tuple[Keyword, ...], BeforeValidator(_comma_separated), Field(max_length=100)
    ] = ()
    """Names and terms that are spelled as they are here, at most 100."""

    callback_url: Annotated[str | None, Field(max_length=8192)] = None
    """`https://` or `http://` URL that is told when the job ends; it makes the request a job."""

    reference: Annotated[str | None, Field(max_length=2048)] = None
    """Any text of the caller's; its job, that job's callback and that job's event repeat it."""

    @model_validator(mode="before")
    @classmethod
    def _blank_is_left_out(cls, data: object) -> object:
        """Null and the empty string mean the default: form builders send both."""
        if not isinstance(data, Mapping):
            return data
        optional = {field.alias for field in cls.model_fields.values() if not field.is_required()}
        return {k: v for k, v in data.items() if not (k in optional and v in (None, ""))}

    def task(self, default_model: str) -> Task:
        """What an engine is asked for."""
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
        """Whether what was said is shown beside its translation."""
        return "source" in self.include

    @property
    def known(self) -> "TranslationRequest":
        """The request without what a way to ask for it adds."""
        fields = self.model_dump(by_alias=True, include=set(TranslationRequest.model_fields))
        return TranslationRequest.model_validate(fields)


class TranslationRequest(TranslationOptions):
    """Translate one audio file."""

    audio_file_url: Annotated[str, Field(min_length=1, max_length=8192)]
    """Where the audio is: `https://`, `http://`, or `s3://bucket/key` of an allowed bucket."""


class BackendlessRequest(TranslationRequest):
    """The same request from an existing Backendless client: unknown fields are ignored."""

    model_config = ConfigDict(extra="allow")

    @property
    def ignored_fields(self) -> list[str]:
        """The names that were sent and mean nothing here, sorted; the first ten of them."""
        return sorted(name[:_LONGEST_NAME] for name in self.model_extra or {})[:10]


class InvokeRequest(TranslationRequest):
    """The same request by direct invoke, which has no headers for the rest."""

    prefer: Literal["respond-async"] | None = None
    """`respond-async` asks for a job, as the header of this name does over HTTP."""


class JobQuestion(BaseModel):
    """Ask by direct invoke for a job that one made."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)

    job_id: str


def invalid_request(
    errors: Sequence[Mapping[str, Any]], model: type[BaseModel] = TranslationRequest
) -> InvalidRequest:
    """The first of pydantic's errors as an error of the table, without the value that was sent.

    ``model`` is what the request should have been: its fields are the ones that are suggested.
    ``errors`` is what ``pydantic.ValidationError.errors()`` gives, with or without the leading
    part of the request (``"body"``, ``"query"``, ``"header"``) that an HTTP framework adds to
    ``loc``.
    """
    first = errors[0]
    kind = first["type"]
    names = [part for part in first["loc"] if isinstance(part, str)]
    if names and names[0] in _PLACES and (len(names) > 1 or kind != "extra_forbidden"):
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
        return InvalidRequest(f"There is no field {param!r}.{_nearest(param, model)}", param=param)
    return InvalidRequest(f"{param}: {first['msg']}.", param=param)


_PLACES = {"body", "query", "header"}


def _nearest(name: str, model: type[BaseModel]) -> str:
    known = {field.lower(): field for field in map(to_camel, model.model_fields)}
    plain = name.replace("_", "").replace("-", "").lower()
    close = difflib.get_close_matches(plain, known, n=1, cutoff=0)
    return f" The nearest that is known is {known[close[0]]!r}." if close else ""
