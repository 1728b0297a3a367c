"""azure-core's own poller follows a job to its end, by either header that it knows."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from azure.core import PipelineClient
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import HeadersPolicy, RequestIdPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.polling import LROPoller
from azure.core.polling.base_polling import LROBasePolling
from azure.core.rest import HttpRequest, HttpResponse

from tests.contract.jobs_over_http import ERROR, MINE, succeed, table
from tests.worlds.http_api import ApiWorld

Response = PipelineResponse[HttpRequest, HttpResponse]


class Transport(RequestsTransport):  # type: ignore[misc]  # it is imported lazily there
    """Does what happens to the job instead of waiting; keeps how long it would have waited."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        super().__init__()
        self.slept: list[float] = []
        self._happens = list(happens)

    def sleep(self, duration: float) -> None:
        self.slept.append(duration)
        self._happens.pop(0)()


def followed(world: ApiWorld, poll: str, *happens: Callable[[], object]) -> Any:
    """Have a job made and polled to its end; return its last JSON, as a client's method would."""
    transport = Transport(*happens)
    policies = [RequestIdPolicy(), HeadersPolicy({**MINE, "Prefer": f"respond-async, poll={poll}"})]
    made: Any = PipelineClient(world.url, transport=transport, policies=policies)
    with closing(made) as client:
        request = HttpRequest(
            "POST", "/translate", json={"audioFileUrl": "https://example.com/a.mp3"}
        )
        request.url = client.format_url(request.url)
        first: Response = client.send_request(request, _return_pipeline_response=True)
        assert first.http_response.status_code == 202
        poller: LROPoller[Any] = LROPoller(
            client, first, lambda last: last.http_response.json(), LROBasePolling(timeout=99)
        )
        result = poller.result()
    assert transport.slept == [2] * len(happens)  # Retry-After, not its own interval
    return result


def last(world: ApiWorld) -> str:
    (item,) = world.aws.items()
    return str(item["id"]["S"])


EITHER = pytest.mark.parametrize("poll", ["location", "operation"])


@EITHER
def test_it_returns_the_job_that_succeeded(jobs: ApiWorld, poll: str) -> None:
    job = followed(
        jobs,
        poll,
        lambda: table(jobs).begin(last(jobs)),
        lambda: succeed(jobs, last(jobs)),
    )
    assert (job["id"], job["status"]) == (last(jobs), "succeeded")
    assert job["result"]["url"]


def test_by_location_it_returns_a_job_that_failed_or_was_cancelled(jobs: ApiWorld) -> None:
    """It goes by the status code alone, and so must its caller look at what it returns."""
    job = followed(jobs, "location", lambda: table(jobs).fail(last(jobs), ERROR, partial=False))
    assert (job["status"], job["error"]) == ("failed", ERROR)
    jobs.aws.reset()
    job = followed(jobs, "location", lambda: table(jobs).cancel(last(jobs)))
    assert job["status"] == "cancelled"


def test_by_operation_it_raises_what_a_job_failed_with(jobs: ApiWorld) -> None:
    with pytest.raises(HttpResponseError, match=r"\(provider_rejected\) No\."):
        followed(jobs, "operation", lambda: table(jobs).fail(last(jobs), ERROR, partial=False))


def test_by_operation_it_raises_for_a_job_that_was_cancelled(jobs: ApiWorld) -> None:
    with pytest.raises(HttpResponseError, match="canceled"):
        followed(jobs, "operation", lambda: table(jobs).cancel(last(jobs)))


@EITHER
def test_it_raises_for_a_job_that_is_gone(jobs: ApiWorld, poll: str) -> None:
    def deleted_twice() -> None:
        for _ in range(2):
            jobs.delete(f"/jobs/{last(jobs)}", headers=MINE)

    with pytest.raises(HttpResponseError, match="not_found"):
        followed(jobs, poll, deleted_twice)
