"""The job table in DynamoDB. Every change is conditional: a job that has ended stays as it is.

An item is a job under its ``id``; the index ``owner-created`` lists an owner's jobs by time.
DynamoDB deletes an item some time after ``expires``; this module hides it from that moment on.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from audio_translation.aws.clients import Clients
from audio_translation.aws.error_codes import CONDITION_FAILED, error_code, mapped
from audio_translation.jobs import page_cursor
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_item import from_item, timestamp, to_item

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
        with mapped(TABLE), _unless_refused():
            self.clients.dynamodb.put_item(
                TableName=self.table,
                Item=to_item(job),
                ConditionExpression="attribute_not_exists(id)",
            )

    def find(self, job_id: str) -> Job | None:
        """Return a job with a consistent read, None if there is none."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=_key(job_id), ConsistentRead=True
            )
        item = answer.get("Item")
        job = from_item(item) if item else None
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

    def begin(self, job_id: str) -> Job | None:
        """Set a queued job to running, and ``expires`` to ``kept_until`` if it has one."""
        return self._change(job_id, _ACTIVE, status=JobStatus.RUNNING, keep=True)

    def split(
        self,
        job_id: str,
        *,
        duration: int,
        chunk_durations: Iterable[int],
        warnings: Iterable[str] = (),
    ) -> Job | None:
        """Store duration and chunk durations, in integer milliseconds, of a running job."""
        return self._change(
            job_id,
            (JobStatus.RUNNING,),
            duration={"N": str(duration)},
            chunk_durations={"L": [{"N": str(length)} for length in chunk_durations]},
            warnings={"L": [{"S": warning} for warning in warnings]},
        )

    def chunk_done(self, job_id: str, index: int) -> Job | None:
        """Add a chunk of a running job to those whose text is stored; repeating it does no harm."""
        return self._change(job_id, (JobStatus.RUNNING,), chunk=index)

    def succeed(self, job_id: str, *, model: str | None = None) -> Job | None:
        """Set a running job to succeeded; ``model`` is the one that served it."""
        return self._change(
            job_id, (JobStatus.RUNNING,), status=JobStatus.SUCCEEDED, **_served(model)
        )

    def fail(
        self, job_id: str, error: dict[str, Any], *, partial: bool, model: str | None = None
    ) -> Job | None:
        """Set a job to failed with OpenAI's error object; ``partial``: some text is stored."""
        return self._change(
            job_id,
            _ACTIVE,
            status=JobStatus.FAILED,
            error={"S": json.dumps(error)},
            partial={"BOOL": partial},
            **_served(model),
        )

    def cancel(self, job_id: str) -> Job | None:
        """Set a queued or running job to cancelled."""
        return self._change(job_id, _ACTIVE, status=JobStatus.CANCELLED)

    def delete(self, job_id: str, *, states: Iterable[JobStatus] = _FINAL) -> None:
        """Delete a job that is in one of ``states``."""
        condition, values = _is_in(states)
        with mapped(TABLE), _unless_refused():
            self.clients.dynamodb.delete_item(
                TableName=self.table,
                Key=_key(job_id),
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values,
            )

    def _change(
        self,
        job_id: str,
        states: Iterable[JobStatus],
        *,
        status: JobStatus | None = None,
        chunk: int | None = None,
        keep: bool = False,
        **fields: Any,
    ) -> Job | None:
        condition, values = _is_in(states)
        names = {"#status": "status", "#updated": "updated"}
        sets = ["#updated = :updated"]
        values[":updated"] = {"S": timestamp(datetime.now(UTC))}
        if status is not None:
            fields["status"] = {"S": status.value}
        for name, value in fields.items():
            names[f"#{name}"] = name
            values[f":{name}"] = value
            sets.append(f"#{name} = :{name}")
        if keep:
            names |= {"#expires": "expires", "#kept_until": "kept_until"}
            sets.append("#expires = if_not_exists(#kept_until, #expires)")
        update = f"SET {', '.join(sets)}"
        if chunk is not None:
            values[":chunk"] = {"NS": [str(chunk)]}
            update += " ADD chunks_done :chunk"
        with mapped(TABLE), _unless_refused():
            answer = self.clients.dynamodb.update_item(
                TableName=self.table,
                Key=_key(job_id),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
            return from_item(answer["Attributes"])
        return None


@contextmanager
def _unless_refused() -> Iterator[None]:
    """Suppress the error of a condition that is not met."""
    try:
        yield
    except ClientError as error:
        if error_code(error) != CONDITION_FAILED:
            raise


def _is_in(states: Iterable[JobStatus]) -> tuple[str, dict[str, Any]]:
    """Return a condition on the status and its values; a missing item never meets it."""
    values: dict[str, Any] = {f":is_{state.value}": {"S": state.value} for state in states}
    return f"#status IN ({', '.join(values)})", values


def _key(job_id: str) -> dict[str, Any]:
    return {"id": {"S": job_id}}


def _served(model: str | None) -> dict[str, Any]:
    return {"model": {"S": model}} if model else {}
