"""The rows that every SDK runs: what OpenAI documents, what is here, and what a program sees."""

from dataclasses import dataclass, field
from typing import Any

HELLO = {"text": "Hello there."}
HOLA = {"text": "Hola a todos."}


@dataclass(frozen=True)
class Row:
    """``saw`` is what the SDK must see; ``calls`` how many requests it makes for that."""

    name: str
    documented: str
    here: str
    saw: dict[str, Any] = field(default_factory=lambda: HELLO)
    calls: int = 1


SAME = "the same"


def error(kind: str, status: int, code: str | None, param: str | None = None) -> dict[str, Any]:
    return {"error": kind, "status": status, "code": code, "param": param}


def bad(param: str, code: str = "invalid_request") -> dict[str, Any]:
    return error("BadRequestError", 400, code, param)


PLAIN = "text/plain; charset=utf-8"
ROWS = (
    Row("json", '`{"text"}`', SAME),
    Row(
        "verbose_json",
        "language, duration, text, segments",
        SAME,
        {
            "language": "english",
            "duration": 5.525,
            "text": "Hello there.",
            "segment": {
                "id": 0,
                "seek": 0,
                "start": 0.05,
                "end": 2.0,
                "text": " Hello there.",
                "tokens": [50364, 7],
                "temperature": 0.0,
                "avg_logprob": -0.25,
                "compression_ratio": 1.5,
                "no_speech_prob": 0.01,
            },
        },
    ),
    Row("text", "the text and a line end", SAME, {"text": "Hello there.\n"}),
    Row(
        "srt",
        "SubRip",
        "the same; cues are laid out by us: two lines of 42 characters",
        {"text": "1\n00:00:00,050 --> 00:00:02,000\nHello there.\n"},
    ),
    Row(
        "vtt",
        "WebVTT",
        "the same; cues are laid out by us",
        {"text": "WEBVTT\n\n00:00:00.050 --> 00:00:02.000\nHello there.\n"},
    ),
    Row(
        "ttml, ass and csv",
        "400",
        "[the text](formats.md), as plain text like srt",
        {"ttml": "<?xml versi", "ass": "[Script Inf", "csv": "start,end,t"},
        calls=3,
    ),
    Row(
        "words of a translation",
        "none",
        "`include[]=words`: words, and that their times are estimated",
        {"words": ["Hello", "there"], "estimated": True},
    ),
    Row(
        "content types",
        "JSON, or plain text for text, srt and vtt",
        SAME,
        {
            "json": "application/json",
            "verbose_json": "application/json",
            "text": PLAIN,
            "srt": PLAIN,
            "vtt": PLAIN,
        },
        calls=5,
    ),
    Row("file as a path", "taken", SAME),
    Row("file as bytes", "taken", SAME),
    Row("file as a stream", "taken", SAME),
    Row("file with a name", "taken", SAME),
    Row(
        "file name without an extension",
        "400: the extension decides the format",
        "taken: the bytes decide",
    ),
    Row("prompt and temperature", "reach the model", SAME, {"text": "echo: Ñu 0.5"}),
    Row("fields that are not documented", "ignored", SAME),
    Row("unknown response_format", "400", "the same; names the field", bad("response_format")),
    Row("no model", "400", "the same; names the field", bad("model")),
    Row("temperature out of range", "400", "the same; names the field", bad("temperature")),
    Row(
        "no audio",
        "400, no code",
        "400, `unsupported_audio`, says what it is",
        bad("file", "unsupported_audio"),
    ),
    Row("an empty file", "400", "400, `unsupported_audio`", bad("file", "unsupported_audio")),
    Row(
        "wrong key",
        "401, `invalid_api_key`",
        SAME,
        error("AuthenticationError", 401, "invalid_api_key"),
    ),
    Row(
        "4.5 to 10 MB",
        "taken",
        "413, `audio_too_large`; names `POST /uploads`, which takes 5 GB",
        {**error("APIStatusError", 413, "audio_too_large"), "names POST /uploads": True},
    ),
    Row(
        "over 10 MB",
        "taken; 413 above 25 MiB",
        "413 without a code: API Gateway's own words in plain text; use `POST /uploads`",
        {
            **error("APIStatusError", 413, None),
            "says": "HTTP content length exceeded 10485760 bytes.",
        },
    ),
    Row(
        "unknown model",
        "404, `model_not_found`",
        "the same, or another model answers: `ReplaceRetiredModels`",
        error("NotFoundError", 404, "model_not_found", "model"),
    ),
    Row("unknown route", "404", "404, `not_found`", error("NotFoundError", 404, "not_found")),
    Row(
        "provider fails",
        "500 or 503",
        "502, `provider_rejected` or `provider_unavailable`",
        error("InternalServerError", 502, "provider_rejected"),
    ),
    Row(
        "provider has no credit",
        "429, `insufficient_quota`, of the caller's own account",
        "503, `provider_quota_exhausted`: it is the operator's",
        error("InternalServerError", 503, "provider_quota_exhausted"),
    ),
    Row("client's time-out", "raised by the SDK", SAME, {"error": "APITimeoutError"}),
    Row("retry after a 5xx", "made by the SDK", SAME, calls=2),
    Row("retry after a 429", "made by the SDK as `Retry-After` says", SAME, calls=2),
    Row("request id", "`x-request-id`", "the same; it is also the id of a job", {"same": True}),
    Row("base URL that ends with a slash", "the SDK joins with one slash", SAME),
    Row(
        "models",
        "`GET /v1/models`",
        "the models that are configured, and those known that have not ended",
        {"whisper-1": True},
    ),
    Row(
        "one model",
        "`GET /v1/models/{model}`",
        SAME,
        {"id": "whisper-1", "object": "model", "owned_by": "audio-translation"},
    ),
    Row(
        "no such model",
        "404, `model_not_found`",
        SAME,
        error("NotFoundError", 404, "model_not_found", "model"),
    ),
    Row(
        "transcription: json",
        '`{"text"}`, in the language spoken',
        SAME,
        HOLA,
    ),
    Row(
        "transcription: verbose_json",
        "task, language, duration, text, segments",
        SAME,
        {
            "language": "spanish",
            "duration": 5.525,
            **HOLA,
            "words": None,
            "segment": {"start": 0.05, "end": 2.0, "text": " Hola a todos."},
        },
    ),
    Row(
        "transcription: words",
        "`timestamp_granularities[]=word`: words with their times, no segments",
        "the same, for every model",
        {"words": ["Hola", "a", "todos"], "in order": True, "segments": None},
    ),
    Row(
        "transcription: srt",
        "SubRip",
        "the same; cues are laid out by us",
        {"text": "1\n00:00:00,050 --> 00:00:02,000\nHola a todos.\n"},
    ),
    Row("transcription: language", "told to the model", SAME, {"text": "language es"}),
    Row("transcription: temperature and prompt", "reach the model", SAME, {"text": "echo: Ñu 0.5"}),
    Row(
        "transcription: stream",
        "events; ignored for `whisper-1`",
        "400; names the field",
        bad("stream"),
    ),
    Row(
        "transcription: diarized_json",
        "speakers, of `gpt-4o-transcribe-diarize`",
        "400; names the field",
        bad("response_format"),
    ),
    Row(
        "transcription: include logprobs",
        "logprobs, of `gpt-4o-transcribe`",
        "400; names the field",
        bad("include"),
    ),
    Row(
        "transcription: unknown language",
        "400",
        "the same; names the field",
        bad("language"),
    ),
    Row(
        "rate limit",
        "429; `Retry-After`",
        SAME,
        {**error("RateLimitError", 429, "rate_limited"), "retry-after": True},
        calls=2,
    ),
)
