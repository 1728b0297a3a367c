"""Options of a recording: where they are looked for, how they are written, what is wrong."""

import json

import pytest

from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.uploads.options import (
    misspelt_in_metadata,
    options_files,
    options_in_file,
    options_in_metadata,
    requested,
)

FORMATS = (ResponseFormat.JSON, ResponseFormat.VTT)


def test_options_are_looked_for_in_the_folder_and_then_in_those_above() -> None:
    assert options_files("uploads/a/b/c.mp3") == [
        "uploads/a/b/translation.json",
        "uploads/a/translation.json",
        "uploads/translation.json",
    ]
    assert options_files("c.mp3") == []


def test_metadata_has_the_fields_of_the_request_with_hyphens() -> None:
    metadata = {
        "response-format": "vtt, SRT",
        "temperature": "0.2",
        "Save-Source": "true",
        "prompt": "=?UTF-8?Q?Jos=C3=A9?=",
        "camera": "left",
        "audio-file-url": "https://elsewhere.example/a.mp3",
    }
    request, formats = requested("s3://b/k", options_in_metadata(metadata), FORMATS)
    assert formats == (ResponseFormat.VTT, ResponseFormat.SRT)
    assert request.audio_file_url == "s3://b/k"
    assert request.response_format is ResponseFormat.VTT
    assert (request.temperature, request.save_source, request.prompt) == (0.2, True, "José")


def test_metadata_is_text_and_read_as_what_it_means() -> None:
    metadata = {
        "temperature": " 0,2",
        "save-source": "yes",
        "target-language": "German",
        "source-language": "pt_BR",
        "keywords": "Ada, Bob",
        "track": " 2",
        "model": " ",
    }
    request, _ = requested("s3://b/k", options_in_metadata(metadata), FORMATS)
    assert (request.temperature, request.save_source) == (0.2, True)
    assert (request.target_language, request.source_language) == ("de", "pt-BR")
    assert (request.keywords, request.track, request.model) == (("Ada", "Bob"), "2", None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_of_options_may_be_as_windows_writes_it(encoding: str) -> None:
    content = json.dumps({"prompt": "José", "saveSource": "true"}, ensure_ascii=False)
    request, _ = requested("s3://b/k", options_in_file(content.encode(encoding)), FORMATS)
    assert (request.prompt, request.save_source) == ("José", True)


@pytest.mark.parametrize("prompt", ["=?none?Q?x?=", "=?UTF-8?B?x?=", "=?UTF-8?Q?=FF?=", "a ? b"])
def test_metadata_that_only_looks_encoded_stays_as_it_is(prompt: str) -> None:
    assert options_in_metadata({"prompt": prompt}) == {"prompt": prompt}


def test_a_file_of_options_has_them_as_json() -> None:
    content = json.dumps({"responseFormat": ["text", "text"], "temperature": 1, "prompt": ""})
    request, formats = requested("s3://b/k", options_in_file(content.encode()), FORMATS)
    assert formats == (ResponseFormat.TEXT,)
    assert (request.temperature, request.prompt) == (1, None)


def test_without_options_the_settings_hold() -> None:
    request, formats = requested("s3://b/k", {}, FORMATS)
    assert formats == FORMATS
    assert request.response_format is ResponseFormat.JSON


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"responseFormat": "mp3"}, "responseFormat"),
        ({"responseFormat": ["vtt", 3]}, "responseFormat"),
        ({"responseFormat": {}}, "responseFormat"),
        ({"temperature": "hot"}, "temperature"),
        ({"tempreature": 1}, "tempreature"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        requested("s3://b/k", options, FORMATS)
    assert raised.value.param == param


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'"vtt"'])
def test_a_file_that_is_no_object_is_no_file_of_options(content: bytes) -> None:
    with pytest.raises(InvalidRequest, match=r"translation\.json"):
        options_in_file(content)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("target-langauge", "target-language"),
        ("targetlanguage", "target-language"),
        ("Target_Language", "target-language"),
        ("target-lang", "target-language"),
        ("source-languge", "source-language"),
        ("responseformat", "response-format"),
        ("response-fromat", "response-format"),
        ("promt", "prompt"),
        ("keyword", "keywords"),
        ("modell", "model"),
        ("callback", "callback-url"),
        ("temprature", "temperature"),
    ],
)
def test_metadata_that_is_nearly_an_option_is_told(name: str, meant: str) -> None:
    (told,) = misspelt_in_metadata({name: "x", "prompt": "P"})
    assert repr(name.lower()) in told
    assert repr(meant) in told
    assert options_in_metadata({name: "x"}) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("author", "camera", "title", "date", "language", "format", "name", "md5chksum", "mtime"),
        *("mode", "uid", "gid", "s3cmd-attrs", "user-agent", "owner", "source", "target", "t", ""),
        *("model", "Target-Language", "response-format", "callback-url", "reference", "track"),
    ],
)
def test_other_metadata_and_options_are_not(name: str) -> None:
    assert misspelt_in_metadata({name: "x"}) == ()


def test_a_long_name_is_told_in_part() -> None:
    (told,) = misspelt_in_metadata({"target-langauge" + "-" * 500: "x"})
    assert len(told) < 300
