"""A job as the service shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from audio_translate.errors import ApiError, JobCancelled, error_class

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True)
class SpokenLanguage:
    """A language that is spoken, as its code, and its share of the spoken time, 0 to 1."""

    language: str
    share: float


@dataclass(frozen=True)
class Progress:
    """How far a recording is.

    ``stage`` is ``uploading`` (``done`` and ``total`` are bytes), ``queued``, or ``translating``
    (seconds of the recording). ``total`` is 0 until it is known.
    """

    stage: Literal["uploading", "queued", "translating"]
    done: float
    total: float
    job: "Job | None" = None

    @classmethod
    def of(cls, job: "Job") -> "Progress":
        """Return how far a job is."""
        if job.status == "queued":
            return cls("queued", 0, job.seconds, job)
        return cls("translating", job.seconds_done, job.seconds, job)


@dataclass(frozen=True)
class Job:
    """A job; ``fields`` is the service's JSON as it came, for what this client does not know.

    - ``seconds`` of the recording are there, ``seconds_done`` are translated; 0 while not known.
    - ``dollars``: the estimated price in US dollars, None where the service tells none.
    - ``partial``: it failed, and what was translated until then can be read.
    - ``waiting_for``: ``upload``, ``capacity``, ``retry`` or None.
    """

    id: str
    status: Status
    file_name: str | None
    format: str | None
    target_language: str | None
    created: datetime | None
    seconds_done: float
    seconds: float
    waiting_for: str | None
    model: str | None
    warnings: tuple[str, ...]
    languages: tuple[SpokenLanguage, ...]
    dollars: float | None
    partial: bool
    fields: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "Job":
        """Return the job of the service's JSON; unknown fields are kept in ``fields``."""
        audio = (fields.get("progress") or {}).get("audioSeconds") or {}
        return cls(
            id=str(fields["id"]),
            status=_status(fields.get("status")),
            file_name=fields.get("fileName"),
            format=fields.get("responseFormat"),
            target_language=fields.get("targetLanguage"),
            created=_moment(fields.get("created")),
            seconds_done=float(audio.get("done") or 0),
            seconds=float(audio.get("total") or 0),
            waiting_for=fields.get("waitingFor"),
            model=fields.get("model"),
            warnings=tuple(map(str, fields.get("warnings") or ())),
            languages=tuple(
                SpokenLanguage(str(one["language"]), float(one["share"]))
                for one in fields.get("languages") or ()
            ),
            dollars=dollars_in(fields),
            partial=bool(fields.get("partial")),
            fields=fields,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing changes any more."""
        return self.status not in {"queued", "running"}

    @property
    def error(self) -> ApiError | None:
        """What it failed with, as the service tells it; JobCancelled if somebody cancelled it."""
        if self.status == "cancelled":
            return JobCancelled("The job was cancelled.", code="cancelled", job_id=self.id)
        if self.status != "failed":
            return None
        told = self.fields.get("error") or {}
        code = str(told.get("code") or "internal")
        return error_class(code)(
            str(told.get("message") or "The job failed."),
            code=code,
            param=told.get("param"),
            job_id=self.id,
            partial=self.partial,
        )

    def link(self, name: str = "url", within: str = "result") -> str | None:
        """Return a link that the service gave: to the result, or of the ``record``."""
        found = (self.fields.get(within) or {}).get(name)
        return str(found) if found else None


def dollars_in(fields: Mapping[str, Any]) -> float | None:
    """Return the price that the service tells, in any of the ways in which it might."""
    for name in ("price", "estimatedDollars"):
        found = fields.get(name)
        if isinstance(found, Mapping):
            inner = ("estimatedDollars", "dollars", "amount", "total")
            found = next((found[key] for key in inner if key in found), None)
        try:
            if found is not None and not isinstance(found, bool):
                return float(found)
        except (TypeError, ValueError):
            continue
    return None


def _status(value: object) -> Status:
    """Return a status; one that is not known yet is one of a job that goes on."""
    spelt = {"canceled": "cancelled"}.get(str(value), str(value))
    known: tuple[Status, ...] = ("queued", "running", "succeeded", "failed", "cancelled")
    return next((status for status in known if status == spelt), "running")


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
