"""The field `cache`."""

import pytest
from pydantic import TypeAdapter, ValidationError

from audio_translation.translation.fields.cache import CacheField

FIELD: TypeAdapter[object] = TypeAdapter(CacheField)


@pytest.mark.parametrize(
    ("sent", "is_read"),
    [(True, True), (False, False), ("false", False), (0, False), (" No-Store ", "no-store")],
)
def test_it_may_be_text_as_tools_send_it(sent: object, is_read: object) -> None:
    assert FIELD.validate_python(sent) == is_read


@pytest.mark.parametrize("sent", ["no-cache", 2, [], None])
def test_anything_else_is_refused_in_words(sent: object) -> None:
    with pytest.raises(ValidationError, match="it must be true, false or no-store"):
        FIELD.validate_python(sent)
