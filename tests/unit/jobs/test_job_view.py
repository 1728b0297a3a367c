"""A job as its owner sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from audio_translation.aws.bucket import Link
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_view import JobView, JobViews
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.translation.request import TranslationRequest

NOW = datetime.now(UTC)
REQUEST = {"audioFileUrl": "https://a.test/?key=secret", "responseFormat": "srt", "reference": "r"}


class Links:
    """Files of jobs that have nothing but links."""

    def __init__(self, credentials_end: datetime | None = None) -> None:
        self.seconds: list[int] = []
        self.credentials_end = credentials_end

    def result_link(self, job: Job, *, seconds: int) -> Link:
        self.seconds.append(seconds)
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
        return Link(f"https://links.test/{job.id}", min(expires, self.credentials_end or expires))


def view(links: Links | None = None, **fields: Any) -> JobView:
    known: dict[str, Any] = {
        "created": NOW,
        "updated": NOW,
        "expires": NOW + timedelta(days=7),
        **fields,
    }
    request = known.pop("request", TranslationRequest.model_validate(REQUEST))
    job = Job(id="j", owner="me", request=request, **known)
    return JobViews(cast(JobFiles, links or Links()), default_price_per_minute=0.01).view(job)


def test_progress_is_told_in_chunks_and_in_seconds_of_audio() -> None:
    seen = view(status=JobStatus.RUNNING, chunks=2, chunks_done=1, audio=4000, audio_done=2500)
    assert seen.progress.model_dump() == {
        "chunks": {"done": 1, "total": 2},
        "audioSeconds": {"done": 2.5, "total": 4.0},
    }
    assert (seen.result, seen.reference) == (None, "r")


@pytest.mark.parametrize(
    ("model", "dollars"),
    [("gpt-transcribe", 0.009), ("somebody's", 0.02), ("whisper-1,gpt-transcribe", 0.02)],
)
def test_an_ended_job_tells_what_its_minutes_cost(model: str, dollars: float) -> None:
    seen = view(status=JobStatus.SUCCEEDED, model=model, paid=120_000)
    assert seen.estimatedDollars == dollars


def test_a_job_that_failed_tells_what_was_paid_and_one_that_sent_nothing_cost_nothing() -> None:
    assert view(status=JobStatus.FAILED, paid=60_000).estimatedDollars == 0.01
    assert view(status=JobStatus.FAILED).estimatedDollars == 0


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLED])
def test_a_job_that_nobody_has_counted_tells_no_price(status: JobStatus) -> None:
    assert view(status=status, paid=60_000).estimatedDollars is None


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


def test_a_result_says_that_its_link_ends_with_the_credentials_that_signed_it() -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=12)
    result = view(Links(ends), status=JobStatus.SUCCEEDED).result
    assert result is not None
    assert result.expires == ends


def test_what_a_job_was_asked_with_and_whose_it_is_is_not_told() -> None:
    error = {"message": "No.", "type": "t", "param": None, "code": "internal"}
    seen = view(
        status=JobStatus.FAILED,
        error=error,
        partial=True,
        warnings=("Odd.",),
        model="m",
        languages=(("es", 0.9),),
    )
    told = seen.model_dump(mode="json")
    assert (told["error"], told["partial"], told["warnings"], told["model"]) == (
        error,
        True,
        ["Odd."],
        "m",
    )
    assert told["languages"] == [{"language": "es", "share": 0.9}]
    assert "secret" not in str(told)
    assert "owner" not in told


SIGNED = "X-Amz-Signature=abc&X-Amz-Credential=me"
IN_S3 = "s3://bucket/a/¿qué?.mp3"


@pytest.mark.parametrize(
    ("url", "shown", "name"),
    [
        (
            f"https://a.test/x/talk%20one.mp3?{SIGNED}",
            "https://a.test/x/talk%20one.mp3",
            "talk one.mp3",
        ),
        ("https://me:secret@a.test:8443/x.mp3#t=1", "https://a.test:8443/x.mp3", "x.mp3"),
        ("https://a.test", "https://a.test", None),
        (f"https://a.test/?{SIGNED}", "https://a.test/", None),
        (IN_S3, IN_S3, "¿qué?.mp3"),
        (f"s3://bucket/a/b.mp3?{SIGNED}", "s3://bucket/a/b.mp3", "b.mp3"),
        ("https://[broken/x.mp3", None, None),
    ],
)
def test_a_job_is_known_by_its_file_and_its_url_without_what_is_secret(
    url: str, shown: str | None, name: str | None
) -> None:
    request = TranslationRequest.model_validate(
        {"audioFileUrl": url, "targetLanguage": "de", "responseFormat": "srt"}
    )
    seen = view(request=request)
    assert (seen.audioFileUrl, seen.fileName) == (shown, name)
    assert (seen.targetLanguage, seen.responseFormat) == ("de", ResponseFormat.SRT)
    assert "abc" not in seen.model_dump_json()
    assert "secret" not in seen.model_dump_json()


def test_a_file_that_was_sent_has_a_name_and_no_url() -> None:
    request = TranslationRequest.model_validate({"audioFileUrl": "s3://b/jobs/j/source/Que.mp3"})
    seen = view(request=request, file_name="¿Qué?.mp3")
    assert (seen.audioFileUrl, seen.fileName) == (None, "¿Qué?.mp3")


SOON = NOW + timedelta(hours=1)
"""No machine is so slow that this is long ago."""
LAST = {"message": "Too many.", "code": "rate_limited"}


def test_a_job_that_is_tried_again_says_when_and_why() -> None:
    wait: dict[str, Any] = {
        "attempts": 3,
        "next_try": NOW + timedelta(seconds=9),
        "last_error": LAST,
    }
    seen = view(status=JobStatus.RUNNING, **wait)
    assert (seen.waitingFor, seen.attempts, seen.nextTry) == ("retry", 3, wait["next_try"])
    assert seen.lastError is not None
    assert seen.lastError.model_dump() == LAST
    trying = view(status=JobStatus.RUNNING, **{**wait, "next_try": None})
    assert (trying.waitingFor, trying.attempts, trying.nextTry) == (None, 3, None)
    assert trying.lastError is not None


@pytest.mark.parametrize("status", [one for one in JobStatus if one.final])
def test_a_job_that_has_ended_waits_for_nothing(status: JobStatus) -> None:
    seen = view(status=status, attempts=3, next_try=NOW, last_error=LAST, kept_until=NOW)
    assert (seen.waitingFor, seen.attempts, seen.nextTry, seen.lastError) == (None, 0, None, None)


@pytest.mark.parametrize(
    ("waits_for", "fields"),
    [
        (None, {"created": SOON}),
        ("capacity", {"created": NOW - timedelta(minutes=1)}),
        ("upload", {"kept_until": NOW + timedelta(days=7)}),
        ("upload", {"kept_until": NOW, "created": NOW - timedelta(minutes=1)}),
        (None, {"kept_until": NOW, "created": NOW - timedelta(minutes=1), "arrived": SOON}),
        ("capacity", {"kept_until": NOW, "arrived": NOW - timedelta(minutes=1)}),
    ],
)
def test_a_queued_job_says_what_it_waits_for(waits_for: str | None, fields: dict[str, Any]) -> None:
    assert view(**fields).waitingFor == waits_for
