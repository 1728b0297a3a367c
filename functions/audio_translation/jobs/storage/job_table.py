"""The job table in DynamoDB. Every change is conditional: a job that has ended stays as it is.

An item is a job under its ``id``; the index ``owner-created`` lists an owner's jobs by time.
DynamoDB deletes an item some time after ``expires``; this module hides it from that moment on.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import mapped, unless_refused
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.storage import page_cursor
from audio_translation.jobs.storage.job_item import (
    WAIT,
    from_item,
    is_in,
    kept,
    key_of,
    numbers,
    served_by,
    timestamp,
    to_item,
    told,
    update,
    waiting,
)
from audio_translation.transcript import ServedBy

TABLE = "job table"
"""What errors call it."""
OWNER_INDEX = "owner-created"
_ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)
_FINAL = tuple(status for status in JobStatus if status.final)


@dataclass(frozen=True)
class JobTable:
    """Creates, finds, lists and changes jobs; safe to call from several threads.

    Methods that change a job return the changed job. They return None if there is no such job, or
    if its status does not allow the change. All raise RateLimited when the table is throttled and
    Internal when it fails.
    """

    clients: Clients
    table: str

    def create(self, job: Job) -> None:
        """Store a new job; an existing job with this id is left unchanged."""
        with mapped(TABLE), unless_refused():
            self.clients.dynamodb.put_item(
                TableName=self.table,
                Item=to_item(job),
                ConditionExpression="attribute_not_exists(id)",
            )

    def find(self, job_id: str) -> Job | None:
        """Return a job with a consistent read, None if there is none."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=key_of(job_id), ConsistentRead=True
            )
        job = from_item(answer["Item"]) if "Item" in answer else None
        return job if job and job.expires > datetime.now(UTC) else None

    def page(self, owner: str, *, limit: int, cursor: str | None) -> tuple[list[Job], str | None]:
        """Return at most ``limit`` jobs of ``owner``, newest first, and the next page's cursor.

        The cursor is None on the last page. A job made a moment ago may not be listed yet. Raises
        InvalidRequest for a cursor that is not this owner's.
        """
        start: Any = (
            {"ExclusiveStartKey": page_cursor.start(owner, cursor)} if cursor is not None else {}
        )
        with mapped(TABLE):
            answer = self.clients.dynamodb.query(
                TableName=self.table,
                IndexName=OWNER_INDEX,
                KeyConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}},
                ScanIndexForward=False,
                Limit=limit,
                **start,
            )
        now = datetime.now(UTC)
        jobs = [job for job in map(from_item, answer["Items"]) if job.expires > now]
        last = answer.get("LastEvaluatedKey")
        return jobs, page_cursor.cursor(
            owner, last["created"]["S"], last["id"]["S"]
        ) if last else None

    def arrived(self, job_id: str) -> None:
        """Store that the upload of a queued job is there."""
        now = {"S": timestamp(datetime.now(UTC))}
        self._update(job_id, (JobStatus.QUEUED,), {"arrived": now}, returns="NONE")

    def begin(self, job_id: str) -> Job | None:
        """Set a job to running: it waits for nothing, and is kept until ``kept_until``."""
        return self.change(job_id, _ACTIVE, status=JobStatus.RUNNING, begins=True)

    def progress(
        self,
        job_id: str,
        *,
        chunks: int,
        chunks_done: int,
        audio: int,
        audio_done: int,
        goes_on: bool = False,
    ) -> bool:
        """Store how far a running job is; return whether it still runs. See ``Job`` for the units.

        Nothing else of the job is read or returned. ``goes_on``: what failed before is over.
        """
        fields = numbers(chunks=chunks, chunks_done=chunks_done, audio=audio, audio_done=audio_done)
        return self._runs(job_id, fields, remove=WAIT if goes_on else ())

    def waits(
        self, job_id: str, *, attempts: int, until: datetime, error: Mapping[str, Any]
    ) -> None:
        """Store when a running job is tried again, and OpenAI's error object of the last try."""
        self._runs(job_id, waiting(attempts, until, error))

    def translated(
        self,
        job_id: str,
        *,
        duration: int,
        chunks: int,
        paid: int,
        warnings: Iterable[str] = (),
        languages: Iterable[tuple[str, float]] = (),
        answer: str | None = None,
        cached: bool = False,
    ) -> bool:
        """Store what is known when all of a running job is translated; return whether it runs."""
        fields = {
            **numbers(chunks=chunks, chunks_done=chunks, audio=duration, audio_done=duration),
            **numbers(paid=paid),
            **told(warnings, languages),
            **kept(answer, cached=cached),
        }
        return self._runs(job_id, fields)

    def succeed(
        self, job_id: str, *, served: ServedBy | None = None, recorded: bool = False
    ) -> Job | None:
        """Set a running job to succeeded; ``recorded``: it has a record."""
        fields = served_by(served, recorded=recorded)
        return self.change(job_id, (JobStatus.RUNNING,), status=JobStatus.SUCCEEDED, **fields)

    def fail(
        self,
        job_id: str,
        error: dict[str, Any],
        *,
        partial: bool,
        served: ServedBy | None = None,
        chunks_done: int = 0,
        audio_done: int = 0,
        paid: int = 0,
        warnings: Iterable[str] = (),
        languages: Iterable[tuple[str, float]] = (),
    ) -> Job | None:
        """Set a job to failed with OpenAI's error object; ``partial``: some text is stored."""
        return self.change(
            job_id,
            _ACTIVE,
            status=JobStatus.FAILED,
            error={"S": json.dumps(error)},
            partial={"BOOL": partial},
            **numbers(chunks_done=chunks_done, audio_done=audio_done, paid=paid),
            **served_by(served),
            **told(warnings, languages),
        )

    def cancel(self, job_id: str) -> Job | None:
        """Set a queued or running job to cancelled."""
        return self.change(job_id, _ACTIVE, status=JobStatus.CANCELLED)

    def delete(self, job_id: str, *, states: Iterable[JobStatus] = _FINAL) -> None:
        """Delete a job that is in one of ``states``."""
        condition, values = is_in(states)
        with mapped(TABLE), unless_refused():
            self.clients.dynamodb.delete_item(
                TableName=self.table,
                Key=key_of(job_id),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values,
            )

    def change(
        self,
        job_id: str,
        states: Iterable[JobStatus],
        *,
        status: JobStatus,
        begins: bool = False,
        remove: tuple[str, ...] = (),
        **fields: Any,
    ) -> Job | None:
        """Set a job in one of ``states`` to ``status`` and change its attributes."""
        fields["status"] = {"S": status.value}
        item = self._update(job_id, states, fields, returns="ALL_NEW", begins=begins, remove=remove)
        return None if item is None else from_item(item)

    def _runs(
        self, job_id: str, fields: Mapping[str, Any], *, remove: tuple[str, ...] = ()
    ) -> bool:
        """Change a running job; return whether it runs."""
        running = (JobStatus.RUNNING,)
        return self._update(job_id, running, fields, returns="NONE", remove=remove) is not None

    def _update(
        self,
        job_id: str,
        states: Iterable[JobStatus],
        fields: Mapping[str, Any],
        *,
        returns: Literal["ALL_NEW", "NONE"],
        begins: bool = False,
        remove: tuple[str, ...] = (),
    ) -> dict[str, Any] | None:
        """Set the fields of a job in one of ``states``; return its attributes, None if refused."""
        condition, values = is_in(states)
        expression, names, set_to = update(fields, begins=begins, remove=remove)
        with mapped(TABLE), unless_refused():
            answer = self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=key_of(job_id),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status", **names},
                ExpressionAttributeValues=values | set_to,
                ReturnValues=returns,
            )
            return dict(answer.get("Attributes", {}))
        return None
