"""Telling the world that a job has ended: an event in the account, a message to its caller."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audio_translation.domain.job import Job, JobStatus

_EVENTS = {JobStatus.SUCCEEDED: "Job Succeeded", JobStatus.FAILED: "Job Failed"}


@dataclass(frozen=True)
class Notify:
    """Both ways of telling. What goes wrong with them never changes the job.

    ``show`` gives the job as ``GET /jobs/{id}`` does; ``put`` takes an event's detail type and
    detail, ``send`` a URL, a message's id and its body.
    """

    find: Callable[[str], Job | None]
    show: Callable[[Job], dict[str, Any]]
    put: Callable[[str, dict[str, Any]], None]
    send: Callable[[str, str, str], None]

    def publish(self, job_id: str) -> None:
        """Put an event for a job that succeeded or failed."""
        job = self.find(job_id)
        if job is not None and job.status in _EVENTS:
            # Events are kept and passed on: no place for a link that anybody can read with.
            self.put(_EVENTS[job.status], {**self.show(job), "result": None})

    def call_back(self, job_id: str) -> None:
        """Send the job to its ``callbackUrl``, if it has one and has ended."""
        job = self.find(job_id)
        if job is None or not job.status.final or not job.request.callback_url:
            return
        message = {
            "type": f"translation.{job.status}",
            "timestamp": job.updated.isoformat(),
            "data": self.show(job),
        }
        self.send(job.request.callback_url, f"msg_{job.id}", json.dumps(message))
