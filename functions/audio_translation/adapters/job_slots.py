"""How many jobs of recordings in buckets run at once, over all sandboxes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from audio_translation.adapters.job_table import table_error

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = {"id": {"S": "slots of uploads"}}
"""No job's id: it has spaces."""


class JobSlots:
    """A set of jobs' ids in one item of the job table, that never holds more than ``slots``.

    A slot is taken under a condition, so that no two sandboxes take the last one. All raise
    RateLimited or Internal.
    """

    def __init__(self, client: "DynamoDBClient", *, table: str, slots: int) -> None:
        self._client = client
        self._table = table
        self._slots = slots

    def take(self, job_id: str) -> bool:
        """Have a slot for the job, now or since before; False if none is free."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_KEY,
                UpdateExpression="ADD holders :holder",
                ConditionExpression=(
                    "attribute_not_exists(holders) OR size(holders) < :slots"
                    " OR contains(holders, :id)"
                ),
                ExpressionAttributeValues={
                    ":holder": {"SS": [job_id]},
                    ":id": {"S": job_id},
                    ":slots": {"N": str(self._slots)},
                },
            )
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, self._client.exceptions.ConditionalCheckFailedException):
                return False
            raise table_error(error) from error
        return True

    def holders(self) -> list[str]:
        """Return the ids of the jobs that have slots."""
        try:
            answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            raise table_error(error) from error
        return sorted(answer.get("Item", {}).get("holders", {}).get("SS", []))

    def give_back(self, job_ids: Iterable[str]) -> None:
        """Free the slots of these jobs."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_KEY,
                UpdateExpression="DELETE holders :holders",
                ExpressionAttributeValues={":holders": {"SS": list(job_ids)}},
            )
        except (ClientError, BotoCoreError) as error:
            raise table_error(error) from error
