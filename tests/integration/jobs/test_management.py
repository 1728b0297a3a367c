"""What owners do with their jobs; to anybody else these do not exist."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config

from audio_translation.aws.bucket import Bucket
from audio_translation.aws.clients import Clients
from audio_translation.errors import AudioTooLarge, Internal, JobNotFinished, NotFound
from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.job_starter import JobStarter
from audio_translation.jobs.job_view import JobViews
from audio_translation.jobs.management import JobManagement
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.transcript import Segment, Translation
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, Aws
from tests.unit.jobs.made_jobs import REQUEST

TRANSLATION = Translation((Segment(0, 900, "Hi."),), "english", 1000, "m")


class _Lambda(Clients):
    """Clients that reach the scripted Lambda."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def _made(self, service: Any, **_: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._url,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def functions() -> Iterator[Functions]:
    with Functions() as functions:
        yield functions


@pytest.fixture
def management(aws: Aws, functions: Functions) -> JobManagement:
    files = JobFiles(Bucket(aws.clients, BUCKET))
    return JobManagement(
        table=JobTable(aws.clients, table=JOB_TABLE),
        files=files,
        starter=JobStarter(_Lambda(functions.url), function=FUNCTION),
        views=JobViews(files),
        retention=timedelta(days=7),
        max_audio_bytes=1000,
    )


def submit(management: JobManagement, job_id: str = "j") -> None:
    management.submit(REQUEST, job_id=job_id, owner="me")


def test_a_job_is_stored_and_then_started(management: JobManagement, functions: Functions) -> None:
    submit(management)
    job = management.find("j", "me")
    assert (job.status, job.request) == (JobStatus.QUEUED, REQUEST)
    assert job.expires - job.created == pytest.approx(timedelta(days=7), abs=timedelta(seconds=1))
    assert [started.payload for started in functions.started] == [{"jobId": "j"}]


def test_a_job_that_cannot_be_started_leaves_nothing(
    management: JobManagement, functions: Functions, aws: Aws
) -> None:
    functions.refusals.append((403, "AccessDeniedException"))
    with pytest.raises(Internal, match="was not started"):
        submit(management)
    assert aws.items() == []


@pytest.mark.parametrize(("job_id", "owner"), [("j", "them"), ("other", "me"), ("j/../j", "me")])
def test_what_is_not_ones_own_is_not_there(
    management: JobManagement, job_id: str, owner: str
) -> None:
    submit(management)
    with pytest.raises(NotFound):
        management.find(job_id, owner)


def test_pages_are_of_views_of_ones_own(management: JobManagement) -> None:
    submit(management, "one")
    submit(management, "two")
    page = management.page("me", limit=1, cursor=None)
    rest = management.page("me", limit=1, cursor=page.cursor)
    assert [job.id for job in page.jobs + rest.jobs] == ["two", "one"]
    assert management.page("them", limit=9, cursor=None).jobs == []


def test_an_upload_is_prepared_for_a_job_that_waits_a_day(
    management: JobManagement, functions: Functions
) -> None:
    upload = UploadRequest.model_validate({"fileName": "ñ a.mp3", "size": 1000, "prompt": "P"})
    prepared = management.prepare(upload, owner="me")
    job = management.find(prepared.job.id, "me")
    assert job.request.audio_file_url == f"s3://{BUCKET}/jobs/{job.id}/source/a.mp3"
    assert job.request.prompt == "P"
    assert job.kept_until is not None
    assert timedelta(hours=23) < job.expires - datetime.now(UTC) <= timedelta(days=1)
    assert timedelta(days=6) < job.kept_until - datetime.now(UTC) <= timedelta(days=7)
    assert prepared.upload.headers == {"Content-Type": "audio/mpeg", "Content-Length": "1000"}
    assert prepared.upload.expires <= datetime.now(UTC) + timedelta(minutes=15)
    assert functions.started == []


def test_what_is_too_large_for_a_job_is_not_uploaded(management: JobManagement, aws: Aws) -> None:
    upload = UploadRequest.model_validate({"fileName": "a.mp3", "size": 1001})
    with pytest.raises(AudioTooLarge) as raised:
        management.prepare(upload, owner="me")
    assert (raised.value.param, aws.items()) == ("size", [])


@pytest.mark.parametrize("begins", [False, True])
def test_a_translation_that_is_not_there_yet_may_come(
    management: JobManagement, begins: bool
) -> None:
    submit(management)
    if begins:
        management.table.begin("j")
    with pytest.raises(JobNotFinished) as raised:
        management.translation(management.find("j", "me"))
    assert raised.value.retry_after == 2


@pytest.mark.parametrize("end", ["cancel", "fail"])
def test_a_job_that_ended_without_a_translation_says_why(
    management: JobManagement, end: str
) -> None:
    submit(management)
    error = cast(dict[str, Any], Internal("No.").envelope()["error"])
    if end == "fail":
        management.table.fail("j", error, partial=False)
    else:
        management.table.cancel("j")
    with pytest.raises(NotFound, match="internal" if end == "fail" else "cancelled") as raised:
        management.translation(management.find("j", "me"))
    assert raised.value.retry_after is None


@pytest.mark.parametrize("partial", [False, True])
def test_the_translation_of_a_job_that_ended_is_read(
    management: JobManagement, partial: bool
) -> None:
    submit(management)
    management.files.save_translation("j", TRANSLATION)
    management.table.begin("j")
    error = cast(dict[str, Any], Internal("No.").envelope()["error"])
    if partial:
        management.table.fail("j", error, partial=True)
    else:
        management.table.succeed("j")
    assert management.translation(management.find("j", "me")) == TRANSLATION


def test_a_job_is_cancelled_first_and_forgotten_then(management: JobManagement, aws: Aws) -> None:
    submit(management)
    management.files.save_translation("j", TRANSLATION)
    management.delete(management.find("j", "me"))
    assert (management.find("j", "me").status, aws.keys()) == (JobStatus.CANCELLED, [])
    management.delete(management.find("j", "me"))
    assert aws.items() == []
