"""What the two sides of a recording may be called."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from audio_translation.translation.fields.channel_names import ChannelNames

NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(ChannelNames)


@pytest.mark.parametrize(
    "given", [["Agent", "Customer"], "Agent, Customer", '["Agent", "Customer"]']
)
def test_two_names_may_come_as_a_list_or_as_text(given: Any) -> None:
    assert NAMES.validate_python(given) == ("Agent", "Customer")


@pytest.mark.parametrize(
    "name", ["Kundin Müller", "客户", "O'Neil", "1", "סוכן", "A <b>", "B & C", "Desk: 2"]
)
def test_names_are_of_any_script(name: str) -> None:
    assert NAMES.validate_python([name, "B"]) == (name, "B")


@pytest.mark.parametrize(
    "given",
    [["A"], ["A", "B", "C"], ["A", ""], ["A", "x" * 31], ["A", "客" * 16], ["A", "B\nC"],
     ["A", "B\u202bC"], ["A", 1], 3],
)  # fmt: skip
def test_anything_else_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        NAMES.validate_python(given)
