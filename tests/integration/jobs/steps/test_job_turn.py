"""A turn answers from what is kept unless the job has begun, and keeps what it has translated."""

from typing import Any

from audio_translation.aws.bucket_keys import ANSWERS
from audio_translation.jobs.job import JobStatus
from audio_translation.wiring.request_functions import request_functions
from tests.worlds.jobs import JobWorld, run, sentences
from tests.worlds.kept_answers import KEPT


def kept(jobs: JobWorld) -> list[str]:
    return [key for key in jobs.stored() if key.startswith(ANSWERS)]


def succeeded(jobs: JobWorld, url: str, job_id: str, **wishes: Any) -> int:
    """Run a job; return how many calls it took."""
    before = len(jobs.provider.received)
    run(jobs.job(url, job_id, **wishes))
    assert jobs.find(job_id).status is JobStatus.SUCCEEDED
    assert jobs.said(job_id) == sentences(24)
    return len(jobs.provider.received) - before


def test_the_second_job_for_the_same_audio_costs_nothing_and_says_so(
    jobs: JobWorld, url: str
) -> None:
    with jobs.settings(**KEPT):
        assert succeeded(jobs, url, "job-1") == 6
        (key,) = kept(jobs)
        assert succeeded(jobs, url, "job-2", responseFormat="srt") == 0
        first, second = jobs.find("job-1"), jobs.find("job-2")
        assert (first.cached, first.answer) == (False, key)
        assert (second.cached, second.answer, second.paid) == (True, key, 0)
        assert (second.audio, second.languages, second.warnings) == (
            first.audio,
            first.languages,
            first.warnings,
        )
        assert jobs.view("job-2")["estimatedDollars"] == 0
        request_functions().jobs.delete(second)
        assert kept(jobs) == []
        assert jobs.find("job-1").status is JobStatus.SUCCEEDED, "its own texts stay"


def test_a_job_that_has_begun_goes_on_with_its_own(jobs: JobWorld, url: str) -> None:
    """What it has paid for is counted as its own, however its execution is lost."""
    with jobs.settings(**KEPT):
        succeeded(jobs, url, "job-1")
        jobs.job(url, "job-2")
        jobs.files.parts("job-2").keep_all(jobs.files.parts("job-1").all()[:1])
        run("job-2")
        assert jobs.find("job-2").cached is False
        assert len(jobs.provider.received) == 6 + 5
