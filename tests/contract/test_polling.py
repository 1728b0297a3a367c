"""What pollers that go by status codes and headers are answered, and all others as before."""

import pytest
import requests

from tests.contract.jobs_over_http import ASYNC, ERROR, MINE, ROUTES, error, finished, submit, table
from tests.worlds.http_api import ApiWorld

BODY = {"audioFileUrl": "https://example.com/a.mp3"}
BY_LOCATION = {"params": {"poll": "location"}}
POLLS = pytest.mark.parametrize(
    "asked", [BY_LOCATION, {"headers": {"Prefer": "poll=location"}}], ids=["parameter", "Prefer"]
)


def look(world: ApiWorld, job_id: str, **asked: dict[str, str]) -> requests.Response:
    headers = {**MINE, **asked.pop("headers", {})}
    return world.get(f"/jobs/{job_id}", headers=headers, **asked)


@pytest.mark.parametrize("begun", [False, True])
def test_a_job_that_has_not_ended_is_200_for_who_asks_for_nothing(
    jobs: ApiWorld, begun: bool
) -> None:
    job_id = submit(jobs)
    if begun:
        table(jobs).begin(job_id)
    response = look(jobs, job_id)
    assert response.status_code == 200
    assert response.headers["location"] == f"{jobs.url}/jobs/{job_id}"
    assert response.headers["retry-after"] == "2"


@POLLS
def test_it_is_202_for_who_asks_for_that_until_it_has_ended(
    jobs: ApiWorld, asked: dict[str, dict[str, str]]
) -> None:
    job_id = submit(jobs)
    response = look(jobs, job_id, **asked)
    assert response.status_code == 202
    assert response.json() == look(jobs, job_id).json()
    assert response.headers["location"] == f"{jobs.url}/jobs/{job_id}?poll=location"
    assert response.headers["retry-after"] == "2"
    table(jobs).fail(job_id, ERROR, partial=False)
    for ended, status in ((job_id, "failed"), (finished(jobs), "succeeded")):
        response = look(jobs, ended, **asked)
        assert (response.status_code, response.json()["status"]) == (200, status)
        assert not {"location", "retry-after"} & set(map(str.lower, response.headers))


def test_by_operation_it_is_200_and_the_status_is_in_azures_words(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    asked = {"params": {"poll": "operation"}}
    response = look(jobs, job_id, **asked)
    url = f"{jobs.url}/jobs/{job_id}"
    assert (response.status_code, response.json()["status"]) == (200, "queued")
    assert response.headers["operation-location"] == f"{url}?poll=operation"
    assert response.headers["location"] == url
    table(jobs).cancel(job_id)
    ours = look(jobs, job_id).json()
    assert ours["status"] == "cancelled"
    assert look(jobs, job_id, **asked).json() == {**ours, "status": "canceled"}


@ROUTES
@pytest.mark.parametrize("way", ["parameter", "Prefer"])
def test_a_new_jobs_location_is_what_its_client_polls_by(
    jobs: ApiWorld, route: str, way: str
) -> None:
    prefer = "respond-async" + (", poll=location" if way == "Prefer" else "")
    params = {"poll": "location"} if way == "parameter" else None
    response = jobs.post(BODY, route, headers={**MINE, "Prefer": prefer}, params=params)
    url = f"{jobs.url}/jobs/{response.json()['id']}"
    assert response.status_code == 202
    assert response.headers["location"] == f"{url}?poll=location"
    assert requests.get(response.headers["location"], headers=MINE, timeout=60).status_code == 202


def test_an_uploads_location_does_so_too(jobs: ApiWorld) -> None:
    upload = {"fileName": "a.mp3", "size": 9}
    for asked in ({"params": {"poll": "location"}}, {"headers": {"Prefer": "poll=location"}}):
        response = jobs.post(upload, "/uploads", **asked)
        assert response.status_code == 201
        assert response.headers["location"].endswith("?poll=location")


@pytest.mark.parametrize("value", ["often", "locations", "202"])
def test_another_value_is_an_error_as_a_parameter_and_ignored_as_a_preference(
    jobs: ApiWorld, value: str
) -> None:
    job_id = submit(jobs)
    response = look(jobs, job_id, params={"poll": value})
    assert error(response) == (400, "invalid_request", "poll")
    assert look(jobs, job_id, headers={"Prefer": f"poll={value}"}).status_code == 200


def test_an_empty_parameter_is_none(jobs: ApiWorld) -> None:
    assert look(jobs, submit(jobs), params={"poll": ""}).status_code == 200


def test_retry_after_grows_with_what_is_left(jobs: ApiWorld) -> None:
    job_id = submit(jobs)
    state = table(jobs)
    state.begin(job_id)
    state.progress(job_id, chunks=0, chunks_done=1, audio=36_000_000, audio_done=1)
    assert look(jobs, job_id).headers["retry-after"] == "60"
    text = jobs.get(f"/jobs/{job_id}/translation", headers=MINE)
    assert (text.status_code, text.headers["retry-after"]) == (409, "60")
    state.progress(job_id, chunks=0, chunks_done=1, audio=36_000_000, audio_done=36_000_000)
    assert look(jobs, job_id).headers["retry-after"] == "2"


def test_a_scheme_that_a_proxy_tells_is_kept(jobs: ApiWorld) -> None:
    response = jobs.post(BODY, headers={**ASYNC, "X-Forwarded-Proto": "https"})
    assert response.headers["location"].startswith(jobs.url.replace("http:", "https:"))
