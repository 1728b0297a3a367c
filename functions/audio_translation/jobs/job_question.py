"""What a direct invoke asks about a job that an earlier one made."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from audio_translation.translation.fields.subtitle_rules import SubtitleField
from audio_translation.translation.fields.text_values import STRIPPED, AnswerFormat


class JobQuestion(BaseModel):
    """A direct invoke that asks for one of the caller's jobs."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)

    job_id: Annotated[str, STRIPPED]

    response_format: AnswerFormat | None = None
    """The text of a job that has ended, in this format, instead of the job."""

    subtitles: SubtitleField | None = None
    """The text laid out by these rules; in the job's own format if no other is asked for."""
