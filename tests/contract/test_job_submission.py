"""What is checked before a request becomes a job, and what fails when it does."""

import pytest

from tests.contract.jobs_over_http import ASYNC, error, submit
from tests.worlds.http_api import ApiWorld

BAD_URLS = [
    "http://10.0.0.1/a",
    "http://[::1]/a",
    "http://[::ffff:169.254.169.254]/a",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0x7f.1/",
    "http://127.0.0.1/a",
    "http://localhost/a",
    "http://localhost./a",
    "http://x.localhost/a",
    "https://user:hunter2@example.com/a",
    "https://example.com:8443/a",
    "ftp://example.com/a",
    "file:///etc/passwd",
    "https://",
    "no-url",
]


@pytest.mark.parametrize("url", [*BAD_URLS, "s3://audio-translation-test/x.mp3"])
def test_a_callback_to_what_is_not_public_is_refused(world: ApiWorld, url: str) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "callbackUrl": url}
    with world.with_jobs(FETCH_ALLOW_LOOPBACK="false"):
        response = world.post(body)
    assert error(response) == (400, "url_not_allowed", "callbackUrl")
    message = response.json()["error"]["message"]
    assert "callbackUrl" in message
    assert "hunter2" not in message + world.log.getvalue()
    assert world.aws.items() == []


@pytest.mark.parametrize("url", [*BAD_URLS, "s3://somebody-elses-bucket/a.mp3", "s3://"])
def test_audio_at_what_is_not_public_is_refused_at_once(world: ApiWorld, url: str) -> None:
    with world.with_jobs(FETCH_ALLOW_LOOPBACK="false"):
        response = world.post({"audioFileUrl": url}, headers=ASYNC)
    assert error(response) == (400, "url_not_allowed", "audioFileUrl")
    assert world.functions.started == []


@pytest.mark.parametrize("url", ["https://example.com/a b.mp3", "s3://audio-translation-test/a"])
def test_audio_that_will_be_fetched_is_taken(jobs: ApiWorld, url: str) -> None:
    submit(jobs, audioFileUrl=url)


@pytest.mark.parametrize("value", [7, ["https://a.test"], "https://a.test/" + "a" * 9000])
def test_a_callback_that_is_no_url_is_an_invalid_request(jobs: ApiWorld, value: object) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "callbackUrl": value}
    assert error(jobs.post(body)) == (400, "invalid_request", "callbackUrl")


def test_a_prompt_that_the_table_could_not_hold_is_refused(jobs: ApiWorld) -> None:
    body = {"audioFileUrl": "https://example.com/a.mp3", "prompt": "ñ" * 20_001}
    assert error(jobs.post(body, headers=ASYNC)) == (400, "invalid_request", "prompt")
    submit(jobs, prompt="你" * 20_000)


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (404, "ResourceNotFoundException", (500, "internal", None)),
        (400, "InvalidParameterValueException", (500, "internal", None)),
    ],
)
def test_a_job_that_cannot_be_started_is_an_error_and_leaves_nothing(
    jobs: ApiWorld, status: int, name: str, expected: tuple[int, str, str | None]
) -> None:
    jobs.functions.refusals.extend([(status, name)] * 5)
    response = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC)
    assert error(response) == expected
    assert jobs.aws.items() == []


def test_throttles_are_retried_and_then_told(jobs: ApiWorld) -> None:
    jobs.functions.refusals.append((429, "TooManyRequestsException"))
    submit(jobs)
    jobs.functions.refusals.extend([(429, "TooManyRequestsException")] * 3)
    response = jobs.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC)
    assert error(response) == (429, "rate_limited", None)
    assert int(response.headers["retry-after"]) > 0
    assert len(jobs.aws.items()) == 1


def test_a_table_that_fails_is_an_internal_error(world: ApiWorld) -> None:
    with world.with_jobs(JOB_TABLE="nowhere"):
        responses = [
            world.post({"audioFileUrl": "https://example.com/a.mp3"}, headers=ASYNC),
            world.get("/jobs"),
            world.get("/jobs/7"),
            world.delete("/jobs/7"),
        ]
    assert [error(response) for response in responses] == [(500, "internal", None)] * 4
