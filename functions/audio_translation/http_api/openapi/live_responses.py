"""The responses of the routes of live captions on the OpenAPI page."""

from typing import Any

from audio_translation.http_api.openapi.responses import (
    JSON_OR_TEXTS,
    TRANSLATION,
    WAIT,
    responses,
    schema,
)
from audio_translation.jobs.job_view import JobView
from audio_translation.live.views import SessionView, TranslatedUtterance

LIVE_OPENED: Any = responses(
    "The session; Location is its URL",
    SessionView,
    status=201,
    headers={"Location": "the session's URL"},
    errors={400: "invalid_request or url_not_allowed", 409: "idempotency_conflict"},
)
UTTERANCE: Any = responses(
    "The utterance's text, which does not change any more",
    TranslatedUtterance,
    errors={
        400: "invalid_request or unsupported_audio",
        402: "cost_limit_exceeded",
        409: "live_ended, or idempotency_conflict: the number has other audio, or is being"
        " translated, in which case Retry-After says when to send it again",
        413: "audio_too_large: more than 30 seconds, or more than about 4.5 MB",
        502: "provider_rejected or provider_unavailable",
        503: "provider_quota_exhausted",
        504: "provider_unavailable",
    },
)
_SO_FAR: dict[str, Any] = {
    **JSON_OR_TEXTS,
    "application/json": {
        "schema": {"anyOf": [schema("VerboseTranslation"), schema("SessionList")]}
    },
}
LIVE: Any = {
    **responses("", None, errors={413: "audio_too_large: the text is, for one answer"}),
    200: {
        "description": "All that is said up to now; `json` lists the utterances",
        "headers": TRANSLATION[200]["headers"],
        "content": _SO_FAR,
    },
}
_JOB = {"Location": "the job's URL"}
LIVE_ENDED: Any = {
    **responses("The job, which has ended", JobView, headers=_JOB),
    202: responses("The job, which is about to end", JobView, headers=_JOB | WAIT)[200],
}
