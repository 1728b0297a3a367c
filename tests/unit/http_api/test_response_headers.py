"""The headers with which a translation tells what served it, and how well."""

from email.utils import parsedate_to_datetime

import pytest

from audio_translation.http_api.response_headers import DESCRIBED, response_headers
from audio_translation.transcript import ServedBy
from audio_translation.translation.models import model_named


def test_a_model_that_ends_says_when_in_the_forms_of_both_rfcs() -> None:
    headers = response_headers(
        model_named("whisper-1"), ServedBy("whisper-1"), untranslated_segments=0, warnings=0
    )
    model = model_named("whisper-1")
    assert headers["Sunset"] == "Fri, 26 Feb 2027 00:00:00 GMT"
    assert parsedate_to_datetime(headers["Sunset"]).date() == model.ends
    assert headers["Deprecation"].startswith("@")
    assert int(headers["Deprecation"][1:]) % 86_400 == 0
    assert int(headers["Deprecation"][1:]) < parsedate_to_datetime(headers["Sunset"]).timestamp()


def test_a_model_that_nobody_knows_has_no_end_and_what_served_is_told() -> None:
    served = ServedBy("a, b", "one, other")
    headers = response_headers(model_named("own"), served, untranslated_segments=0, warnings=0)
    assert headers == {"X-Model": "a, b", "X-Provider": "one, other"}


@pytest.mark.parametrize("name", ["a\r\nX: 1", "ñ", "a\0b", 'a"b%'])
def test_a_name_cannot_become_another_header(name: str) -> None:
    headers = response_headers(
        model_named("own"), ServedBy(name, name), untranslated_segments=0, warnings=0
    )
    for value in (headers["X-Model"], headers["X-Provider"]):
        assert value.isascii()
        assert value.isprintable()


def test_untranslated_segments_are_told_if_there_are_any() -> None:
    headers = response_headers(
        model_named("whisper-1"),
        ServedBy("m", "p"),
        untranslated_segments=3,
        warnings=2,
        job_id="j",
        cached=True,
    )
    assert (headers["X-Untranslated-Segments"], headers["X-Warnings"]) == ("3", "2")
    assert (headers["X-Job-Id"], headers["X-Cached"]) == ("j", "true")
    assert set(headers) == set(DESCRIBED), "and OpenAPI describes all of them"
