"""``json`` and ``text``."""

import json

from audio_translation.formats.render import render
from audio_translation.formats.response_format import ResponseFormat
from tests.unit.formats.translations import SAID, TWO, text_of, translation


def test_json_is_the_text_alone() -> None:
    rendered = render(translation(*TWO), ResponseFormat.JSON)
    assert rendered.body == {"text": "Good morning. I am looking for the <old> town & its market."}
    assert rendered.content_type == "application/json"
    assert json.loads(rendered.text) == rendered.body


def test_text_is_one_line_with_a_line_end() -> None:
    rendered = render(translation(*TWO), ResponseFormat.TEXT)
    assert rendered.body == "Good morning. I am looking for the <old> town & its market.\n"
    assert rendered.text == rendered.body
    assert rendered.content_type == "text/plain; charset=utf-8"


def test_json_and_text_have_the_translation_alone() -> None:
    for response_format in (ResponseFormat.JSON, ResponseFormat.TEXT):
        assert (
            render(translation(*SAID), response_format, with_source=True).body
            == render(translation(*SAID), response_format).body
        )


def test_silence_is_an_empty_text() -> None:
    assert render(translation(), ResponseFormat.JSON).body == {"text": ""}
    assert text_of(ResponseFormat.TEXT) == "\n"
