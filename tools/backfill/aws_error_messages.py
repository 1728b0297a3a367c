"""AWS's errors as messages that say what to do."""

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  botocore's
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from audio_translation.aws.error_codes import FORBIDDEN, error_code

_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
PERMISSIONS = {
    "DescribeStacks": "cloudformation:DescribeStacks on the stack, or QUEUE=url",
    "ListObjectsV2": "s3:ListBucket on the bucket",
    "SendMessageBatch": "sqs:SendMessage on the queue",
}
"""What an operator needs for each operation that the backfill calls."""

_DENIED = FORBIDDEN | {"AccessDeniedException", "UnauthorizedOperation"}
_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "RequestExpired",
}
_NO_QUEUE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "InvalidAddress"}


def message_for(error: Exception) -> str:
    """Return what is wrong and what to do, for whoever runs the command."""
    if isinstance(error, ClientError):
        return _message_for_answer(error)
    if isinstance(error, _NO_CREDENTIALS):
        return f"AWS credentials: {error} Set AWS_PROFILE, or run `aws configure`."
    if isinstance(error, ConnectionError):
        return f"AWS is not reached: {error}"
    return f"{error} (BUCKET, QUEUE and the AWS settings are passed on as they are.)"


def _message_for_answer(error: ClientError) -> str:
    code = error_code(error)
    reason = error.response.get("Error", {}).get("Message", "")
    operation = error.operation_name
    if code == "NoSuchBucket":
        return "There is no such bucket. BUCKET is its name."
    if code in _NO_QUEUE:
        return "There is no such queue. QUEUE is its URL, in the region of AWS_REGION."
    if code in _DENIED:
        needed = PERMISSIONS.get(operation, operation)
        return f"AWS refuses {operation}. It needs {needed}. ({reason})"
    if code in _EXPIRED:
        return f"AWS does not take these credentials ({code}). Log in again."
    return f"AWS answers {operation} with {code}: {reason} The same command goes on from here."
