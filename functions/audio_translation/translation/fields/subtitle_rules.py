"""The rules of subtitles that a request may ask for: a style, and figures that replace its own."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from audio_translation.errors import InvalidRequest
from audio_translation.formats.rules.layout_rules import Rules
from audio_translation.formats.rules.styles import Style, columns_each, rules_of
from audio_translation.translation.fields.plain_words import refusal, told
from audio_translation.translation.fields.text_values import (
    NUMBER,
    WHOLE_NUMBER,
    is_blank,
    stripped,
)

_FEWEST_IN_A_CUE = 10
"""Characters that can be read in the longest time; with fewer there is no text to lay out."""


def style_named(value: object) -> object:
    """Return a ``Style`` of its name in any case; raises PydanticCustomError for another name."""
    name = stripped(value)
    if name is None or isinstance(name, Style):
        return name
    if not isinstance(name, str) or name.lower() not in set(Style):
        raise refusal(f"it must be one of {', '.join(Style)}")
    return Style(name.lower())


class SubtitleRules(BaseModel):
    """Rules of subtitles; what is left out is the style's.

    Characters of Chinese, Japanese and Korean are wide ones; others count half of one there.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    style: Annotated[Style, BeforeValidator(style_named)] | None = None
    """Named rules: `default`, or those of `netflix`, `bbc`, `youtube`, or `social` video."""

    max_line_length: Annotated[int, Field(ge=10, le=100), WHOLE_NUMBER] | None = None
    """Most characters of a line."""

    max_lines: Annotated[int, Field(ge=1, le=4), WHOLE_NUMBER] | None = None
    """Most lines of a subtitle; a source and its translation always have one each."""

    min_seconds: Annotated[float, Field(ge=0.2, le=5, allow_inf_nan=False), NUMBER] | None = None
    """Least time on screen."""

    max_seconds: Annotated[float, Field(ge=1, le=30, allow_inf_nan=False), NUMBER] | None = None
    """Most time on screen."""

    max_chars_per_second: (
        Annotated[float, Field(ge=2, le=60, allow_inf_nan=False), NUMBER] | None
    ) = None
    """Most characters a second, spaces included, where speech leaves time for it."""

    min_gap_seconds: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NUMBER] | None = None
    """Least time between two subtitles."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_values(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not is_blank(value)}

    @model_validator(mode="after")
    def _agree(self) -> "SubtitleRules":
        """Refuse figures that contradict each other, or the style's."""
        rules, style = self.rules(None), (self.style or Style.DEFAULT).value
        if rules.shortest > rules.longest:
            told_of = ["minSeconds", "maxSeconds"]
            given = [self.min_seconds, self.max_seconds]
            which = [
                name if value is not None else f"{name} of the style {style}"
                for name, value in zip(told_of, given, strict=True)
            ]
            raise refusal(f"{which[0]} must not be more than {which[1]}")
        if rules.longest * rules.speed < 1000 * _FEWEST_IN_A_CUE:
            raise refusal(
                f"in maxSeconds at maxCharsPerSecond at least {_FEWEST_IN_A_CUE} characters must"
                " be read"
            )
        return self

    def rules(self, language: str | None) -> Rules:
        """Return the rules of a layout in a language, as OpenAI names it; None if not known."""
        style = rules_of(self.style or Style.DEFAULT, language)
        each = columns_each(language)
        asked: dict[str, Any] = {
            "line": self.max_line_length and self.max_line_length * each,
            "lines": self.max_lines,
            "shortest": _milliseconds(self.min_seconds),
            "longest": _milliseconds(self.max_seconds),
            "speed": self.max_chars_per_second and self.max_chars_per_second * each,
            "gap": _milliseconds(self.min_gap_seconds),
        }
        if self.max_chars_per_second:
            asked["word_time"] = 0
        return style.but(**{name: value for name, value in asked.items() if value is not None})

    def over(self, defaults: "SubtitleRules | None") -> "SubtitleRules":
        """Return these rules, with those of ``defaults`` that are not asked for.

        A style of its own replaces all of them. Raises InvalidRequest if they contradict these.
        """
        if defaults is None or self.style is not None:
            return self
        fields = defaults.model_dump(by_alias=True, exclude_none=True)
        return subtitle_rules(fields | self.model_dump(by_alias=True, exclude_none=True))


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _from_text(value: object) -> object:
    """Return the object of a text: JSON, or the name of a style alone."""
    text = stripped(value)
    if isinstance(text, Style) or not isinstance(text, str):
        return value if not isinstance(text, Style) else {"style": text}
    if not text.startswith("{"):
        return {"style": text}
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refusal("it must be a JSON object, or the name of a style") from None


SubtitleField = Annotated[SubtitleRules, BeforeValidator(_from_text)]
"""The rules as an object, as its JSON text, or as the name of a style."""

_RULES: TypeAdapter[SubtitleRules] = TypeAdapter(SubtitleField)


def subtitle_rules(given: object) -> SubtitleRules:
    """Return the rules that are asked for by themselves; raises InvalidRequest."""
    try:
        return _RULES.validate_python(given)
    except ValidationError as error:
        raise _refused(error) from None


def default_rules(setting: str) -> SubtitleRules | None:
    """Return the rules that the operator has set, None if nothing is; raises InvalidRequest."""
    return subtitle_rules(setting) if setting else None


def _refused(error: ValidationError) -> InvalidRequest:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "subtitles"
    return InvalidRequest(f"{name}: {told(first)}", param=name)
