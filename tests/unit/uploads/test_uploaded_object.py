"""What is a recording, where its results go, and which options it has."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.aws.bucket_keys import is_output, result_path
from audio_translation.errors import InvalidRequest
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.uploads.object_created import ObjectCreated, Recording
from audio_translation.uploads.options import (
    options_files,
    options_in_file,
    options_in_metadata,
    requested,
)

keys = st.text(min_size=1, max_size=60).filter(lambda key: not key.endswith("/"))
FORMATS = (ResponseFormat.JSON, ResponseFormat.VTT)


def created(key: str, *, source: str = "aws.s3", etag: str = "e", again: str = "") -> ObjectCreated:
    detail = {"bucket": {"name": "b"}, "object": {"key": key, "etag": etag}, "again": again}
    return ObjectCreated.model_validate({"source": source, "detail": detail})


@given(key=keys)
def test_what_is_written_beside_a_recording_is_never_a_recording(key: str) -> None:
    for source in ("aws.s3", "audio-translation.backfill"):
        for response_format in ResponseFormat:
            written = f"{result_path(key)}.{response_format.result_extension}"
            assert not created(written, source=source).is_recording("audio")


@given(key=keys)
def test_only_uploads_are_recordings_unless_somebody_asks_for_others(key: str) -> None:
    is_options = key.rpartition("/")[2] == "translation.json"
    assert created(f"uploads/{key}").is_recording("audio") is not is_options
    if not key.startswith("uploads/"):
        assert not created(key).is_recording("audio")
        backfilled = created(key, source="audio-translation.backfill")
        assert backfilled.is_recording("audio") is not (is_options or is_output(key, "audio"))


@pytest.mark.parametrize(
    "key", ["audio/2026/11/22/x/a.mp3", "jobs/a/chunks/00000.flac", "uploads/a/"]
)
def test_kept_sources_chunks_and_folders_are_no_recordings(key: str) -> None:
    assert not created(key, source="audio-translation.backfill").is_recording("audio")


def test_results_have_the_recordings_whole_name_and_an_extension_of_their_own() -> None:
    assert result_path("uploads/a b/c+%ü.mp3") == "translations/a b/c+%ü.mp3"
    assert result_path("calls/c.mp3") == "translations/calls/c.mp3"
    extensions = [one.result_extension for one in ResponseFormat]
    assert extensions == ["json", "txt", "srt", "verbose.json", "vtt"]


def test_a_job_follows_from_the_content_and_from_being_wanted_again() -> None:
    first = Recording(etag="e", modified="2026-11-22T00:00:00+00:00", metadata={})
    one = created("uploads/a.mp3").job_id(first)
    assert one == created("uploads/a.mp3", etag='"e"').job_id(first)
    others = [
        created("uploads/b.mp3").job_id(first),
        created("uploads/a.mp3").job_id(replace(first, etag="f")),
        created("uploads/a.mp3").job_id(replace(first, modified="2026-11-22T00:00:01+00:00")),
        created("uploads/a.mp3", again="1").job_id(first),
    ]
    assert len({one, *others}) == 5
    assert one.startswith("u-")
    assert len(one) <= 64


def test_an_event_of_aws_and_one_of_moto_are_the_same() -> None:
    detail = {"bucket": {"name": "b"}, "object": {"key": "uploads/a.mp3", "eTag": "e"}}
    event = ObjectCreated.model_validate({"source": "aws.s3", "detail": detail})
    assert event == created("uploads/a.mp3")


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
