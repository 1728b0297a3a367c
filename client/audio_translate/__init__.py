"""A client of the audio translation service: any deployment, or the local one.

    from audio_translate import AudioTranslate

    with AudioTranslate("https://API.execute-api.REGION.amazonaws.com/v1", api_key) as client:
        result = client.translate("talk.mp4", to="de")
        print(result.text)
        result.save("talk.srt")

Times are float seconds of the recording, costs are US dollars. Every error is an
``AudioTranslateError``; those that the service tells have a class for each code.
"""

from audio_translate.batch import Outcome
from audio_translate.client import AudioTranslate
from audio_translate.connection import __version__
from audio_translate.errors import (
    ApiError,
    AudioNotRetrievable,
    AudioTooLarge,
    AudioTranslateError,
    ConfigurationError,
    ConnectionFailed,
    CostLimitExceeded,
    IdempotencyConflict,
    Internal,
    InvalidApiKey,
    InvalidRequest,
    JobCancelled,
    JobNotFinished,
    LiveEnded,
    MethodNotAllowed,
    ModelNotFound,
    NotFound,
    NotWritten,
    ProviderQuotaExhausted,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
    SourceNotReadable,
    Stopped,
    TimedOut,
    UnsupportedAudio,
    UrlNotAllowed,
)
from audio_translate.job import Job, Progress, SpokenLanguage
from audio_translate.options import Options
from audio_translate.result import Result, Segment, Word

__all__ = [
    "ApiError",
    "AudioNotRetrievable",
    "AudioTooLarge",
    "AudioTranslate",
    "AudioTranslateError",
    "ConfigurationError",
    "ConnectionFailed",
    "CostLimitExceeded",
    "IdempotencyConflict",
    "Internal",
    "InvalidApiKey",
    "InvalidRequest",
    "Job",
    "JobCancelled",
    "JobNotFinished",
    "LiveEnded",
    "MethodNotAllowed",
    "ModelNotFound",
    "NotFound",
    "NotWritten",
    "Options",
    "Outcome",
    "Progress",
    "ProviderQuotaExhausted",
    "ProviderRejected",
    "ProviderUnavailable",
    "RateLimited",
    "Result",
    "Segment",
    "SourceNotReadable",
    "SpokenLanguage",
    "Stopped",
    "TimedOut",
    "UnsupportedAudio",
    "UrlNotAllowed",
    "Word",
    "__version__",
]
