"""Names and terms whose spelling is kept."""

import pytest
from pydantic import TypeAdapter, ValidationError

from audio_translation.translation.fields.keyword import Keyword

KEYWORD: TypeAdapter[str] = TypeAdapter(Keyword)


def test_names_of_any_script_are_keywords() -> None:
    assert KEYWORD.validate_python("Zürich 客户") == "Zürich 客户"


@pytest.mark.parametrize("wrong", ["", "a<b", "a\nb", "x" * 101, 7])
def test_what_providers_refuse_is_none(wrong: object) -> None:
    with pytest.raises(ValidationError):
        KEYWORD.validate_python(wrong)
