"""Headers of a translation: the model that served, when it ends, what is untranslated."""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from audio_translation.translation.models import model_named

_PLAIN = " ,;:/@+-_.~()[]='!*&$#?"
"""Characters that stay unquoted in a model's name, beside letters and digits."""

DESCRIBED = {
    "X-Model": "the model that served; several are separated by commas",
    "Deprecation": "when the end of the model that was asked for was announced (RFC 9745)",
    "Sunset": "the day on which OpenAI does not serve that model any more (RFC 8594)",
    "X-Untranslated-Segments": "how many segments are still in the language spoken",
}
"""Their descriptions on the OpenAPI page."""


def response_headers(asked: str, served: str, *, untranslated_segments: int) -> dict[str, str]:
    """Return the headers for a request for the model ``asked`` that the model ``served``."""
    model = model_named(asked)
    headers = {"X-Model": quote(served, safe=_PLAIN)}
    if model.deprecated:
        headers["Deprecation"] = f"@{int(_midnight(model.deprecated).timestamp())}"
    if model.ends:
        headers["Sunset"] = format_datetime(_midnight(model.ends), usegmt=True)
    if untranslated_segments:
        headers["X-Untranslated-Segments"] = str(untranslated_segments)
    return headers


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
