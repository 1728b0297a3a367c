"""A job's URL, and what a caller asks to poll by."""

from typing import Any

import pytest

from audio_translation.http_api.polling import Poll, asked_poll, job_url, prefers_async


def event(headers: dict[str, str] | None = None, **context: Any) -> dict[str, Any]:
    known = {"path": "/v1/translate", "domainName": "api.example.com", **context}
    return {"resource": "/translate", "headers": headers, "requestContext": known}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (event(), "https://api.example.com/v1/jobs/7"),
        (event(path="/translate"), "https://api.example.com/jobs/7"),
        (event({"X-Forwarded-Proto": "https"}), "https://api.example.com/v1/jobs/7"),
        (event({"x-forwarded-proto": "http, https"}), "http://api.example.com/v1/jobs/7"),
        (event({"X-Forwarded-Proto": "javascript"}), "https://api.example.com/v1/jobs/7"),
        (
            event({"x-forwarded-proto": "http"}, path="/translate", domainName="127.0.0.1:8080"),
            "http://127.0.0.1:8080/jobs/7",
        ),
        (event(domainName=None), "/v1/jobs/7"),
        (event(domainName=""), "/v1/jobs/7"),
    ],
)
def test_a_jobs_url_is_the_one_that_the_client_can_ask(sent: dict[str, Any], expected: str) -> None:
    assert job_url(sent, "7") == expected
    assert job_url(sent, "7", Poll.LOCATION) == f"{expected}?poll=location"


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        (None, None),
        ([], None),
        (["respond-async"], None),
        (["poll=location"], Poll.LOCATION),
        (["respond-async, Poll = LOCATION ;x=y"], Poll.LOCATION),
        (["respond-async", 'poll="operation"'], Poll.OPERATION),
        (["poll"], None),
        (["poll=often, poll=operation"], Poll.OPERATION),
        (["xpoll=location"], None),
    ],
)
def test_a_preference_says_what_to_poll_by(prefer: list[str] | None, expected: Poll | None) -> None:
    assert asked_poll(prefer, None) is expected
    assert asked_poll(prefer, Poll.OPERATION) is Poll.OPERATION


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        (None, False),
        (["poll=location"], False),
        (["poll=location, Respond-Async; wait=5"], True),
        (["wait=1", "respond-async"], True),
    ],
)
def test_a_preference_asks_for_a_job(prefer: list[str] | None, expected: bool) -> None:
    assert prefers_async(prefer) is expected
