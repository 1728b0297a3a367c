"""A job's audio: where it is fetched from, how often, and what is kept of it."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from audio_translation.aws.bucket_keys import kept_folder, source_key
from audio_translation.errors import UnsupportedAudio
from audio_translation.handlers import invoke
from audio_translation.jobs.job import JobStatus
from audio_translation.jobs.storage.job_files import JobFiles
from local.aws.lambda_context import LambdaContext
from tests.audio.tones import recording
from tests.fakes.aws.moto_server import BUCKET
from tests.fakes.aws.throttling import BreakingOff
from tests.fakes.source import Step, head
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
    assert jobs.stored() == []


def test_audio_that_is_too_long_fails_the_job_and_nothing_of_it_stays(jobs: JobWorld) -> None:
    with jobs.settings(MAX_JOB_AUDIO_HOURS="0.01"):
        job_id = jobs.job(jobs.source.file("/long.wav", WAV))
        run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert (job.error["code"], job.error["param"]) == ("audio_too_large", "audioFileUrl")
    assert not [key for key in jobs.stored() if "/kept/" in key]
    assert len(jobs.plan(job_id)) == len(jobs.provider.paid)


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
    job_id = jobs.job(f"s3://{BUCKET}/{kept_folder('job-0')}minute.wav")
    run(job_id)
    error = jobs.find(job_id).error
    assert error is not None
    assert error["code"] == "url_not_allowed"


def test_a_pdf_is_refused_as_in_a_request_and_nothing_of_it_is_kept(jobs: JobWorld) -> None:
    url = jobs.source.file("/a.pdf", b"%PDF-1.7\n" + bytes(1000))
    job_id = jobs.job(url, saveSource=True)
    run(job_id)
    job = jobs.find(job_id)
    context = LambdaContext("request-1", ends_at=time.time() + 60)
    with pytest.raises(UnsupportedAudio, match="a PDF document") as raised:
        invoke.handler({"audioFileUrl": url, "saveSource": True}, cast(Any, context))
    assert (job.status, job.partial) == (JobStatus.FAILED, False)
    assert job.error is not None
    assert (job.error["code"], job.error["message"]) == (raised.value.code, raised.value.message)
    assert jobs.stored() == [], "neither under kept/ nor under audio/"


def test_a_job_begins_before_its_audio_is_there_and_keeps_all_of_it(jobs: JobWorld) -> None:
    whole = recording(150)  # 12 MB, six minutes
    calls: list[int] = []

    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(whole)))])
        yield whole[:8_000_000]
        for _ in range(400):
            if jobs.provider.received:
                break
            yield 0.05
        calls.append(len(jobs.provider.received))
        yield whole[8_000_000:]

    url = jobs.source.script("/talk.wav", answer)
    with jobs.settings(FETCH_TOTAL_SECONDS="60"):
        job_id = jobs.job(url, saveSource=True)
        run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(150)
    assert 0 < calls[0] < len(jobs.provider.received)
    (saved,) = [key for key in jobs.stored() if key.startswith("audio/")]
    stored = jobs.aws.client("s3").get_object(Bucket=BUCKET, Key=saved)["Body"].read()
    assert stored == whole


@pytest.mark.parametrize("save_source", [False, True])
def test_a_job_that_fails_while_its_audio_arrives_says_why_and_ends_the_download(
    jobs: JobWorld, *, save_source: bool
) -> None:
    whole = recording(150)
    sent = []

    def answer() -> Iterator[Step]:
        yield head(200, [("Content-Length", str(len(whole)))])
        yield whole[:8_000_000]
        for at in range(8_000_000, len(whole), 20_000):
            yield 0.1
            yield whole[at : at + 20_000]
            sent.append(at)

    url = jobs.source.script("/slow.wav", answer)
    with jobs.settings(FETCH_TOTAL_SECONDS="60"):
        job_id = jobs.job(url, saveSource=save_source, track="7")
        run(job_id)
    error = jobs.find(job_id).error
    assert error is not None
    assert (error["code"], error["param"]) == ("invalid_request", "track")
    assert 8_000_000 + 20_000 * len(sent) < len(whole), "the rest was not waited for"
    assert jobs.stored() == []


def test_whatever_hinders_the_storing_the_job_goes_on(
    jobs: JobWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Nobody has thought of this.")

    monkeypatch.setattr(JobFiles, "keep_audio", broken)
    job_id = jobs.job(jobs.source.file("/minute.wav", WAV))
    run(job_id)
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)


def test_a_job_whose_audio_breaks_off_on_its_way_fails_and_keeps_none_of_it(jobs: JobWorld) -> None:
    whole = recording(150)
    url = jobs.source.file("/broken.wav", whole[:8_000_000], declared=len(whole))
    job_id = jobs.job(url, saveSource=True)
    run(job_id)
    job = jobs.find(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "audio_not_retrievable"
    assert len([one for one in jobs.source.requests if one.target == "/broken.wav"]) == 6
    assert not [key for key in jobs.stored() if "/kept/" in key or key.startswith("audio/")]
