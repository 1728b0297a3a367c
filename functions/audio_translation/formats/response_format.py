"""The formats that a translation comes back in: names, content types and file extensions."""

from enum import StrEnum


class ResponseFormat(StrEnum):
    """How the translation comes back; the first five are OpenAI's."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"
    TTML = "ttml"
    ASS = "ass"
    CSV = "csv"
    HTML = "html"

    @property
    def content_type(self) -> str:
        """Return the media type, with the charset of texts."""
        return {
            ResponseFormat.JSON: "application/json",
            ResponseFormat.TEXT: "text/plain; charset=utf-8",
            ResponseFormat.SRT: "application/x-subrip; charset=utf-8",
            ResponseFormat.VERBOSE_JSON: "application/json",
            ResponseFormat.VTT: "text/vtt; charset=utf-8",
            ResponseFormat.TTML: "application/ttml+xml; charset=utf-8",
            ResponseFormat.ASS: "text/x-ssa; charset=utf-8",
            ResponseFormat.CSV: "text/csv; charset=utf-8",
            ResponseFormat.HTML: "text/html; charset=utf-8",
        }[self]

    @property
    def extension(self) -> str:
        """Return the extension of a file in this format, without the dot."""
        return {"text": "txt", "verbose_json": "json"}.get(self.value, self.value)

    @property
    def result_extension(self) -> str:
        """Return the same, but another one for each format: for results beside a recording."""
        return "verbose.json" if self is ResponseFormat.VERBOSE_JSON else self.extension


def any_case(value: object) -> object:
    """Return the format of a name in any case; any other value unchanged."""
    if isinstance(value, str) and value.lower() in set(ResponseFormat):
        return ResponseFormat(value.lower())
    return value
