"""How callers follow a job: its URL, when to look again, and what pollers expect to be answered."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import BeforeValidator, WithJsonSchema

from audio_translation.http_api.base_path import public_url
from audio_translation.jobs.job import Job, JobStatus, poll_seconds
from audio_translation.jobs.job_view import JobView


class Poll(StrEnum):
    """What a caller goes by; without any the answer is 200 and the job, whatever its status.

    Source: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md
    """

    LOCATION = "location"
    """The status code: 202 until the job has ended, then 200."""
    OPERATION = "operation"
    """The body's `status`, with Azure's spelling of `canceled`."""


PollParameter = Annotated[
    Poll | None,
    BeforeValidator(lambda value: value or None),
    Query(
        description="`location`: the answer is 202 until the job has ended, then 200. `operation`:"
        " the answer is always 200, and a cancelled job's `status` is spelt `canceled`, as Azure's"
        " pollers know it. The header `Prefer: poll=location` does the same"
    ),
]


Prefer = Annotated[
    list[str] | None,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"type": "string"}),  # clients send one, and no generator knows such a list
    Header(
        alias="Prefer",
        description="`respond-async` asks for a job; `poll=location` is the parameter `poll`"
        " (RFC 7240)",
    ),
]


def prefers_async(prefer: list[str] | None) -> bool:
    """Return whether ``respond-async`` is among the preferences (RFC 7240)."""
    wishes = ",".join(prefer or []).lower().split(",")
    return "respond-async" in {wish.partition(";")[0].strip() for wish in wishes}


def asked_poll(prefer: Sequence[str] | None, parameter: Poll | None) -> Poll | None:
    """Return what the parameter asks for, or the preference ``poll`` (RFC 7240) if there is none.

    A preference of another value is ignored, as all that are not known.
    """
    if parameter is not None:
        return parameter
    for wish in ",".join(prefer or []).split(","):
        name, _, value = wish.partition(";")[0].partition("=")
        if name.strip().lower() == "poll" and value.strip(' "\t').lower() in set(Poll):
            return Poll(value.strip(' "\t').lower())
    return None


def job_url(event: Mapping[str, Any], job_id: str, poll: Poll | None = None) -> str:
    """Return the URL of a job as the client of ``event`` reaches it, with what it polls by.

    Absolute, because many clients resolve nothing.
    """
    query = f"?poll={poll}" if poll else ""
    return f"{public_url(event)}/jobs/{job_id}{query}"


def polling_headers(event: Mapping[str, Any], job: Job, poll: Poll | None) -> dict[str, str]:
    """Return where and when to look again at a job that has not ended; of one that has, nothing."""
    if job.status.final:
        return {}
    headers = {"Retry-After": str(poll_seconds(job, datetime.now(UTC)))}
    if poll is Poll.OPERATION:
        headers["Operation-Location"] = job_url(event, job.id, poll)
    headers["Location"] = job_url(event, job.id, Poll.LOCATION if poll is Poll.LOCATION else None)
    return headers


def status_of(job: Job, poll: Poll | None) -> int:
    """Return the HTTP status of the answer to whoever looks at the job."""
    return 202 if poll is Poll.LOCATION and not job.status.final else 200


def spelt(view: JobView, poll: Poll | None) -> str:
    """Return the job as JSON, its status spelt as the caller knows it."""
    if poll is Poll.OPERATION and view.status is JobStatus.CANCELLED:
        return json.dumps(view.model_dump(mode="json") | {"status": "canceled"})
    return view.model_dump_json()
