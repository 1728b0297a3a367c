"""botocore's exceptions as errors of the table: the only place that knows AWS's error codes.

What reaches this has been tried again by botocore itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from audio_translation.errors import Internal, RateLimited

AWS_ERRORS = (ClientError, BotoCoreError, HTTPError)
"""Everything that botocore raises, and what it lets through while a body arrives."""

MISSING = {"404", "NoSuchKey", "NotFound"}
"""S3 has no such object."""
FORBIDDEN = {"403", "AccessDenied", "Forbidden"}
"""S3 does not let us; without s3:ListBucket that is its answer for a missing object, too."""
EXISTS = {"412", "ConditionalRequestConflict", "PreconditionFailed"}
"""S3 has such an object already, or somebody writes it at this moment."""
CONDITION_FAILED = "ConditionalCheckFailedException"
"""DynamoDB: the item is not what the condition wants."""

_THROTTLES = {
    "429",
    "503",
    "EC2ThrottledException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_SLOW_BODY = "RequestTimeout"
"""S3's, with status 400: the connection was idle for too long."""


def error_code(error: BaseException) -> str:
    """Return AWS's code, or the class of what kept AWS from answering.

    The texts of botocore's exceptions may quote URLs with their signatures; a code does not.
    """
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "ClientError"))
    return type(error).__name__


def may_pass(error: BaseException) -> bool:
    """Return whether AWS may answer when asked again: a throttle, a fault, a broken connection.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in _THROTTLES | {_SLOW_BODY} or status == 429 or status >= 500


def service_error(
    error: BaseException, name: str, *, failed: str = "", busy: str = "", seconds: int = 1
) -> RateLimited | Internal:
    """Return what a caller is told: RateLimited for a throttle, Internal for anything else.

    ``name`` is what failed, such as "bucket". ``failed`` and ``busy`` say it in other words;
    ``seconds`` is the ``retry_after`` of a throttle.
    """
    code = error_code(error)
    if code in _THROTTLES:
        return RateLimited(
            busy or f"The {name} is taking no more requests for now. Try again in a second.",
            retry_after=seconds,
        )
    return Internal(f"{failed or f'The {name} failed'} ({code}). Try again later.")


@contextmanager
def unless_refused() -> Iterator[None]:
    """Suppress the error of a DynamoDB condition that is not met."""
    try:
        yield
    except ClientError as error:
        if error_code(error) != CONDITION_FAILED:
            raise


@contextmanager
def mapped(name: str) -> Iterator[None]:
    """Raise RateLimited or Internal in place of botocore's exceptions; ``name`` as above."""
    try:
        yield
    except AWS_ERRORS as error:
        raise service_error(error, name) from error
