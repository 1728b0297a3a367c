"""What the header `Cache-Control` of a request says of kept answers."""

import pytest

from audio_translation.http_api.cache_control import as_header_says
from audio_translation.translation.request import TranslationOptions


@pytest.mark.parametrize(
    ("sent", "cache"),
    [
        (None, True),
        (["max-age=3600"], True),
        (["no-cache"], False),
        (["max-age=0"], False),
        (["max-age=60, No-Cache"], False),
        (["no-cache, no-store"], "no-store"),
        (["no-cache", "no-store"], "no-store"),
    ],
)
def test_the_header_asks_for_what_the_field_asks_for(sent: list[str] | None, cache: object) -> None:
    assert as_header_says(TranslationOptions(), sent).cache == cache


def test_the_stricter_of_header_and_field_counts() -> None:
    asked = TranslationOptions.model_validate({"cache": "no-store"})
    assert as_header_says(asked, ["no-cache"]).cache == "no-store"
    asked = TranslationOptions.model_validate({"cache": "false"})
    assert as_header_says(asked, ["max-age=9"]).cache is False
    assert as_header_says(asked, ["no-store"]).cache == "no-store"
