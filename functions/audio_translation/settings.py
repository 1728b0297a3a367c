"""The operator's settings: environment variables, read once at a cold start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _comma_separated(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


class Settings(BaseModel):
    """Each field is read from the environment variable with its name in upper case."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")

    default_model: str = "whisper-1"
    """Model for requests that name none."""

    provider_base_url: Annotated[str, Field(pattern=r"^https?://[^@?#\s]+$")] = (
        "https://api.openai.com/v1"
    )
    """OpenAI, or any server with the same `/audio/translations`."""

    provider_max_audio_bytes: Annotated[int, Field(gt=0)] = 26_214_400
    """Largest file that the provider takes in one call (OpenAI: 25 MiB)."""

    price_per_minute_usd: Annotated[float, Field(ge=0)] = 0.006
    """Price of one minute of audio, for models without a price in docs/models.md.

    Only the `EstimatedDollars` metric, a job's `estimatedDollars` and the bounds of costs use it.
    """

    max_cost_usd: Annotated[float, Field(ge=0)] = 0
    """Most that the audio of a request may cost, for requests without `maxCostUsd`. 0: no bound."""

    max_cost_usd_per_key_per_day: Annotated[float, Field(ge=0)] = 0
    """Most that the audio of one API key may cost on one day (UTC). 0: no bound."""

    api_key_parameter: str = "/audio-translation/openai-api-key"
    """Name of the SSM SecureString parameter that holds the provider's key."""

    transcription_model: str = "gpt-transcribe"
    """Model for requests that need another language or the source text, or name a retired model."""

    speaker_model: str = ""
    """Model for requests with `speakers` that name none which tells speakers apart. Empty: none."""

    transcription_base_url: Annotated[str, Field(pattern=r"^(https?://[^@?#\s]+)?$")] = ""
    """Server with `/audio/transcriptions`. Empty: the provider's."""

    transcription_api_key_parameter: str = ""
    """SSM SecureString parameter that holds that server's key.

    Empty: the provider's key for the provider's own server, no key for another server.
    """

    text_model: str = "gpt-6-luna"
    """Text model that translates transcriptions."""

    text_base_url: Annotated[str, Field(pattern=r"^(https?://[^@?#\s]+)?$")] = ""
    """Server with `/responses` for the text model. Empty: the provider's."""

    text_api_key_parameter: str = ""
    """SSM SecureString parameter that holds that server's key. Empty: as for transcription."""

    providers_parameter: Annotated[str, Field(pattern=r"^(/[\w./-]+)?$")] = ""
    """SSM parameter with a list of providers for each step, as JSON: docs/providers.md.

    Empty: one provider for each step, which the settings above say.
    """

    replace_retired_models: bool = True
    """Whether `transcription_model` takes the place of retired models."""

    api_key_cache_seconds: Annotated[int, Field(ge=0, le=300)] = 300
    """How long a key is used before SSM is asked again."""

    bucket: str = ""
    """The stack's bucket; `saveSource` writes there. Empty: nothing can be saved."""

    audio_folder: str = "audio"
    """Folder in the bucket for saved sources."""

    allowed_buckets: Annotated[tuple[str, ...], BeforeValidator(_comma_separated)] = ()
    """Further buckets, comma separated, that `s3://` URLs may name."""

    allowed_origins: Annotated[tuple[str, ...], BeforeValidator(_comma_separated)] = ()
    """Origins, comma separated, whose pages may call the API from a browser. `*` allows all."""

    max_audio_bytes: Annotated[int, Field(gt=0)] = 104_857_600
    """Largest file that is downloaded for a translation while the caller waits."""

    fetch_connect_seconds: Annotated[float, Field(gt=0)] = 5
    """How long a host may take to accept a connection."""

    fetch_total_seconds: Annotated[float, Field(gt=0)] = 20
    """How long the whole download may take, redirects included."""

    fetch_allow_loopback: bool = False
    """For development on one machine only: URLs may name loopback addresses, on any port."""

    direct_max_seconds: Annotated[int, Field(gt=0)] = 7200
    """Longest audio that is translated while the caller waits, if it fits the request's time.

    Longer audio, and what turns out not to fit, becomes a job.
    """

    job_table: str = ""
    """The stack's DynamoDB table of jobs. Empty: there are no jobs."""

    job_function: str = ""
    """ARN of the alias of the function that runs jobs. Empty: nothing becomes a job."""

    job_retention_days: Annotated[int, Field(gt=0)] = 7
    """How long a job and its texts are kept after the job was made."""

    max_job_audio_bytes: Annotated[int, Field(gt=0)] = 5_000_000_000
    """Largest file that a job downloads."""

    max_job_audio_hours: Annotated[float, Field(gt=0)] = 10
    """Longest audio that a job translates."""

    chunk_target_seconds: Annotated[int, Field(gt=0)] = 150
    """Greatest length of the chunks that are aimed at; each is one call to the provider."""

    job_concurrency: Annotated[int, Field(gt=0)] = 24
    """Calls to the provider that one job, or one request, makes at the same time."""

    max_jobs_at_once: Annotated[int, Field(ge=0)] = 4
    """Jobs that run at the same time; others wait for their turn. 0: any number."""

    job_call_seconds: Annotated[float, Field(gt=0)] = 240
    """How long a job waits for one chunk's translation before it is tried again later."""

    webhook_secret_parameter: str = "/audio-translation/webhook-secret"  # noqa: S105  a name
    """Name of the SSM SecureString parameter that callbacks are signed with (`whsec_...`)."""

    event_bus: str = "default"
    """EventBridge bus that gets an event when a job has succeeded or failed."""

    upload_bucket: str = ""
    """Your own bucket whose `uploads/` is translated, in addition to the stack's."""

    upload_formats: Annotated[
        tuple[
            Literal["json", "text", "srt", "verbose_json", "vtt", "ttml", "ass", "csv", "html"], ...
        ],
        BeforeValidator(_comma_separated),
        Field(min_length=1),
    ] = ("json", "vtt")
    """Formats, comma separated, in which translations of uploaded recordings are saved."""

    subtitles: Annotated[str, Field(pattern=r"^([a-z]+|\{.*\})?$")] = ""
    """Rules of subtitles for requests that ask for none: a style's name, or JSON of `subtitles`."""

    upload_jobs_at_once: Annotated[int, Field(gt=0)] = 3
    """Uploaded recordings that are translated at the same time; others wait in the queue."""

    records: Literal["off", "on", "all"] = "off"
    """Signed records: for no job, for those whose request has `record`, or for all others, too."""

    record_key: str = ""
    """The KMS key that signs records: its ARN, its id or an alias. Empty: there are none."""

    keep_answers: Literal["on", "off"] = "on"
    """Whether translations are kept, so that the same audio again costs nothing; `off`: none is."""

    work_folder: Path = Path("/tmp/audio-translation")  # noqa: S108  Lambda's only writable disk
    """Folder of the audio that is being translated. Emptied at a cold start."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings that ``environ`` holds; raises ``pydantic.ValidationError``."""
        names = {name: name.upper() for name in cls.model_fields}
        return cls.model_validate({f: environ[e] for f, e in names.items() if e in environ})
