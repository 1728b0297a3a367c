"""Jobs as items of the table, and back."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.storage.job_item import from_item, timestamp, to_item, waiting
from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording
from tests.unit.jobs.made_jobs import made

ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=ZONES)
EXPIRES = datetime(2026, 11, 29, tzinfo=UTC)
UPLOAD = UploadedRecording(
    bucket="b", key="uploads/ñ.mp3", version="e 1", formats=(ResponseFormat.VTT,)
)
REQUEST = TranslationRequest.model_validate(
    {"audioFileUrl": "https://a.test/ñ.mp3?x=1", "prompt": "Ñu", "responseFormat": "vtt"}
)


def test_a_new_job_is_read_as_it_was_written() -> None:
    for job in (
        made("one", request=REQUEST, expires=EXPIRES),
        made("two", expires=EXPIRES, kept_until=EXPIRES + timedelta(days=7), upload=UPLOAD),
        made("three", expires=EXPIRES, file_name="¿qué?.mp3"),
    ):
        assert from_item(to_item(job)) == job


def test_a_new_item_has_only_what_a_new_job_has() -> None:
    always = {"id", "owner", "status", "request", "created", "updated", "expires"}
    assert to_item(made("one")).keys() == always
    assert to_item(made("one", kept_until=EXPIRES, upload=UPLOAD)).keys() == always | {
        "kept_until",
        "upload",
    }


def test_what_is_set_later_is_read() -> None:
    error = {"message": "No.", "type": "provider_error", "param": None, "code": "internal"}
    job = from_item(
        {
            **to_item(made("one")),
            "status": {"S": "failed"},
            "chunks": {"N": "2"},
            "chunks_done": {"N": "1"},
            "audio": {"N": "9000"},
            "audio_done": {"N": "4000"},
            "paid": {"N": "5000"},
            "languages": {"S": '[["es", 1.0]]'},
            "error": {"S": json.dumps(error)},
            "partial": {"BOOL": True},
            "warnings": {"L": [{"S": "Two streams."}]},
            "model": {"S": "whisper-1"},
            "begun": {"S": timestamp(EXPIRES)},
            "arrived": {"S": timestamp(EXPIRES)},
            **waiting(4, EXPIRES, error),
        }
    )
    assert (job.status, job.error, job.partial) == (JobStatus.FAILED, error, True)
    assert (job.chunks, job.chunks_done) == (2, 1)
    assert (job.audio, job.audio_done, job.paid) == (9000, 4000, 5000)
    assert job.languages == (("es", 1.0),)
    assert (job.warnings, job.model) == (("Two streams.",), "whisper-1")
    assert (job.begun, job.arrived) == (EXPIRES, EXPIRES)
    assert (job.attempts, job.next_try) == (4, EXPIRES)
    assert job.last_error == {"message": "No.", "code": "internal"}


def test_dynamodb_is_told_in_whole_seconds_when_to_delete() -> None:
    item = to_item(made("one", expires=EXPIRES + timedelta(milliseconds=999)))
    assert item["expires"] == {"N": str(int(EXPIRES.timestamp()))}


@given(one=TIMES, other=TIMES)
def test_texts_of_times_sort_like_the_times(one: datetime, other: datetime) -> None:
    assert (timestamp(one) < timestamp(other)) is (one < other)
    assert datetime.fromisoformat(timestamp(one)) == one


def test_a_time_on_the_second_is_as_long_as_any_other() -> None:
    assert timestamp(EXPIRES) == "2026-11-29T00:00:00.000000+00:00"
