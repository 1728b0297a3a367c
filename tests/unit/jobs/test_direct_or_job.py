"""Whether a request is answered at once or becomes a job: by what it asks and what goes wrong."""

import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, cast

import pytest

from audio_translation.audio.audio_file import Audio, FetchedFile
from audio_translation.audio.chunk_plan import Chunk
from audio_translation.audio.containers.type_constants import FLAC
from audio_translation.audio.speech import Span
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.telemetry import Telemetry
from audio_translation.deadline import Deadline
from audio_translation.download.audio_source import SentFile
from audio_translation.download.download import Download
from audio_translation.errors import (
    AudioNotRetrievable,
    AudioTooLarge,
    InvalidRequest,
    ModelGone,
    ProviderTimedOut,
    ProviderUnavailable,
    UnsupportedAudio,
    UrlNotAllowed,
)
from audio_translation.formats.render import Rendered
from audio_translation.jobs.direct_or_job import Caller, DirectOrJob
from audio_translation.jobs.job import Job
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.storage.job_files import JobSourceFile
from audio_translation.transcript import ServedBy, Translation
from audio_translation.translation.direct import DirectTranslation, Outcome
from audio_translation.translation.direct_estimate import DoesNotFit, NotInTime
from audio_translation.translation.request import TranslationOptions, TranslationRequest
from audio_translation.translation.stitching import Part
from tests.unit.jobs.made_jobs import made

OUTCOME = Outcome(Rendered({"text": "Hi."}, "application/json"), ServedBy("m"))
CALLER_SECONDS = 30.0
NOTES = {"heard-0-1": "{}"}


class Direct:
    """Translates, or raises ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.left: list[float] = []

    def translate(
        self, *_: object, folder: Path, request_id: str, owner: str, deadline: Deadline
    ) -> Outcome:
        assert folder.is_dir()
        assert request_id == "request-1"
        assert owner
        self.left.append(deadline.left())
        if self.error:
            raise self.error
        return OUTCOME


class Files:
    """Keeps what is stored for a job."""

    def __init__(self) -> None:
        self.audio: dict[str, bytes] = {}
        self.kept: list[Part] = []
        self.notes: dict[str, str] = {}

    def keep_audio(self, job_id: str, name: str, path: Path, mime: str) -> None:
        self.audio[f"{job_id}/{name}"] = path.read_bytes()

    def source(self, job_id: str, name: str) -> JobSourceFile:
        return JobSourceFile(cast(Bucket, self), f"jobs/{job_id}/{name}")

    def url(self, key: str) -> str:
        return f"s3://bucket/{key}"

    def write(self, key: str, file: IO[bytes], mime: str) -> None:
        self.audio[key] = file.read()

    def parts(self, job_id: str) -> "Files":
        assert job_id == "request-1"
        return self

    def keep_all(self, parts: Sequence[Part], notes: Mapping[str, str]) -> None:
        self.kept += parts
        self.notes |= notes


class Jobs:
    """Makes jobs."""

    def __init__(self) -> None:
        self.submitted: list[Job] = []
        self.files = Files()

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


def made_of(
    direct: Direct, jobs: Jobs | None, checks: Checks, telemetry: Telemetry | None = None
) -> DirectOrJob:
    return DirectOrJob(
        cast(DirectTranslation, direct),
        cast(JobManagement, jobs) if jobs else None,
        cast(Download, checks),
        telemetry or Counted(),
        Path(tempfile.gettempdir()),
    )


def not_in_time(
    folder: Path, reason: Exception, rest: "Future[FetchedFile] | None" = None
) -> NotInTime:
    path = folder / "audio"
    path.write_bytes(b"sound")
    part = Part(Chunk(0, 9, (Span(0, 9),)), Translation((), "english", 9, "m"), paid=9)
    return NotInTime(reason, Audio(path, FLAC, 5, rest), "é.mp3", (part,), NOTES)


def run(
    direct: Direct,
    jobs: Jobs | None,
    checks: Checks | None = None,
    *,
    respond_async: bool = False,
    **fields: Any,
) -> Outcome | Job:
    telemetry = Counted()
    use_case = made_of(direct, jobs, checks or Checks(), telemetry)
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
        AudioTooLarge("large"),
        AudioNotRetrievable("slow", slow=True),
    ],
)
def test_what_a_request_has_no_time_for_becomes_a_job(error: Exception) -> None:
    jobs = Jobs()
    assert [run(Direct(error), jobs)] == jobs.submitted


@pytest.mark.parametrize("reason", [DoesNotFit("long"), ProviderTimedOut("slow")])
def test_a_job_takes_over_the_audio_and_what_is_translated_of_it(
    tmp_path: Path, reason: Exception
) -> None:
    late, jobs = not_in_time(tmp_path, reason), Jobs()
    assert [run(Direct(late), jobs)] == jobs.submitted
    assert jobs.files.audio == {"request-1/audio.flac": b"sound"}
    assert (jobs.files.kept, jobs.files.notes) == (list(late.parts), NOTES)


@pytest.mark.parametrize("problem", [None, AudioNotRetrievable("It broke off."), OSError("full")])
def test_audio_that_still_arrives_is_waited_for_to_hand_it_over(
    tmp_path: Path, problem: Exception | None
) -> None:
    rest: Future[FetchedFile] = Future()
    late, jobs = not_in_time(tmp_path, DoesNotFit("long"), rest), Jobs()

    def arrive() -> None:
        if problem is None:
            late.audio.path.write_bytes(b"all the sound")
            rest.set_result(FetchedFile(late.audio.path, 5, "a"))
        else:
            rest.set_exception(problem)

    timer = threading.Timer(0.1, arrive)
    timer.start()
    assert [run(Direct(late), jobs)] == jobs.submitted
    timer.join()
    kept = problem is None
    assert jobs.files.audio == ({"request-1/audio.flac": b"all the sound"} if kept else {})
    assert jobs.files.kept == (list(late.parts) if kept else [])


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


def test_nothing_is_stored_for_a_job_that_is_refused(tmp_path: Path) -> None:
    late, jobs = not_in_time(tmp_path, DoesNotFit("long")), Jobs()
    with pytest.raises(UrlNotAllowed):
        run(Direct(late), jobs, Checks("/a"))
    assert (jobs.submitted, jobs.files.audio, jobs.files.kept) == ([], {}, [])


def test_nothing_is_stored_of_a_file_that_was_sent_for_a_job_that_is_refused(
    tmp_path: Path,
) -> None:
    direct, jobs = Direct(not_in_time(tmp_path, DoesNotFit("long"))), Jobs()
    options = TranslationOptions.model_validate({"callbackUrl": "https://a.test/hook"})
    caller = Caller("me", "request-1", Deadline.after(CALLER_SECONDS))
    with pytest.raises(UrlNotAllowed):
        made_of(direct, jobs, Checks("/hook")).translate_file(options, SentFile("a", b""), caller)
    assert (jobs.submitted, jobs.files.audio, jobs.files.kept) == ([], {}, [])


def test_time_to_answer_is_kept_back_and_more_of_it_where_a_job_may_have_to_be_made() -> None:
    alone, with_jobs = Direct(), Direct()
    run(alone, None)
    run(with_jobs, Jobs())
    assert alone.left[0] == pytest.approx(CALLER_SECONDS - 1, abs=0.5)
    assert with_jobs.left[0] == pytest.approx(CALLER_SECONDS - 2, abs=0.5)
