import pytest

from audio_translate.options import extension_of, fields_of, form_of, formats_of
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.http_api.request_event import _LISTS
from audio_translation.translation.request import TranslationOptions

EVERY = {
    "to": "de",
    "source_language": "es",
    "model": "whisper-1",
    "prompt": "p",
    "temperature": 0.5,
    "transcribe": False,
    "style": "netflix",
    "track": 2,
    "channels": "separate",
    "channel_names": ("A", "B"),
    "speakers": 2,
    "speaker_names": ("A",),
    "include": ["source"],
    "keywords": ["Łódź"],
    "record": True,
    "save_source": True,
    "max_cost_usd": 1.5,
    "cache": False,
    "callback_url": "https://example.com",
    "reference": "r",
}


def test_every_option_is_a_field_of_the_service() -> None:
    known = {field.alias for field in TranslationOptions.model_fields.values()}
    fields = fields_of({**EVERY, "format": "srt,vtt", "name": "a.mp3"})
    assert fields.keys() <= known
    assert known - fields.keys() == {"timestampGranularities"}
    assert fields["responseFormat"] == "srt"
    assert fields["channelNames"] == ["A", "B"]


def test_what_is_none_is_left_out_and_what_is_not_known_may_be_added() -> None:
    fields = fields_of({"to": None, "include": (), "extra": {"timestampGranularities": ["word"]}})
    assert fields == {"responseFormat": "text", "timestampGranularities": ["word"]}


def test_an_option_that_there_is_not_is_an_error() -> None:
    with pytest.raises(TypeError, match="targetLanguage"):
        fields_of({"targetLanguage": "de"})


def test_the_formats_are_those_of_the_service() -> None:
    every = ",".join(ResponseFormat)
    assert formats_of({"format": every}) == tuple(ResponseFormat)
    assert formats_of({"format": ["SRT", "srt", " txt "]}) == ("srt", "text")
    for name in ResponseFormat:
        assert extension_of(name) == ResponseFormat(name).extension
    assert extension_of("verbose_json", ("json", "verbose_json")) == "verbose.json"


@pytest.mark.parametrize("wrong", ["docx", "srt,docx", ","])
def test_another_format_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no format"):
        formats_of({"format": wrong})


def test_a_form_says_the_same_as_json() -> None:
    pairs = form_of(fields_of(EVERY) | {"subtitles": {"maxLines": 1}})
    assert ("channelNames[]", "A") in pairs
    assert ("record", "true") in pairs
    assert ("subtitles", '{"maxLines": 1}') in pairs
    assert {name.removesuffix("[]") for name, _ in pairs if name.endswith("[]")} <= _LISTS
