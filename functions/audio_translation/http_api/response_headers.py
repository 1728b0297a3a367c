"""Headers of a translation: the model that served, when it ends, what is odd about the text."""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from audio_translation.transcript import ServedBy
from audio_translation.translation.models import Model

_PLAIN = " ,;:/@+-_.~()[]='!*&$#?"
"""Characters that stay unquoted in a model's name, beside letters and digits."""

DESCRIBED = {
    "X-Model": "the model that served; several are separated by commas",
    "X-Provider": "the provider that served; several are separated by commas",
    "Deprecation": "when the end of the model that was asked for was announced (RFC 9745)",
    "Sunset": "the day on which OpenAI does not serve that model any more (RFC 8594)",
    "X-Untranslated-Segments": "how many segments are still in the language spoken",
    "X-Job-Id": "the job inside that has the record; GET /jobs/{id} has its links (record)",
    "X-Cached": "true if it was made for an earlier request of yours, and cost nothing",
    "X-Warnings": "how many warnings the translation has; the JSON formats tell them",
}
"""Their descriptions on the OpenAPI page."""


def response_headers(
    asked: Model,
    served: ServedBy,
    *,
    untranslated_segments: int,
    warnings: int,
    job_id: str | None = None,
    cached: bool = False,
) -> dict[str, str]:
    """Return the headers for a request for the model ``asked``, and with what ``served`` it."""
    headers = {"X-Model": quote(served.model, safe=_PLAIN)}
    if served.provider:
        headers["X-Provider"] = quote(served.provider, safe=_PLAIN)
    if asked.deprecated:
        headers["Deprecation"] = f"@{int(_midnight(asked.deprecated).timestamp())}"
    if asked.ends:
        headers["Sunset"] = format_datetime(_midnight(asked.ends), usegmt=True)
    if untranslated_segments:
        headers["X-Untranslated-Segments"] = str(untranslated_segments)
    if job_id:
        headers["X-Job-Id"] = job_id
    if cached:
        headers["X-Cached"] = "true"
    if warnings:
        headers["X-Warnings"] = str(warnings)
    return headers


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
