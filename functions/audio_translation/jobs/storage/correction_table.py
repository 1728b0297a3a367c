"""Corrections in the job table: one at a time for a job, and what they change of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped, unless_refused
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.storage.job_item import from_item, key_of, numbers, timestamp
from audio_translation.jobs.storage.job_table import TABLE

_LONGEST = timedelta(seconds=60)
"""A correction that has not ended by then was lost: the function has 27 s for it."""


@dataclass(frozen=True)
class CorrectionTable:
    """The methods raise RateLimited when the table is throttled and Internal when it fails."""

    clients: Clients
    table: str

    def begin(self, job_id: str) -> Job | None:
        """Return a job that has succeeded and is nobody else's to correct until it ends, or None.

        After a minute another one may correct it, whatever became of this one.
        """
        now = datetime.now(UTC)
        return self._update(
            job_id,
            "SET correcting = :until",
            "#status = :succeeded AND (attribute_not_exists(correcting) OR correcting < :now)",
            {
                ":until": {"S": timestamp(now + _LONGEST)},
                ":now": {"S": timestamp(now)},
                ":succeeded": {"S": JobStatus.SUCCEEDED.value},
            },
            {"#status": "status"},
        )

    def end(
        self, job_id: str, *, warnings: Iterable[str] | None = None, revision: int | None = None
    ) -> Job | None:
        """Let others correct it; store what has changed. None if the job is gone."""
        changes = ["updated = :updated"] if warnings is not None else []
        values: dict[str, Any] = {}
        if warnings is not None:
            values |= {
                ":updated": {"S": timestamp(datetime.now(UTC))},
                ":warnings": {"L": [{"S": warning} for warning in warnings]},
            }
            changes.append("warnings = :warnings")
        if revision is not None:
            values[":revision"] = numbers(revision=revision)["revision"]
            changes.append("revision = :revision")
        changed = f"SET {', '.join(changes)} " if changes else ""
        return self._update(
            job_id, f"{changed}REMOVE correcting", "attribute_exists(id)", values, {}
        )

    def _update(
        self,
        job_id: str,
        change: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str],
    ) -> Job | None:
        optional: Any = {
            name: dict(value)
            for name, value in (
                ("ExpressionAttributeValues", values),
                ("ExpressionAttributeNames", names),
            )
            if value
        }
        with mapped(TABLE), unless_refused():
            answer = self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=key_of(job_id),
                UpdateExpression=change,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                **optional,
            )
            return from_item(answer["Attributes"])
        return None
