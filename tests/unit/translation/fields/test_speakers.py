"""How many people speak, and what they are called."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from audio_translation.translation.fields.speakers import SpeakerNames, Speakers

SPEAKERS: TypeAdapter[Any] = TypeAdapter(Speakers)
NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(SpeakerNames)


@pytest.mark.parametrize(
    ("given", "meant"), [("auto", "auto"), (" Auto ", "auto"), (2, 2), ("20", 20), (3.0, 3)]
)
def test_a_number_or_auto_may_be_text(given: object, meant: object) -> None:
    assert SPEAKERS.validate_python(given) == meant


@pytest.mark.parametrize("wrong", [0, 21, -1, 1.5, True, "two", "1.5", [], "٣٣٣", "²"])
def test_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError, match="auto, or a number from 1 to 20"):
        SPEAKERS.validate_python(wrong)


def test_names_may_come_as_a_list_or_as_text() -> None:
    assert NAMES.validate_python("Ann, Bob") == NAMES.validate_python(["Ann", "Bob"])
    with pytest.raises(ValidationError):
        NAMES.validate_python(["x"] * 21)
