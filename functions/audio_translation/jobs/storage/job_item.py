"""A job as an item of the DynamoDB table."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.transcript import ServedBy
from audio_translation.translation.request import TranslationRequest
from audio_translation.uploads.write_results import UploadedRecording


def to_item(job: Job) -> dict[str, Any]:
    """Return the item of a new job; fields that are set later are absent."""
    upload = {"upload": {"S": job.upload.model_dump_json()}} if job.upload else {}
    kept = {"kept_until": _seconds(job.kept_until)} if job.kept_until else {}
    name = {"file_name": {"S": job.file_name}} if job.file_name else {}
    live = (
        {"live_until": _milliseconds(job.live_until), "under_way": {"M": {}}}
        if job.live_until
        else {}
    )
    return {
        **live,
        **upload,
        **kept,
        **name,
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
        arrived=_moment(item, "arrived"),
        begun=_moment(item, "begun"),
        chunks=_number(item, "chunks"),
        chunks_done=_number(item, "chunks_done"),
        audio=_number(item, "audio"),
        audio_done=_number(item, "audio_done"),
        paid=_number(item, "paid"),
        error=json.loads(error["S"]) if error else None,
        partial=item.get("partial", {}).get("BOOL", False),
        warnings=tuple(warning["S"] for warning in item.get("warnings", {}).get("L", [])),
        languages=tuple(json.loads(item["languages"]["S"])) if "languages" in item else (),
        model=item.get("model", {}).get("S"),
        provider=item.get("provider", {}).get("S"),
        price=float(item["price"]["N"]) if "price" in item else None,
        upload=UploadedRecording.model_validate_json(item["upload"]["S"])
        if "upload" in item
        else None,
        file_name=item.get("file_name", {}).get("S"),
        attempts=_number(item, "attempts"),
        next_try=_moment(item, "next_try"),
        last_error=json.loads(item["last_error"]["S"]) if "last_error" in item else None,
        live_until=_time_of(item["live_until"]) if "live_until" in item else None,
        revision=_number(item, "revision") if "revision" in item else None,
        retries=_number(item, "retries"),
        counted=_number(item, "counted"),
        cached=item.get("cached", {}).get("BOOL", False),
        answer=item.get("answer", {}).get("S"),
    )


def numbers(**values: float | None) -> dict[str, Any]:
    """Return numbers as attributes, those that there are."""
    return {name: {"N": str(value)} for name, value in values.items() if value is not None}


def served_by(served: ServedBy | None, *, recorded: bool = False) -> dict[str, Any]:
    """Return the attributes with what served, as far as it is known, and of the first record."""
    known = {name: value for name, value in served._asdict().items() if value} if served else {}
    price = known.pop("price", None)
    texts = {name: {"S": value} for name, value in known.items()}
    return texts | numbers(price=price) | (numbers(revision=0) if recorded else {})


def kept(answer: str | None, *, cached: bool) -> dict[str, Any]:
    """Return the attributes of a translation that is kept for later requests, or was before."""
    return ({"answer": {"S": answer}} if answer else {}) | (
        {"cached": {"BOOL": True}} if cached else {}
    )


WAIT = ("attempts", "next_try", "last_error")
"""The attributes of ``waiting``."""
_MADE = ("paid", "warnings", "languages", "model", "provider", "price", "cached")
ENDED = (*WAIT, "error", "partial", *_MADE)
"""Those of a job that has failed, and is not over when it goes on."""


def waiting(attempts: int, until: datetime, error: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a job that is tried again; ``error`` is OpenAI's error object."""
    told_of_it = {name: error[name] for name in ("message", "code")}
    return {
        **numbers(attempts=attempts),
        "next_try": {"S": timestamp(until)},
        "last_error": {"S": json.dumps(told_of_it)},
    }


def key_of(job_id: str) -> dict[str, Any]:
    """Return the key of a job's item."""
    return {"id": {"S": job_id}}


def is_in(states: Iterable[JobStatus]) -> tuple[str, dict[str, Any]]:
    """Return a condition on the status and its values; a missing item never meets it."""
    values: dict[str, Any] = {f":is_{state.value}": {"S": state.value} for state in states}
    return f"#status IN ({', '.join(values)})", values


def update(
    fields: Mapping[str, Any], *, begins: bool, remove: tuple[str, ...]
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Return the UpdateExpression that changes an item, its attributes' names and their values.

    ``begins``: the job runs from now on, and is kept as long as one that has its audio.
    """
    fields = {**fields, "updated": {"S": timestamp(datetime.now(UTC))}}
    names, sets = list(fields), [f"#{name} = :{name}" for name in fields]
    if begins:
        names += ["expires", "kept_until", "begun"]
        sets += [
            "#expires = if_not_exists(#kept_until, #expires)",
            "#begun = if_not_exists(#begun, :updated)",
        ]
        remove = ("next_try",)
    removed = f" REMOVE {', '.join(f'#{name}' for name in remove)}" if remove else ""
    return (
        f"SET {', '.join(sets)}{removed}",
        {f"#{name}": name for name in (*names, *remove)},
        {f":{name}": value for name, value in fields.items()},
    )


def told(warnings: Iterable[str], languages: Iterable[tuple[str, float]]) -> dict[str, Any]:
    """Return the attributes with the warnings and languages that there are."""
    attributes: dict[str, Any] = {}
    if warnings := list(warnings):
        attributes["warnings"] = {"L": [{"S": warning} for warning in warnings]}
    if languages := list(languages):
        attributes["languages"] = {"S": json.dumps(languages)}
    return attributes


def _number(item: dict[str, Any], name: str) -> int:
    return int(item.get(name, {}).get("N", 0))


def _moment(item: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]["S"]) if name in item else None


def _seconds(time: datetime) -> dict[str, Any]:
    return {"N": str(int(time.timestamp()))}


def _milliseconds(time: datetime) -> dict[str, Any]:
    return {"N": str(milliseconds_of(time))}


def milliseconds_of(time: datetime) -> int:
    """Return a moment as the table's numbers have it where seconds are too coarse."""
    return round(time.timestamp() * 1000)


def _time_of(milliseconds: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(milliseconds["N"]) / 1000, UTC)


def _time(seconds: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(seconds["N"]), UTC)


def timestamp(time: datetime) -> str:
    """Return ISO 8601 in UTC, always equally long, so that texts sort like times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
