"""How many jobs of recordings in buckets run at once, over all sandboxes."""

from collections.abc import Iterable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import CONDITION_FAILED, error_code, mapped
from audio_translation.jobs.job_table import TABLE

_KEY = {"id": {"S": "slots of uploads"}}
"""No job's id: it has spaces."""


@dataclass(frozen=True)
class UploadSlots:
    """A set of jobs' ids in one item of the job table, that never holds more than ``slots``.

    A slot is taken under a condition, so that no two sandboxes take the last one. All raise
    RateLimited or Internal.
    """

    clients: Clients
    table: str
    slots: int

    def take(self, job_id: str) -> bool:
        """Have a slot for the job, now or since before; False if none is free."""
        with mapped(TABLE):
            try:
                self.clients.dynamodb.update_item(
                    TableName=self.table,
                    Key=_KEY,
                    UpdateExpression="ADD holders :holder",
                    ConditionExpression=(
                        "attribute_not_exists(holders) OR size(holders) < :slots"
                        " OR contains(holders, :id)"
                    ),
                    ExpressionAttributeValues={
                        ":holder": {"SS": [job_id]},
                        ":id": {"S": job_id},
                        ":slots": {"N": str(self.slots)},
                    },
                )
            except ClientError as error:
                if error_code(error) != CONDITION_FAILED:
                    raise
                return False
        return True

    def holders(self) -> list[str]:
        """Return the ids of the jobs that have slots."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=_KEY, ConsistentRead=True
            )
        return sorted(answer.get("Item", {}).get("holders", {}).get("SS", []))

    def give_back(self, job_ids: Iterable[str]) -> None:
        """Free the slots of these jobs."""
        with mapped(TABLE):
            self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=_KEY,
                UpdateExpression="DELETE holders :holders",
                ExpressionAttributeValues={":holders": {"SS": list(job_ids)}},
            )
