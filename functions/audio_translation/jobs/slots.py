"""How many jobs run at once, over all sandboxes: of all kinds, and of recordings in buckets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped, unless_refused
from audio_translation.jobs.storage.job_table import TABLE, JobTable

UPLOADS = "slots of uploads"
JOBS = "slots of jobs"
"""Ids of the items; no job's: they have spaces."""

_LOST = timedelta(days=2)
"""A job without a change for so long counts as ended, whatever its status says."""


@dataclass(frozen=True)
class Slots:
    """A set of jobs' ids in the item ``name`` of the job table, never more than ``slots``.

    0 is any number: nothing is kept then. A slot is taken under a condition, so that no two
    sandboxes take the last one. All raise RateLimited or Internal.
    """

    clients: Clients
    table: str
    name: str
    slots: int

    def take_of_ended(self, job_id: str, jobs: JobTable) -> bool:
        """Have a slot for the job, that of a job that has ended if no other is free."""
        if self.take(job_id):
            return True
        ended = [holder for holder in self.holders() if _has_ended(jobs, holder)]
        if ended:
            self.give_back(ended)
        return bool(ended) and self.take(job_id)

    def take(self, job_id: str) -> bool:
        """Have a slot for the job, now or since before; False if none is free."""
        if not self.slots:
            return True
        with mapped(TABLE), unless_refused():
            self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=self._key,
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
            return True
        return False

    def holders(self) -> list[str]:
        """Return the ids of the jobs that have slots."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=self._key, ConsistentRead=True
            )
        return sorted(answer.get("Item", {}).get("holders", {}).get("SS", []))

    def give_back(self, job_ids: Iterable[str]) -> None:
        """Free the slots of these jobs."""
        with mapped(TABLE):
            self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=self._key,
                UpdateExpression="DELETE holders :holders",
                ExpressionAttributeValues={":holders": {"SS": list(job_ids)}},
            )

    @property
    def _key(self) -> dict[str, dict[str, str]]:
        return {"id": {"S": self.name}}


def _has_ended(jobs: JobTable, job_id: str) -> bool:
    job = jobs.find(job_id)
    return job is None or job.status.final or datetime.now(UTC) - job.updated > _LOST
