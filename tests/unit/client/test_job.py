import pytest

from audio_translate import ApiError, JobCancelled, UnsupportedAudio, errors
from audio_translate.errors import error_class
from audio_translate.job import Job, Progress, dollars_in
from tests.unit.test_errors import classes


def test_a_job_of_a_newer_service_can_be_read() -> None:
    job = Job.of({"id": "1", "status": "postponed", "created": "soon", "new": 1})
    assert (job.status, job.ended, job.created, job.fields["new"]) == ("running", False, None, 1)
    assert Progress.of(job) == Progress("translating", 0, 0, job)


def test_a_failed_job_has_an_error_in_the_class_of_its_code() -> None:
    told = {"message": "No.", "code": "unsupported_audio", "param": "file"}
    error = Job.of({"id": "1", "status": "failed", "error": told, "partial": True}).error
    assert isinstance(error, UnsupportedAudio)
    assert (error.job_id, error.partial, error.param) == ("1", True, "file")
    assert isinstance(Job.of({"id": "1", "status": "canceled"}).error, JobCancelled)
    assert Job.of({"id": "1", "status": "succeeded"}).error is None


@pytest.mark.parametrize(
    ("fields", "dollars"),
    [
        ({}, None),
        ({"price": None}, None),
        ({"estimatedDollars": 0.5}, 0.5),
        ({"price": "0.25"}, 0.25),
        ({"price": {"estimatedDollars": 1, "currency": "USD"}}, 1.0),
        ({"price": {"unknown": 1}, "estimatedDollars": 2}, 2.0),
        ({"price": True}, None),
        ({"price": "free"}, None),
    ],
)
def test_the_price_is_read_however_it_is_told(fields: object, dollars: float | None) -> None:
    assert dollars_in(fields) == dollars  # type: ignore[arg-type]


def test_every_code_of_the_service_has_a_class() -> None:
    for kind in classes():
        assert error_class(kind.code).known == kind.code
    assert error_class("new_code", 429) is errors.RateLimited
    assert error_class("new_code") is ApiError


def test_an_error_is_explained_with_what_finds_it() -> None:
    error = UnsupportedAudio("No.", code="unsupported_audio", status=400, request_id="r-1")
    assert error.explained == "No. (unsupported_audio, request r-1)"
