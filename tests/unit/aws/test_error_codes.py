"""botocore's exceptions become errors of the table, in one place."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from audio_translation.aws.error_codes import error_code, mapped, may_pass, service_error
from audio_translation.errors import Internal, RateLimited


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:secret"}}, "UpdateItem")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (client_error("ProvisionedThroughputExceededException"), RateLimited),
        (client_error("ThrottlingException"), RateLimited),
        (client_error("RequestLimitExceeded"), RateLimited),
        (client_error("SlowDown"), RateLimited),
        (client_error("503"), RateLimited),
        (client_error("TooManyRequestsException"), RateLimited),
        (client_error("EC2ThrottledException"), RateLimited),
        (client_error("NoSuchBucket"), Internal),
        (client_error("ResourceNotFoundException"), Internal),
        (client_error("AccessDeniedException"), Internal),
        (client_error("ValidationException"), Internal),
        (TimeoutError("arn:aws:secret"), Internal),
    ],
)
def test_failures_are_errors_of_the_table(error: Exception, expected: type[Exception]) -> None:
    found = service_error(error, "job table")
    assert type(found) is expected
    assert found.message.startswith("The job table ")
    assert "secret" not in found.message
    assert (found.retry_after is not None) == (expected is RateLimited)


def test_a_function_that_is_throttled_says_so_in_its_own_words() -> None:
    error = client_error("TooManyRequestsException")
    found = service_error(error, "job function", busy="No more jobs.", seconds=5)
    assert (found.message, found.retry_after) == ("No more jobs.", 5)
    other = service_error(client_error("X"), "job function", failed="It was not started")
    assert other.message == "It was not started (X). Try again later."


def test_what_has_no_code_is_named_by_its_class() -> None:
    unreachable = EndpointConnectionError(endpoint_url="https://x/?X-Amz-Signature=secret")
    assert error_code(unreachable) == "EndpointConnectionError"
    told = r"^The bucket failed \(EndpointConnectionError\)"
    with pytest.raises(Internal, match=told), mapped("bucket"):
        raise unreachable


@pytest.mark.parametrize(
    ("status", "passes"), [(404, False), (403, False), (429, True), (503, True)]
)
def test_s3_is_asked_again_for_what_may_pass(status: int, *, passes: bool) -> None:
    answer: Any = {"ResponseMetadata": {"HTTPStatusCode": status}}
    error = ClientError(answer, "GetObject")
    assert may_pass(error) is passes
    assert may_pass(client_error("ThrottlingException"))
    assert may_pass(client_error("RequestTimeout"))
    assert not may_pass(client_error("InvalidRequest"))
    assert may_pass(EndpointConnectionError(endpoint_url="https://x"))
