"""The job function is invoked over HTTP as AWS has it."""

from collections.abc import Iterator

import pytest
from botocore.config import Config

from audio_translation.errors import Internal, RateLimited, ServiceError
from audio_translation.jobs.job_starter import JobStarter
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions, Started
from tests.fakes.aws.moto_server import ClientsAt


@pytest.fixture
def functions() -> Iterator[Functions]:
    with Functions() as functions:
        yield functions


@pytest.fixture
def starter(functions: Functions) -> JobStarter:
    return JobStarter(clients(functions.url), function=FUNCTION)


def clients(url: str) -> ClientsAt:
    config = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
    return ClientsAt(url, config=config)


def test_an_execution_is_named_after_the_job_and_nobody_waits_for_it(
    functions: Functions, starter: JobStarter
) -> None:
    starter.start("job-1")
    assert functions.started == [Started(FUNCTION, "Event", "job-1", {"jobId": "job-1"})]


def test_a_second_start_is_no_error(functions: Functions, starter: JobStarter) -> None:
    functions.refusals.append((409, "DurableExecutionAlreadyStartedException"))
    starter.start("job-1")
    assert functions.started == []


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (429, "TooManyRequestsException", RateLimited),
        (404, "ResourceNotFoundException", Internal),
        (403, "AccessDeniedException", Internal),
        (500, "ServiceException", Internal),
    ],
)
def test_a_refusal_is_an_error_of_the_table(
    functions: Functions,
    starter: JobStarter,
    status: int,
    name: str,
    error: type[ServiceError],
) -> None:
    functions.refusals.append((status, name))
    with pytest.raises(error) as caught:
        starter.start("job-1")
    assert (caught.value.retry_after is not None) == (error is RateLimited)


def test_lambda_that_cannot_be_reached_is_an_error_of_the_table() -> None:
    with pytest.raises(Internal, match="EndpointConnectionError"):
        JobStarter(clients("http://127.0.0.1:9"), function=FUNCTION).start("job-1")
