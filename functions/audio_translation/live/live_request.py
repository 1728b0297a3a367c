"""The request that opens a live session: the options of a translation that make sense there."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from audio_translation.translation.fields.plain_words import refusal
from audio_translation.translation.fields.text_values import WHOLE_NUMBER
from audio_translation.translation.request import TranslationOptions, TranslationRequest

LONGEST_MINUTES = 240
"""Of a session: the utterances of four hours can still be read for one answer."""

_SENSELESS = {
    "save_source": "The audio of a live session is not kept: keep it where it is recorded",
    "cache": "Every utterance of a session is its own: leave the field out",
    "track": "An utterance has one track: leave the field out",
    "channels": "The sides of an utterance are not kept apart: open a session for each of them",
    "channel_names": "The sides of an utterance are not kept apart: leave the field out",
    "speakers": "Voices are not told apart over several utterances: leave the field out",
    "speaker_names": "Voices are not told apart over several utterances: leave the field out",
}
"""Options that mean nothing here, and why."""


def _without_senseless(schema: dict[str, Any]) -> None:
    """Leave out of a schema what is always refused."""
    for name in _SENSELESS:
        schema["properties"].pop(str(TranslationOptions.model_fields[name].alias), None)


class LiveRequest(TranslationOptions):
    """Open a live session."""

    model_config = ConfigDict(json_schema_extra=_without_senseless)

    max_minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES), WHOLE_NUMBER] = 60
    """After so many minutes the session ends by itself."""

    @field_validator(*_SENSELESS)
    @classmethod
    def _makes_sense(cls, value: Any, info: ValidationInfo) -> Any:
        name = str(info.field_name)
        if value != cls.model_fields[name].default:
            raise refusal(_SENSELESS[name])
        return value

    def translation_of(self, url: str) -> TranslationRequest:
        """The request of the session's job; ``url`` is where its audio would lie."""
        options = self.model_dump(by_alias=True, include=set(TranslationOptions.model_fields))
        return TranslationRequest.model_validate({**options, "audioFileUrl": url})
