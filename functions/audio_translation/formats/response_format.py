"""The formats that a translation comes back in."""

from enum import StrEnum


class ResponseFormat(StrEnum):
    """How the translation comes back; OpenAI's names."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"

    @property
    def extension(self) -> str:
        """Of a file in this format, without the dot."""
        return {"text": "txt", "verbose_json": "json"}.get(self.value, self.value)


def any_case(value: object) -> object:
    """Take the name of a format however it is written."""
    if isinstance(value, str) and value.lower() in set(ResponseFormat):
        return ResponseFormat(value.lower())
    return value
