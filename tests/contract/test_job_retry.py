"""POST /jobs/{id}/retry: a job that has failed goes on, and nothing else does."""

import pytest
import requests

from audio_translation.transcript import ServedBy
from tests.contract.jobs_over_http import ERROR, MINE, THEIRS, error, finished, submit, table
from tests.worlds.http_api import ApiWorld


def retry(world: ApiWorld, job_id: str, headers: dict[str, str] = MINE) -> requests.Response:
    return requests.post(f"{world.url}/jobs/{job_id}/retry", headers=headers, timeout=60)


def failed(world: ApiWorld) -> str:
    job_id = submit(world)
    table(world).begin(job_id)
    table(world).fail(
        job_id,
        ERROR,
        partial=True,
        served=ServedBy("whisper-1"),
        paid=60_000,
        chunks_done=1,
        audio_done=60_000,
        warnings=("odd",),
    )
    return job_id


def test_a_job_that_has_failed_is_queued_and_started_again(jobs: ApiWorld) -> None:
    job_id = failed(jobs)
    before = table(jobs).find(job_id)
    answer = retry(jobs, job_id)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"].endswith(f"/jobs/{job_id}")
    assert int(answer.headers["Retry-After"]) >= 2
    view = answer.json()
    assert (view["status"], view["error"], view["partial"]) == ("queued", None, False)
    assert (view["warnings"], view["model"]) == ([], None)
    started = jobs.functions.started[-1]
    assert started.execution == f"{job_id}-retry-1"
    assert started.payload == {"jobId": job_id, "retries": 1}
    again = table(jobs).find(job_id)
    assert before
    assert again
    assert again.expires > before.expires or again.expires == before.expires
    assert (again.retries, again.counted) == (1, 60_000)


def test_it_may_fail_and_go_on_as_often_as_it_is_asked_to(jobs: ApiWorld) -> None:
    job_id = failed(jobs)
    for number in (1, 2, 3):
        assert retry(jobs, job_id).status_code == 202
        assert jobs.functions.started[-1].execution == f"{job_id}-retry-{number}"
        table(jobs).fail(job_id, ERROR, partial=False)


def test_only_a_job_that_has_failed_goes_on(jobs: ApiWorld) -> None:
    waiting, running, done = submit(jobs), submit(jobs), finished(jobs)
    table(jobs).begin(running)
    for job_id in (waiting, running):
        assert error(retry(jobs, job_id)) == (409, "job_not_finished", None)
    assert error(retry(jobs, done)) == (400, "invalid_request", None)
    cancelled = submit(jobs)
    table(jobs).cancel(cancelled)
    assert error(retry(jobs, cancelled)) == (400, "invalid_request", None)
    assert [one for one in jobs.functions.started if "retry" in one.execution] == []


def test_a_live_session_does_not_go_on(jobs: ApiWorld) -> None:
    opened = requests.post(f"{jobs.url}/live", json={}, headers=MINE, timeout=60)
    session_id = opened.json()["id"]
    assert error(retry(jobs, session_id)) == (409, "job_not_finished", None)
    table(jobs).fail(session_id, ERROR, partial=False)
    assert error(retry(jobs, session_id)) == (400, "invalid_request", None)


def test_nobody_elses_job_goes_on(jobs: ApiWorld) -> None:
    job_id = failed(jobs)
    assert error(retry(jobs, job_id, THEIRS)) == (404, "not_found", None)
    assert error(retry(jobs, "no-such-job")) == (404, "not_found", None)


@pytest.mark.parametrize("refusal", [(429, "TooManyRequestsException"), (400, "OtherException")])
def test_a_job_that_cannot_be_started_is_what_it_was(
    jobs: ApiWorld, refusal: tuple[int, str]
) -> None:
    job_id = failed(jobs)
    before = table(jobs).find(job_id)
    jobs.functions.refusals.extend([refusal] * 3)
    assert retry(jobs, job_id).status_code in {429, 500}
    jobs.functions.refusals.clear()
    again = table(jobs).find(job_id)
    assert before
    assert again
    unchanged = {"updated", "retries", "counted", "expires"}
    assert again.model_dump(exclude=unchanged) == before.model_dump(exclude=unchanged)
    assert retry(jobs, job_id).status_code == 202
