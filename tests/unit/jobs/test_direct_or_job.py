"""Whether a request is answered at once or becomes a job: by what it asks and what goes wrong."""

from typing import Any, cast

import pytest

from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.download import Download
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    Internal,
    InvalidRequest,
    ModelGone,
    NeedsJob,
    ProviderTimedOut,
    ProviderUnavailable,
    ServiceError,
    UnsupportedAudio,
    UrlNotAllowed,
)
from audio_translation.formats.render import Rendered
from audio_translation.jobs.direct_or_job import Caller, DirectOrJob, _failure
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.management import JobManagement
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.request import TranslationRequest
from tests.unit.jobs.made_jobs import made

OUTCOME = Outcome(Rendered({"text": "Hi."}, "application/json"), model="m")
CALLER_SECONDS = 30.0


class Direct:
    """Translates, or raises ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.left: list[float] = []

    def translate(self, *_: object, request_id: str, deadline: Deadline) -> Outcome:
        assert request_id == "request-1"
        self.left.append(deadline.left())
        if self.error:
            raise self.error
        return OUTCOME


class Jobs:
    """Makes jobs."""

    def __init__(self) -> None:
        self.submitted: list[Job] = []

    def submit(self, request: TranslationRequest, *, job_id: str, owner: str) -> Job:
        self.submitted.append(made(job_id, owner, request))
        return self.submitted[-1]


class Checks:
    """Refuses ``bad``."""

    def __init__(self, bad: str = "") -> None:
        self.bad = bad

    def check_audio_url(self, url: str) -> None:
        self.check_callback_url(url)

    def check_callback_url(self, url: str | None) -> None:
        if self.bad and url and self.bad in url:
            raise UrlNotAllowed("No.")


class Counted(Telemetry):
    """Keeps what became a job."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def submitted(self, url: str) -> None:
        self.urls.append(url)


def run(
    direct: Direct,
    jobs: Jobs | None,
    checks: Checks | None = None,
    *,
    respond_async: bool = False,
    **fields: Any,
) -> Outcome | Job:
    telemetry = Counted()
    use_case = DirectOrJob(
        cast(DirectTranslation, direct),
        cast(JobManagement, jobs) if jobs else None,
        cast(Download, checks or Checks()),
        telemetry,
    )
    request = TranslationRequest.model_validate({"audioFileUrl": "https://a.test/a", **fields})
    caller = Caller("me", "request-1", Deadline.after(CALLER_SECONDS))
    made = use_case.translate(request, caller, respond_async=respond_async)
    assert telemetry.urls == (["https://a.test/a"] if isinstance(made, Job) else [])
    return made


@pytest.mark.parametrize("jobs", [Jobs(), None])
def test_what_can_be_answered_at_once_is(jobs: Jobs | None) -> None:
    assert run(Direct(), jobs) is OUTCOME
    assert jobs is None or jobs.submitted == []


@pytest.mark.parametrize(
    "fields", [{"respond_async": True}, {"callbackUrl": "https://a.test/hook"}]
)
def test_who_asks_for_a_job_gets_one_under_the_requests_id_and_nothing_is_translated(
    fields: dict[str, Any],
) -> None:
    direct, jobs = Direct(), Jobs()
    job = run(direct, jobs, **fields)
    assert [job] == jobs.submitted
    assert isinstance(job, Job)
    assert (job.id, job.owner, direct.left) == ("request-1", "me", [])


@pytest.mark.parametrize(
    "error",
    [
        NeedsJob("long"),
        AudioTooLarge("large"),
        ProviderTimedOut("slow"),
        AudioNotRetrievable("slow", slow=True),
    ],
)
def test_what_a_request_has_no_time_for_becomes_a_job(error: Exception) -> None:
    jobs = Jobs()
    assert [run(Direct(error), jobs)] == jobs.submitted


@pytest.mark.parametrize(
    "error",
    [AudioNotRetrievable("404"), UnsupportedAudio("x"), ProviderUnavailable("x"), ModelGone("x")],
)
def test_what_a_job_would_meet_too_is_told_at_once(error: Exception) -> None:
    jobs = Jobs()
    with pytest.raises(type(error)) as raised:
        run(Direct(error), jobs)
    assert (raised.value, jobs.submitted) == (error, [])


def test_without_jobs_nothing_becomes_one() -> None:
    assert run(Direct(), None, respond_async=True) is OUTCOME
    with pytest.raises(AudioTooLarge):
        run(Direct(AudioTooLarge("x")), None)
    with pytest.raises(InvalidRequest) as raised:
        run(Direct(), None, callbackUrl="https://a.test/hook")
    assert raised.value.param == "callbackUrl"


@pytest.mark.parametrize("bad", ["/a", "/hook"])
def test_no_job_is_made_whose_audio_or_callback_is_never_fetched(bad: str) -> None:
    jobs = Jobs()
    with pytest.raises(UrlNotAllowed):
        run(Direct(), jobs, Checks(bad), callbackUrl="https://a.test/hook")
    assert jobs.submitted == []


def test_time_to_answer_is_kept_back_and_more_of_it_where_a_job_may_have_to_be_made() -> None:
    alone, with_jobs = Direct(), Direct()
    run(alone, None)
    run(with_jobs, Jobs())
    assert alone.left[0] == pytest.approx(CALLER_SECONDS - 1, abs=0.5)
    assert with_jobs.left[0] == pytest.approx(CALLER_SECONDS - 2, abs=0.5)


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
    job = made("j", status=JobStatus.FAILED, error=error.envelope()["error"])
    found = _failure(job)
    assert type(found) is type(error)
    assert found.envelope() == error.envelope()


def test_an_error_that_is_no_longer_known_is_internal() -> None:
    error = {"message": "Old.", "type": "t", "param": None, "code": "of_an_older_version"}
    assert type(_failure(made("j", status=JobStatus.FAILED, error=error))) is Internal
    assert _failure(made("j", status=JobStatus.CANCELLED)).status == 404
