"""OpenAI's form, in OpenAI's names, and what it asks for in ours."""

import pytest
from openai.types.audio.translation_create_params import TranslationCreateParams

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.forms.openai_form import OpenAIRequest, form_schema


def test_the_fields_are_those_of_openais_client() -> None:
    schema = form_schema("#/components/schemas/{model}")
    ours = {
        *("track", "channels", "channel_names", "include[]", "subtitles"),
        *("speakers", "speaker_names", "max_cost_usd"),
    }
    assert set(schema["properties"]) == {*TranslationCreateParams.__annotations__, *ours}
    assert schema["required"] == ["file", "model"]
    assert schema["properties"]["file"]["format"] == "binary"
    assert "$defs" not in schema


def test_a_form_asks_for_the_same_in_the_words_of_this_service() -> None:
    fields = {"model": "m", "prompt": "Ñ", "response_format": "srt", "temperature": "0.5"}
    fields["timestamp_granularities[]"] = "word"
    options = OpenAIRequest.of(fields, ["source", "words"]).options
    assert options.include == ("source", "words")
    assert (options.model, options.prompt, options.temperature) == ("m", "Ñ", 0.5)
    assert options.response_format is ResponseFormat.SRT


def test_an_empty_field_is_left_out() -> None:
    request = OpenAIRequest.of({"model": "m", "prompt": "", "temperature": ""})
    assert (request.prompt, request.temperature) == (None, 0)
    assert request.response_format is ResponseFormat.JSON


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "model"),
        ({"model": ""}, "model"),
        ({"model": "m", "response_format": "mp3"}, "response_format"),
        ({"model": "m", "temperature": "1.1"}, "temperature"),
        ({"model": "m", "temperature": "nan"}, "temperature"),
        ({"model": "m", "prompt": "x" * 20_001}, "prompt"),
        ({"model": "m", "track": "0"}, "track"),
        ({"model": "m", "channels": "both"}, "channels"),
        ({"model": "m", "channel_names": "Agent"}, "channel_names"),
        ({"model": "m", "speakers": "some"}, "speakers"),
        ({"model": "m", "speaker_names": "x" * 31}, "speaker_names"),
    ],
)
def test_a_wrong_field_is_named_as_openai_names_it(fields: dict[str, str], param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        _ = OpenAIRequest.of(fields).options
    assert raised.value.param == param
