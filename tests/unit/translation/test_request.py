"""The request of the contract: names, types, defaults, and what an error says."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.translation.request import (
    BackendlessRequest,
    InvokeRequest,
    TranslationRequest,
    invalid_request,
)

URL = "https://example.com/a.mp3"


def refused(event: object) -> tuple[str | None, str]:
    with pytest.raises(ValidationError) as raised:
        TranslationRequest.model_validate(event)
    error = invalid_request(raised.value.errors())
    return error.param, error.message


def test_only_the_url_is_required_and_the_rest_has_the_documented_defaults() -> None:
    request = TranslationRequest.model_validate({"audioFileUrl": URL})
    assert request.model_dump(by_alias=True) == {
        "audioFileUrl": URL,
        "model": None,
        "prompt": None,
        "responseFormat": "json",
        "temperature": 0,
        "saveSource": False,
        "record": None,
        "targetLanguage": "en",
        "sourceLanguage": None,
        "include": (),
        "keywords": (),
        "track": None,
        "channels": "mixed",
        "channelNames": ("Left", "Right"),
        "speakers": None,
        "speakerNames": (),
        "transcribe": False,
        "timestampGranularities": ("segment",),
        "subtitles": None,
        "maxCostUsd": None,
        "cache": True,
        "callbackUrl": None,
        "reference": None,
    }


@pytest.mark.parametrize("name", list(ResponseFormat))
def test_a_format_is_known_in_any_case(name: ResponseFormat) -> None:
    for spelling in (name.value, name.value.upper(), name.value.title()):
        event = {"audioFileUrl": URL, "responseFormat": spelling}
        assert TranslationRequest.model_validate(event).response_format is name


@pytest.mark.parametrize(
    "field",
    [
        "model", "prompt", "responseFormat", "temperature", "saveSource", "callbackUrl",
        "reference",
    ],
)  # fmt: skip
@pytest.mark.parametrize("blank", [None, ""])
def test_null_and_the_empty_string_mean_the_default(field: str, blank: object) -> None:
    plain = TranslationRequest.model_validate({"audioFileUrl": URL})
    assert TranslationRequest.model_validate({"audioFileUrl": URL, field: blank}) == plain


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audioFileUrl", None),
        ("audioFileUrl", ""),
        ("audioFileUrl", 7),
        ("audioFileUrl", [URL]),
        ("audioFileUrl", "https://example.com/" + "a" * 9000),
        ("model", 7),
        ("model", "m" * 201),
        ("prompt", {"text": "x"}),
        ("responseFormat", "mp3"),
        ("responseFormat", 1),
        ("responseFormat", ["json"]),
        ("temperature", "0.5 degrees"),
        ("temperature", "1.5"),
        ("temperature", True),
        ("temperature", -0.1),
        ("temperature", 1.01),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("saveSource", "perhaps"),
        ("saveSource", 2),
        ("saveSource", []),
        ("reference", 7),
        ("reference", "r" * 2049),
        ("track", "0"),
        ("track", "100"),
        ("track", 1.5),
        ("track", "first one"),
        ("track", True),
        ("track", "es" + "-abc" * 9),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    param, message = refused({"audioFileUrl": URL, field: value})
    assert param == field
    assert field in message


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("audioFileURL", "audioFileUrl"),
        ("audio_file_url", "audioFileUrl"),
        ("response_format", "responseFormat"),
        ("format", "responseFormat"),
        ("savesource", "saveSource"),
        ("temprature", "temperature"),
        ("promt", "prompt"),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_known_one(unknown: str, nearest: str) -> None:
    param, message = refused({"audioFileUrl": URL, unknown: "x"})
    assert param == unknown
    assert repr(nearest) in message


@pytest.mark.parametrize("event", [None, [], "text", 7, True])
def test_an_event_that_is_no_object_is_refused(event: object) -> None:
    param, message = refused(event)
    assert param is None
    assert "JSON object" in message


def test_an_error_does_not_repeat_the_value_that_was_sent() -> None:
    secret = "https://example.com/a.mp3?X-Amz-Signature=abc" + "c" * 9000
    assert "Signature" not in refused({"audioFileUrl": secret})[1]


def test_the_backendless_request_ignores_unknown_fields_and_lists_them() -> None:
    event: dict[str, Any] = json.loads('{"audioFileUrl": "u", "zebra": 1, "language": "es"}')
    assert BackendlessRequest.model_validate(event).ignored_fields == ["language", "zebra"]


def test_a_backendless_request_is_known_without_its_ignored_fields() -> None:
    fields = {"audioFileUrl": URL, "responseFormat": "SRT", "language": "es", "prompt": "x"}
    known = BackendlessRequest.model_validate(fields).known
    del fields["language"]
    assert known == TranslationRequest.model_validate(fields)
    assert type(known) is TranslationRequest


def test_a_request_is_stored_and_read_again_as_it_was() -> None:
    request = TranslationRequest.model_validate(
        {"audioFileUrl": URL, "responseFormat": "verbose_json", "temperature": 0.2, "prompt": "ñ"}
    )
    assert TranslationRequest.model_validate_json(request.model_dump_json(by_alias=True)) == request


@pytest.mark.parametrize("place", ["body", "query", "header"])
def test_an_error_names_the_field_and_not_the_place_that_it_came_in(place: str) -> None:
    error = invalid_request([{"loc": (place, "limit"), "type": "int_parsing", "msg": "No int"}])
    assert (error.param, error.message) == ("limit", "limit: it must be a whole number.")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("json", "json"),
        ("verbose_json", "json"),
        ("text", "txt"),
        ("srt", "srt"),
        ("vtt", "vtt"),
        ("html", "html"),
    ],
)
def test_every_format_has_the_extension_that_players_expect(name: str, extension: str) -> None:
    assert ResponseFormat(name).extension == extension


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "responseFormat",
            "xml",
            "it must be one of json, text, srt, verbose_json, vtt, ttml, ass, csv, html.",
        ),
        (
            "targetLanguage",
            "Germn",
            "this is not a language that is known here. Did you mean de (German)?",
        ),
        (
            "sourceLanguage",
            "xx",
            "this is not a language that is known here. Send its code or its English name, such as"
            " de or German.",
        ),
        ("keywords", 5, "it must be a list, or text with commas."),
        ("keywords", ["a<b"], "a keyword must not have <, > or line breaks in it."),
        ("keywords", ["x" * 101], "it may have at most 100 characters."),
        ("keywords", [7], "it must be text."),
        ("keywords", ["x"] * 101, "it may have at most 100 entries."),
        ("include", ["target"], "it must be 'source' or 'words'."),
        ("include", ["source"] * 3, "it may have at most 2 entries."),
        (
            "track",
            "first one",
            "it must be the number of a track, from 1 to 99, or its language, such as es.",
        ),
        ("temperature", "hot", "it must be a number."),
        ("temperature", True, "it must be a number."),
        ("temperature", float("inf"), "it must be a number."),
        ("temperature", "2", "it must be at most 1."),
        ("temperature", -1, "it must be at least 0."),
        ("saveSource", "perhaps", "it must be true or false."),
        ("model", 7, "it must be text."),
        ("model", "m" * 201, "it may have at most 200 characters."),
        ("audioFileUrl", " ", "it must not be empty."),
        ("audioFileUrl", None, "it must be text."),
        ("prompt", "\ud800", "it has characters that are no valid Unicode."),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_contract(
    field: str, value: object, said: str
) -> None:
    assert refused({"audioFileUrl": URL, field: value}) == (field, f"{field}: {said}")


@pytest.mark.parametrize("name", ["body", "query", "header"])
def test_a_field_may_be_called_like_a_part_of_a_request(name: str) -> None:
    param, message = refused({"audioFileUrl": URL, name: 1})
    assert param == name
    assert message.startswith(f"There is no field {name!r}.")


@pytest.mark.parametrize(
    ("field", "sent", "meant"),
    [
        ("audioFileUrl", f" \n{URL}\u200b\t", URL),
        ("callbackUrl", f"{URL} ", URL),
        ("model", " whisper-1\n", "whisper-1"),
        ("responseFormat", " SRT ", "srt"),
        ("temperature", "0", 0.0),
        ("temperature", " 0.5 ", 0.5),
        ("temperature", "0,5", 0.5),
        ("temperature", ".5", 0.5),
        ("temperature", "1e-1", 0.1),
        ("saveSource", "true", True),
        ("saveSource", " TRUE ", True),
        ("saveSource", "1", True),
        ("saveSource", 1, True),
        ("saveSource", "on", True),
        ("saveSource", "false", False),
        ("saveSource", "0", False),
        ("saveSource", "No", False),
        ("include", "source", ("source",)),
        ("include", '["source"]', ("source",)),
        ("include", [" source "], ("source",)),
        ("include", "source, words", ("source", "words")),
        ("include", "[]", ()),
        ("keywords", "Ada, Bob ,", ("Ada", "Bob")),
        ("keywords", '["a, b", "c"]', ("a, b", "c")),
        ("keywords", "[sic], x", ("[sic]", "x")),
        ("targetLanguage", " german ", "de"),
        ("sourceLanguage", "spa", "es"),
        ("track", " 2 ", "2"),
        ("track", 2, "2"),
        ("track", 2.0, "2"),
        ("track", "Spanish", "es"),
        ("track", "gsw", "gsw"),
        ("reference", " as it is ", " as it is "),
        ("prompt", " as it is ", " as it is "),
    ],
)
def test_what_tools_send_as_text_is_read_as_what_it_means(
    field: str, sent: object, meant: object
) -> None:
    request = TranslationRequest.model_validate({"audioFileUrl": URL, field: sent})
    assert request.model_dump(by_alias=True)[field] == meant


@pytest.mark.parametrize("field", ["model", "temperature", "targetLanguage", "track", "include"])
def test_blanks_alone_mean_the_default(field: str) -> None:
    plain = TranslationRequest.model_validate({"audioFileUrl": URL})
    assert TranslationRequest.model_validate({"audioFileUrl": URL, field: " \t"}) == plain


def test_a_direct_invoke_is_as_tolerant() -> None:
    event = {"audioFileUrl": f" {URL}", "saveSource": "true", "prefer": "respond-async "}
    request = InvokeRequest.model_validate(event)
    assert request.prefer == "respond-async"
    assert request.known == TranslationRequest.model_validate(
        {"audioFileUrl": URL, "saveSource": True}
    )


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (" https://example.com/a.mp3\n", "https://example.com/a.mp3"),
        ("\ufeffs3://bucket/a.mp3", "s3://bucket/a.mp3"),
        (" S3://bucket/ends in a blank ", "S3://bucket/ends in a blank "),
    ],
)
def test_blanks_around_a_url_mean_nothing_but_a_key_may_end_in_one(sent: str, read: str) -> None:
    request = TranslationRequest.model_validate({"audioFileUrl": sent})
    assert request.audio_file_url == read
