"""A job as its owner sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_files import JobFiles
from audio_translation.jobs.job_view import JobView, JobViews
from audio_translation.translation.request import TranslationRequest

NOW = datetime.now(UTC)
REQUEST = {"audioFileUrl": "https://a.test/?key=secret", "responseFormat": "srt", "reference": "r"}


class Links:
    """Files of jobs that have nothing but links."""

    def __init__(self) -> None:
        self.seconds: list[int] = []

    def result_link(self, job: Job, *, seconds: int) -> str:
        self.seconds.append(seconds)
        return f"https://links.test/{job.id}"


def view(links: Links | None = None, **fields: Any) -> JobView:
    known = {"created": NOW, "updated": NOW, "expires": NOW + timedelta(days=7), **fields}
    job = Job(id="j", owner="me", request=TranslationRequest.model_validate(REQUEST), **known)
    return JobViews(cast(JobFiles, links or Links())).view(job)


def test_progress_is_told_in_chunks_and_in_seconds_of_audio() -> None:
    seen = view(status=JobStatus.RUNNING, chunk_durations=(1500, 2500), chunks_done=frozenset({1}))
    assert seen.progress.model_dump() == {
        "chunks": {"done": 1, "total": 2},
        "audioSeconds": {"done": 2.5, "total": 4.0},
    }
    assert (seen.result, seen.reference) == (None, "r")


@pytest.mark.parametrize("status", [one for one in JobStatus if one is not JobStatus.SUCCEEDED])
def test_there_is_no_link_to_what_is_not_there(status: JobStatus) -> None:
    links = Links()
    assert view(links, status=status).result is None
    assert links.seconds == []


@pytest.mark.parametrize(
    ("left", "lasts"),
    [(timedelta(days=1), 3600), (timedelta(seconds=100), 100), (timedelta(days=-1), 1)],
)
def test_a_link_lasts_an_hour_and_no_longer_than_its_job(left: timedelta, lasts: int) -> None:
    links = Links()
    expires = datetime.now(UTC) + left
    result = view(links, status=JobStatus.SUCCEEDED, expires=expires).result
    assert result is not None
    assert (result.url, result.format) == ("https://links.test/j", ResponseFormat.SRT)
    (seconds,) = links.seconds
    assert lasts - 5 <= seconds <= lasts
    assert result.expires <= datetime.now(UTC) + timedelta(seconds=seconds)


def test_what_a_job_was_asked_with_and_whose_it_is_is_not_told() -> None:
    error = {"message": "No.", "type": "t", "param": None, "code": "internal"}
    seen = view(status=JobStatus.FAILED, error=error, partial=True, warnings=("Odd.",), model="m")
    told = seen.model_dump(mode="json")
    assert (told["error"], told["partial"], told["warnings"], told["model"]) == (
        error,
        True,
        ["Odd."],
        "m",
    )
    assert "secret" not in str(told)
    assert "owner" not in told
