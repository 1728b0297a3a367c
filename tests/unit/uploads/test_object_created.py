"""Which objects are recordings, and the ids of their jobs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_translation.aws.bucket_keys import is_output, kept_folder, result_path
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.uploads.object_created import ObjectCreated, Recording

keys = st.text(min_size=1, max_size=60).filter(lambda key: not key.endswith("/"))


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
    "key", ["audio/2026/11/22/x/a.mp3", f"{kept_folder('a')}a.mp3", "uploads/a/"]
)
def test_saved_and_kept_sources_and_folders_are_no_recordings(key: str) -> None:
    assert not created(key, source="audio-translation.backfill").is_recording("audio")


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
