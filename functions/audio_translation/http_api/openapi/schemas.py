"""Models that only the OpenAPI page knows, beside those of the routes.

Nothing is made from them: the formats write their JSON themselves. The contract tests hold every
answer against the page, so neither can change alone.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from audio_translation.engines.chain.provider_states import ProviderStates
from audio_translation.http_api.forms.openai_form import FILE
from audio_translation.http_api.openapi.examples import PRACTICE
from audio_translation.http_api.openapi.responses import schema
from audio_translation.jobs.job_view import JobView, SpokenLanguage
from audio_translation.live.views import SessionList

ALWAYS_WHOLE = ("ModelView", "ModelList", "Upload")
"""Models of answers that have all of their fields in every answer, those with defaults too."""


_LEFT_OUT_IF_EMPTY = (
    "Translation",
    "VerboseTranslation",
    "TranslatedSegment",
    "TimedWord",
    "PracticedWord",
    "TranslatedUtterance",
    "SessionUtterance",
)


class _Documented(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class TimedWord(_Documented):
    """A word and its times, in seconds."""

    word: str
    start: float
    end: float
    estimated: bool | None = None
    """True if the times are by the word's share of its segment; left out where they were heard."""
    channel: int | None = None
    """The side of a stereo recording, 0 or 1; with `"channels": "separate"`."""


class Translation(_Documented):
    """The answer in `json`."""

    text: str
    """The whole translation."""
    warnings: list[str] | None = None
    """Sentences about what is lost, guessed or odd; left out where there are none."""
    words: list[TimedWord] | None = None
    """With `"include": ["words"]`."""


class TranslatedSegment(_Documented):
    """A part of the translation and its times on the media player's clock, in seconds."""

    id: int
    seek: int
    start: float
    end: float
    text: str
    tokens: list[int]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float
    source: str | None = None
    """What was said; with `"include": ["source"]`, where it is known."""
    spoken: str | None = None
    """The name of the language it was said in; with `"include": ["source"]`, where it is known."""
    untranslated: bool | None = None
    """True if the text is still in the language spoken; left out otherwise."""
    channel: int | None = None
    """The side of a stereo recording, 0 or 1; with `"channels": "separate"`."""
    words: list[TimedWord] | None = None
    """With `"include": ["words"]`."""
    speaker: str | None = None
    """Who says it, with `speakers`; left out where that could not be told."""


class VerboseTranslation(_Documented):
    """The answer in `verbose_json`: OpenAI's fields, then ours, which are left out if empty."""

    task: Literal["translate", "transcribe"]
    language: str
    """The name of the language of the text, such as `english`."""
    duration: float
    """Of the audio, in seconds."""
    text: str
    """The whole translation."""
    words: list[TimedWord] | None = None
    """With `"include": ["words"]`, and of a transcription whose words' times were asked for."""
    segments: list[TranslatedSegment] | None = None
    """Left out only where the times of words alone were asked for."""
    languages: list[SpokenLanguage] | None = None
    """Those spoken and their shares of the spoken time, where the model tells them."""
    warnings: list[str] | None = None
    """Sentences about what is lost, guessed or odd."""
    model: str | None = None
    """The model that served; several are separated by commas."""
    provider: str | None = None
    """The provider that served, likewise."""
    cached: bool | None = None
    """True if it was made for an earlier request and cost nothing; left out otherwise."""


class Health(_Documented):
    """The function answers; nothing behind it was asked."""

    status: Literal["ok"]


class JobEnded(_Documented):
    """What a `callbackUrl` gets when the job has ended."""

    type: Literal["translation.succeeded", "translation.failed", "translation.cancelled"]
    timestamp: datetime
    """When the job ended."""
    data: JobView
    """The job as `GET /jobs/{id}` shows it."""


def with_documented_models(made: dict[str, Any]) -> dict[str, Any]:
    """Return the page's schemas with those of this module, and with what pydantic cannot say."""
    models = (Translation, VerboseTranslation, SessionList, JobEnded, Health, ProviderStates)
    _, own = models_json_schema(
        [(model, "validation") for model in models], ref_template=schema("{model}")["$ref"]
    )
    schemas: dict[str, Any] = own["$defs"] | made
    for name in (*_LEFT_OUT_IF_EMPTY, "ErrorEnvelope"):
        for field in schemas[name]["properties"].values():
            _never_null(field)
    for name in ALWAYS_WHOLE:
        schemas[name]["required"] = list(schemas[name]["properties"])
    schemas["TranslationForm"] = _as_form(schemas["TranslationRequest"])
    schemas["PracticeForm"] = _as_form(schemas["PracticeRequest"])
    for name, value in PRACTICE.items():
        schemas["PracticeForm"]["properties"][name] |= {"example": value}
    schemas["JobStatus"]["enum"].append("canceled")  # for poll=operation, in place of cancelled
    schemas["JobView"]["properties"]["error"] = {"anyOf": [schema("ErrorDetail"), {"type": "null"}]}
    return schemas


def _as_form(request: dict[str, Any]) -> dict[str, Any]:
    """Return the model of a form with the same fields, and a file in place of the URL."""
    needed = [name for name in request["required"] if name != "audioFileUrl"]
    return {
        **{name: part for name, part in request.items() if name != "required"},
        **({"required": needed} if needed else {}),
        "description": "The same as a form, with a `file` or an `audioFileUrl`.",
        "properties": {"file": FILE, **request["properties"]},
    }


def _never_null(field: dict[str, Any]) -> None:
    """Have a field left out where it is empty, and not null."""
    if "anyOf" in field:
        (kind,) = (one for one in field.pop("anyOf") if one != {"type": "null"})
        field.pop("default", None)
        field |= kind
