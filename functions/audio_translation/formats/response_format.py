"""The response formats of a translation."""

from enum import StrEnum


class ResponseFormat(StrEnum):
    """The format of a translation, by OpenAI's name."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"

    @property
    def extension(self) -> str:
        """The extension of a file in this format, without the dot."""
        return {"text": "txt", "verbose_json": "json"}.get(self.value, self.value)


def any_case(value: object) -> object:
    """Return the ``ResponseFormat`` of a name in any case; any other value unchanged."""
    if isinstance(value, str) and value.lower() in set(ResponseFormat):
        return ResponseFormat(value.lower())
    return value
