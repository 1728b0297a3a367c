"""A job's audio: where it is fetched from, how often, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest

from audio_translation.aws.bucket_keys import source_key
from audio_translation.jobs.job import JobStatus
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.aws.throttling import BreakingOff
from tests.fakes.source import head
from tests.integration.minute import WAV, uploaded
from tests.worlds.jobs import JobWorld, run, sentences


def test_what_was_uploaded_for_a_job_is_translated_and_kept(jobs: JobWorld) -> None:
    job_id = uploaded(WAV, "minute.wav")
    waits = jobs.find(job_id).expires
    run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    assert job.expires - waits == timedelta(days=6)
    assert source_key(job_id, "minute.wav") in jobs.stored()


@pytest.mark.parametrize("body", [b"<html>no audio</html>", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_an_upload_that_is_no_audio_fails_as_any_other(jobs: JobWorld, body: bytes) -> None:
    job_id = uploaded(body, "minute.wav")
    run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "unsupported_audio"
    assert not jobs.provider.received


@pytest.mark.parametrize(
    ("path", "code"),
    [("/nothing.wav", "audio_not_retrievable"), ("/text.wav", "unsupported_audio")],
)
def test_audio_that_cannot_be_had_fails_the_job(jobs: JobWorld, path: str, code: str) -> None:
    jobs.source.file("/text.wav", b"no audio at all" * 100)
    job_id = jobs.job(jobs.source.url(path))
    run(job_id)
    job = jobs.find(job_id)
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert (job.error["code"], job.error["param"]) == (code, "audioFileUrl")


@pytest.mark.parametrize("trouble", ["503", "429", "cut", "reset"])
def test_a_host_that_fails_for_a_moment_is_asked_again(jobs: JobWorld, trouble: str) -> None:
    size = [("Content-Length", str(len(WAV)))]
    steps: list[Any] = {
        "503": [head(503, [])],
        "429": [head(429, [])],
        "cut": [head(200, size), WAV[: len(WAV) // 2]],
        "reset": [],
    }[trouble]
    answers = iter([steps, steps])
    url = jobs.source.script("/later.wav", lambda: next(answers, [head(200, size), WAV]))
    job_id = jobs.job(url)
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)


def test_a_host_that_goes_on_failing_is_not_asked_for_an_hour(jobs: JobWorld) -> None:
    before = len(jobs.source.requests)
    job_id = jobs.job(jobs.source.file("/never.wav", b"", status=503))
    run(job_id)
    error = jobs.find(job_id).error
    assert error is not None
    assert error["code"] == "audio_not_retrievable"
    assert len(jobs.source.requests) - before == 6


def test_a_download_from_s3_that_breaks_off_is_begun_again(jobs: JobWorld) -> None:
    jobs.aws.client("s3").put_object(Bucket=BUCKET, Key="audio/minute.wav", Body=WAV)
    job_id = jobs.job(f"s3://{BUCKET}/audio/minute.wav")
    with BreakingOff(jobs.aws.endpoint, "/audio/minute.wav", times=2) as proxy:
        with jobs.settings(AWS_ENDPOINT_URL=proxy.url):
            run(job_id)
        assert proxy.left == 0
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)


def test_another_jobs_files_are_no_audio(jobs: JobWorld) -> None:
    job_id = jobs.job(f"s3://{BUCKET}/jobs/job-0/chunks/00000.flac")
    run(job_id)
    error = jobs.find(job_id).error
    assert error is not None
    assert error["code"] == "url_not_allowed"
