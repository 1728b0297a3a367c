"""Looks up the deployed CloudFormation stack: its queue, its buckets and its settings."""

from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from audio_translation.settings import Settings
from tools.backfill import Failed


class DeployedStack(NamedTuple):
    """What a backfill must know of the stack."""

    queue: str
    """URL of the upload queue."""
    audio_folder: str = Settings().audio_folder
    price_per_minute: float = Settings().price_per_minute_usd
    buckets: tuple[str, ...] = ()
    """Those whose recordings the stack may read; empty if that is not known."""


def find_stack(client: Any, name: str) -> DeployedStack:
    """Return the stack of a name. Needs ``cloudformation:DescribeStacks``.

    Raises Failed, or botocore's errors.
    """
    try:
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        region = client.meta.region_name
        raise Failed(
            f"There is no stack {name!r} in {region}. STACK=name and AWS_REGION name another;"
            " QUEUE=url does without."
        ) from error
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
    if "UploadQueueUrl" not in outputs:
        raise Failed(f"The stack {name!r} has no output UploadQueueUrl. Deploy it anew.")
    buckets = outputs.get("BucketName"), parameters.get("UploadBucket")
    return DeployedStack(
        queue=outputs["UploadQueueUrl"],
        audio_folder=parameters.get("AudioFolder") or Settings().audio_folder,
        price_per_minute=float(
            parameters.get("PricePerMinuteUsd") or Settings().price_per_minute_usd
        ),
        buckets=tuple(bucket for bucket in buckets if bucket),
    )
