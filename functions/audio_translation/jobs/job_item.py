"""A job as an item of the DynamoDB table."""

import json
from datetime import UTC, datetime
from typing import Any

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording


def to_item(job: Job) -> dict[str, Any]:
    """Return the item of a new job; fields that are set later are absent."""
    upload = {"upload": {"S": job.upload.model_dump_json()}} if job.upload else {}
    kept = {"kept_until": _seconds(job.kept_until)} if job.kept_until else {}
    return {
        **upload,
        **kept,
        "id": {"S": job.id},
        "owner": {"S": job.owner},
        "status": {"S": job.status.value},
        "request": {"S": job.request.model_dump_json(by_alias=True)},
        "created": {"S": timestamp(job.created)},
        "updated": {"S": timestamp(job.updated)},
        "expires": _seconds(job.expires),
    }


def from_item(item: dict[str, Any]) -> Job:
    """Return the job of an item, whatever its status."""
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


def _seconds(time: datetime) -> dict[str, Any]:
    return {"N": str(int(time.timestamp()))}


def _time(seconds: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(seconds["N"]), UTC)


def timestamp(time: datetime) -> str:
    """Return ISO 8601 in UTC, always equally long, so that texts sort like times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
