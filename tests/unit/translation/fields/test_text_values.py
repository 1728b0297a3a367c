"""What text may stand for, beside the fields of the request in test_request.py."""

from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from audio_translation.translation.fields.text_values import (
    NUMBER,
    WHOLE_NUMBER,
    Flag,
    is_blank,
    stripped,
)

Number = Annotated[float, Field(allow_inf_nan=False), NUMBER]
WholeNumber = Annotated[int, WHOLE_NUMBER]


@pytest.mark.parametrize("value", [None, "", " ", "\ufeff\u200b", "\u00a0\n"])
def test_blanks_are_nothing(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, [], "x", " x"])
def test_what_is_something_is_not_blank(value: object) -> None:
    assert not is_blank(value)


def test_blanks_inside_stay() -> None:
    assert stripped("\t a b\u00a0") == "a b"


@pytest.mark.parametrize(("sent", "size"), [(5, 5), ("5", 5), (" 5.0", 5), (5.0, 5)])
def test_a_whole_number_may_be_text(sent: object, size: int) -> None:
    read = TypeAdapter(WholeNumber).validate_python(sent, strict=True)
    assert (read, type(read)) == (size, int)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (WholeNumber, "5.5"),
        (WholeNumber, True),
        (WholeNumber, "1e400"),
        (Number, "nan"),
        (Number, "inf"),
        (Number, "0x10"),
        (Number, "1_000"),
        (Number, "٣"),
        (Number, "1,000,000"),
        (Number, "9" * 5000),
        (Flag, ""),
        (Flag, None),
        (Flag, 0.5),
        (Flag, "truee"),
    ],
)
def test_what_only_looks_like_one_is_refused(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value, strict=True)
