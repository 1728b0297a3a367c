"""A caller who waits for the job of his request: what it has made, or why there is nothing."""

from typing import Any, cast

import pytest

from audio_translation.deadline import Deadline
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    ModelGone,
    ProviderTimedOut,
    ProviderUnavailable,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.waiting_caller import outcome_of_job
from audio_translation.transcript import Segment, Translation
from tests.unit.jobs.made_jobs import made

TRANSLATION = Translation((Segment(0, 1_000, "Hi."),), "english", 1_000, "m")


class Jobs:
    """Has one job, which ends as ``last`` is when it has been looked at once."""

    def __init__(self, last: Job) -> None:
        self.seen = [made(last.id), last]

    def find(self, job_id: str, owner: str) -> Job:
        return self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]

    def translation(self, job: Job) -> Translation:
        return TRANSLATION


def waited(last: Job, *, slow: bool = False, seconds: float = 30) -> Any:
    jobs = cast("JobManagement", Jobs(last))
    return outcome_of_job(last, last.owner, jobs, Deadline.after(seconds), slow=slow)


def test_what_the_job_has_made_is_the_outcome() -> None:
    assert waited(made("j", status=JobStatus.SUCCEEDED)).rendered.body == {"text": "Hi."}


@pytest.mark.parametrize(("slow", "error"), [(False, AudioTooLarge), (True, ProviderTimedOut)])
def test_a_job_that_outlasts_the_request_is_named(slow: bool, error: type[ServiceError]) -> None:
    with pytest.raises(error, match="GET /jobs/j"):
        waited(made("j"), slow=slow, seconds=0)


@pytest.mark.parametrize(
    "error",
    [
        UnsupportedAudio("No.", param="audioFileUrl"),
        AudioNotRetrievable("No.", param="audioFileUrl"),
        ModelGone("No.", param="model"),
        ProviderUnavailable("No."),
        Internal("No."),
    ],
)
def test_what_a_job_failed_with_is_raised_as_the_error_that_it_was(error: ServiceError) -> None:
    with pytest.raises(type(error)) as raised:
        waited(made("j", status=JobStatus.FAILED, error=error.envelope()["error"]))
    assert type(raised.value) is type(error)
    assert raised.value.envelope() == error.envelope()


def test_an_error_that_is_no_longer_known_is_internal() -> None:
    error = {"message": "Old.", "type": "t", "param": None, "code": "of_an_older_version"}
    with pytest.raises(Internal):
        waited(made("j", status=JobStatus.FAILED, error=error))


def test_a_job_that_was_deleted_meanwhile_is_not_found() -> None:
    with pytest.raises(ServiceError, match="deleted") as raised:
        waited(made("j", status=JobStatus.CANCELLED))
    assert raised.value.status == 404
