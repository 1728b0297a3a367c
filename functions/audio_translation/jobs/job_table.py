"""The job table in DynamoDB. Whatever it changes, it changes under a condition.

An item is a job under its ``id``; the index ``owner-created`` lists an owner's jobs by time.
DynamoDB deletes an item some time after ``expires``; here it is gone at that moment.
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
from audio_translation.jobs import page_cursor as cursors
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording

TABLE = "job table"
"""What errors call it."""
OWNER_INDEX = "owner-created"
_ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)
_FINAL = tuple(status for status in JobStatus if status.final)


@dataclass(frozen=True)
class JobTable:
    """All that is done to jobs; safe to call from several threads.

    Methods that change a job return it as it is afterwards, or None if it is not there (any more)
    or is in a state that forbids the change. All raise RateLimited when the table is throttled
    and Internal when it fails.
    """

    clients: Clients
    table: str

    def create(self, job: Job) -> None:
        """Store a new job; a job that is there under this id stays as it is."""
        with mapped(TABLE), _unless_refused():
            self.clients.dynamodb.put_item(
                TableName=self.table,
                Item=_item(job),
                ConditionExpression="attribute_not_exists(id)",
            )

    def find(self, job_id: str) -> Job | None:
        """Return a job as it is now."""
        with mapped(TABLE):
            answer = self.clients.dynamodb.get_item(
                TableName=self.table, Key=_key(job_id), ConsistentRead=True
            )
        item = answer.get("Item")
        job = _job(item) if item else None
        return job if job and job.expires > datetime.now(UTC) else None

    def page(self, owner: str, *, limit: int, cursor: str | None) -> tuple[list[Job], str | None]:
        """Return at most ``limit`` jobs of ``owner``, newest first, and the next page's cursor.

        There is no next page where the cursor is None. A job that was made a moment ago may not be
        listed yet. Raises InvalidRequest for a cursor that is not one of this owner's.
        """
        start: Any = (
            {"ExclusiveStartKey": cursors.start(owner, cursor)} if cursor is not None else {}
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
        jobs = [job for job in map(_job, answer["Items"]) if job.expires > now]
        last = answer.get("LastEvaluatedKey")
        return jobs, cursors.cursor(owner, last["created"]["S"], last["id"]["S"]) if last else None

    def begin(self, job_id: str) -> Job | None:
        """Make a queued job run; one that runs already goes on. It is kept from now on."""
        return self._change(job_id, _ACTIVE, status=JobStatus.RUNNING, keep=True)

    def split(
        self,
        job_id: str,
        *,
        duration: int,
        chunk_durations: Iterable[int],
        warnings: Iterable[str] = (),
    ) -> Job | None:
        """Write the plan of a running job; all in integer milliseconds."""
        return self._change(
            job_id,
            (JobStatus.RUNNING,),
            duration={"N": str(duration)},
            chunk_durations={"L": [{"N": str(length)} for length in chunk_durations]},
            warnings={"L": [{"S": warning} for warning in warnings]},
        )

    def chunk_done(self, job_id: str, index: int) -> Job | None:
        """Note that the text of a running job's chunk is stored; once or more often."""
        return self._change(job_id, (JobStatus.RUNNING,), chunk=index)

    def succeed(self, job_id: str, *, model: str | None = None) -> Job | None:
        """End a running job well; ``model`` is what served it."""
        return self._change(
            job_id, (JobStatus.RUNNING,), status=JobStatus.SUCCEEDED, **_served(model)
        )

    def fail(
        self, job_id: str, error: dict[str, Any], *, partial: bool, model: str | None = None
    ) -> Job | None:
        """End a job with OpenAI's error object; ``partial``: a translation of a part is stored."""
        return self._change(
            job_id,
            _ACTIVE,
            status=JobStatus.FAILED,
            error={"S": json.dumps(error)},
            partial={"BOOL": partial},
            **_served(model),
        )

    def cancel(self, job_id: str) -> Job | None:
        """End a job that has not ended."""
        return self._change(job_id, _ACTIVE, status=JobStatus.CANCELLED)

    def delete(self, job_id: str, *, states: Iterable[JobStatus] = _FINAL) -> None:
        """Forget a job that is in one of ``states``; any other stays."""
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
        values[":updated"] = {"S": _stamp(datetime.now(UTC))}
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
            return _job(answer["Attributes"])
        return None


@contextmanager
def _unless_refused() -> Iterator[None]:
    """Leave the block quietly when the item is not what the condition wants."""
    try:
        yield
    except ClientError as error:
        if error_code(error) != CONDITION_FAILED:
            raise


def _is_in(states: Iterable[JobStatus]) -> tuple[str, dict[str, Any]]:
    """A condition, which no item that is not there meets, and its values."""
    values: dict[str, Any] = {f":is_{state.value}": {"S": state.value} for state in states}
    return f"#status IN ({', '.join(values)})", values


def _key(job_id: str) -> dict[str, Any]:
    return {"id": {"S": job_id}}


def _item(job: Job) -> dict[str, Any]:
    """A job that is queued; what comes later is not there yet."""
    upload = {"upload": {"S": job.upload.model_dump_json()}} if job.upload else {}
    kept = {"kept_until": _seconds(job.kept_until)} if job.kept_until else {}
    return {
        **upload,
        **kept,
        "id": {"S": job.id},
        "owner": {"S": job.owner},
        "status": {"S": job.status.value},
        "request": {"S": job.request.model_dump_json(by_alias=True)},
        "created": {"S": _stamp(job.created)},
        "updated": {"S": _stamp(job.updated)},
        "expires": _seconds(job.expires),
    }


def _job(item: dict[str, Any]) -> Job:
    error = item.get("error")
    return Job(
        id=item["id"]["S"],
        owner=item["owner"]["S"],
        status=JobStatus(item["status"]["S"]),
        request=TranslationRequest.model_validate_json(item["request"]["S"]),
        created=datetime.fromisoformat(item["created"]["S"]),
        updated=datetime.fromisoformat(item["updated"]["S"]),
        expires=_time(item["expires"]),
        kept_until=_time(item["kept_until"]) if "kept_until" in item else None,
        duration=int(item.get("duration", {}).get("N", 0)),
        chunk_durations=tuple(
            int(length["N"]) for length in item.get("chunk_durations", {}).get("L", [])
        ),
        chunks_done=frozenset(map(int, item.get("chunks_done", {}).get("NS", []))),
        error=json.loads(error["S"]) if error else None,
        partial=item.get("partial", {}).get("BOOL", False),
        warnings=tuple(warning["S"] for warning in item.get("warnings", {}).get("L", [])),
        model=item.get("model", {}).get("S"),
        upload=UploadedRecording.model_validate_json(item["upload"]["S"])
        if "upload" in item
        else None,
    )


def _served(model: str | None) -> dict[str, Any]:
    return {"model": {"S": model}} if model else {}


def _seconds(time: datetime) -> dict[str, Any]:
    return {"N": str(int(time.timestamp()))}


def _time(seconds: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(seconds["N"]), UTC)


def _stamp(time: datetime) -> str:
    """ISO 8601 in UTC, always equally long, so that texts sort like times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
