"""The form of transcriptions: its lists, whatever a client calls their parts, and our options."""

import pytest

from audio_translation.errors import InvalidRequest
from audio_translation.http_api.forms.multipart_form import Form
from audio_translation.http_api.forms.transcription_form import (
    TranscriptionForm,
    transcription_schema,
)


def read(*parts: tuple[str, str], model: str = "whisper-1") -> TranscriptionForm:
    named = (("model", model), *parts)
    return TranscriptionForm.of(Form([*named], None))


@pytest.mark.parametrize(
    "names",
    [
        ("timestamp_granularities[]", "timestamp_granularities[]"),
        ("timestamp_granularities", "timestamp_granularities"),
        ("timestamp_granularities[0]", "timestamp_granularities[1]"),
    ],
)
def test_a_list_may_be_sent_in_three_ways(names: tuple[str, str]) -> None:
    sent = [("response_format", "verbose_json"), (names[0], "word"), (names[1], "segment")]
    assert read(*sent).options.timestamp_granularities == ("word", "segment")


def test_an_empty_field_is_left_out() -> None:
    names = ("language", "prompt", "temperature", "include[]", "stream", "chunking_strategy")
    assert read(*((name, "") for name in names)) == read()


def test_the_options_are_those_of_a_transcription() -> None:
    sent = [("language", "Spanish"), ("keywords[]", "Ñu"), ("track", "2"), ("temperature", "0.5")]
    options = read(*sent).options
    assert options.transcribe
    assert (options.source_language, options.keywords, options.track) == ("es", ("Ñu",), "2")
    assert (options.temperature, options.model, options.target_language) == (0.5, "whisper-1", "en")


@pytest.mark.parametrize("stream", ["true", "True", "1"])
def test_whoever_wants_a_stream_is_told_that_there_is_none(stream: str) -> None:
    with pytest.raises(InvalidRequest, match="not streamed") as raised:
        read(("stream", stream))
    assert raised.value.param == "stream"


def test_errors_have_the_forms_names() -> None:
    with pytest.raises(InvalidRequest, match=r"^language: ") as raised:
        _ = read(("language", "klingon")).options
    assert raised.value.param == "language"


def test_the_schema_names_lists_as_clients_send_them() -> None:
    properties = transcription_schema("#/components/schemas/{model}")["properties"]
    assert next(iter(properties)) == "file"
    assert {"include[]", "keywords[]", "languages[]"} <= set(properties)
    assert "include" not in properties
