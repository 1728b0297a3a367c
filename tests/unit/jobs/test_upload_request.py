"""The request of POST /uploads: names and types of any kind, and the translation it becomes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from audio_translation.aws.bucket_keys import job_of_source, source_key
from audio_translation.aws.save_source import safe_name
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.translation.request import TranslationOptions, TranslationRequest

BLANKS = " \t\r\n\v\f\u00a0\u200b\u2060\ufeff"

any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)


def request(**fields: object) -> UploadRequest:
    return UploadRequest.model_validate({"fileName": "a.mp3", "size": 1, **fields})


@given(name=any_text)
def test_every_name_gives_a_key_that_the_rule_knows_and_a_type_that_a_header_takes(
    name: str,
) -> None:
    made = request(fileName=name)
    key = source_key("7", safe_name(name, made.extension))
    assert re.fullmatch(r"jobs/7/source/[A-Za-z0-9._-]{1,80}", key)
    assert job_of_source(key) == "7"
    assert request(contentType=made.mime).mime == made.mime


@given(value=any_text)
def test_a_type_that_is_taken_has_nothing_that_ends_a_header(value: str) -> None:
    try:
        mime = request(contentType=value).mime
    except ValidationError:
        return
    assert mime == (value.strip(BLANKS) or "audio/mpeg")
    assert re.fullmatch(r"[\t -~]+", mime)
    assert "/" in mime


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.m4a", "audio/mp4"),
        ("a.OGG", "audio/ogg"),
        ("a.flac", "audio/flac"),
        ("a.mkv", "video/x-matroska"),
        ("a.opus", "audio/opus"),
        ("a.xyz", "application/octet-stream"),
        ("mp3", "application/octet-stream"),
        ("a.tar.gz", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_extension_on_every_machine(name: str, mime: str) -> None:
    assert request(fileName=name).mime == mime


def test_an_upload_has_all_the_options_of_a_translation_but_no_url() -> None:
    options = set(TranslationOptions.model_fields)
    assert set(UploadRequest.model_fields) == options | {"file_name", "size", "content_type"}
    assert set(TranslationRequest.model_fields) == options | {"audio_file_url"}


def test_it_becomes_the_translation_that_was_asked_for() -> None:
    made = request(prompt="Ñ", responseFormat="SRT", temperature=0.5).translation_of("s3://b/k")
    assert made == TranslationRequest.model_validate(
        {"audioFileUrl": "s3://b/k", "prompt": "Ñ", "responseFormat": "srt", "temperature": 0.5}
    )
