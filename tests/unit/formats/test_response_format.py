"""Formats by OpenAI's names, in any case, and the extensions of their files."""

import pytest

from audio_translation.formats.response_format import ResponseFormat, any_case


def test_files_of_the_formats_have_the_usual_extensions() -> None:
    assert {one.value: one.extension for one in ResponseFormat} == {
        "json": "json",
        "text": "txt",
        "srt": "srt",
        "verbose_json": "json",
        "vtt": "vtt",
        "ttml": "ttml",
        "ass": "ass",
        "csv": "csv",
        "html": "html",
    }


def test_files_beside_a_recording_have_an_extension_for_each_format() -> None:
    extensions = [one.result_extension for one in ResponseFormat]
    assert extensions == ["json", "txt", "srt", "verbose.json", "vtt", "ttml", "ass", "csv", "html"]


@pytest.mark.parametrize("name", ["verbose_json", "VERBOSE_JSON", "Verbose_Json"])
def test_a_name_is_taken_in_any_case(name: str) -> None:
    assert any_case(name) is ResponseFormat.VERBOSE_JSON


@pytest.mark.parametrize("value", ["mp3", "", " json", 7, None, ["json"], {}])
def test_what_is_no_name_stays_as_it_is_for_whoever_refuses_it(value: object) -> None:
    assert any_case(value) is value
