"""The request of somebody who knows better what was said."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import STRIPPED

_MOST, _MOST_LETTERS = 100, 20_000
"""Segments and characters of one request: a few calls of the text model, made at once."""


class SegmentCorrection(BaseModel):
    """What was said in one segment."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    id: Annotated[int, Field(ge=0, strict=True)]
    """The segment's `id` in `verbose_json`."""

    source: Annotated[str, Field(min_length=1, max_length=5000), STRIPPED]
    """What was said, in the language spoken."""


def _each_once(
    segments: Sequence[SegmentCorrection],
) -> Sequence[SegmentCorrection]:
    if len({segment.id for segment in segments}) < len(segments):
        raise refusal("Each segment may be corrected once in a request")
    if sum(len(segment.source) for segment in segments) > _MOST_LETTERS:
        raise refusal(f"A request may have {_MOST_LETTERS} characters of text; send several")
    return segments


class CorrectionRequest(BaseModel):
    """Correct what was said in some segments of a job, and have these translated again."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    segments: Annotated[
        tuple[SegmentCorrection, ...],
        BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
        Field(min_length=1, max_length=_MOST),
        AfterValidator(_each_once),
    ]
    """The segments and their text, at most 100 with 20,000 characters."""
