"""Telling the world that a job has ended: an event in the account, a message to its caller."""

import json
from dataclasses import dataclass
from typing import Any

from audio_translation.aws.eventbridge import EventBus
from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.job_view import JobViews
from audio_translation.jobs.steps.webhook import WebhookSender
from audio_translation.jobs.storage.job_table import JobTable

_LINKS: dict[str, Any] = {"result": None, "record": None}
"""What of a job has links with which anybody can read."""
_EVENTS = {JobStatus.SUCCEEDED: "Job Succeeded", JobStatus.FAILED: "Job Failed"}


def sent_to(url: str, shown: dict[str, Any]) -> dict[str, Any]:
    """Return what of a job is sent to a URL: no links where others may listen on the way."""
    return shown if url.lower().startswith("https://") else shown | _LINKS


@dataclass(frozen=True)
class Notify:
    """Both ways of telling. What goes wrong with them never changes the job."""

    table: JobTable
    views: JobViews
    events: EventBus
    webhooks: WebhookSender

    def publish(self, job_id: str) -> None:
        """Put an event for a job that succeeded or failed."""
        job = self.table.find(job_id)
        if job is not None and job.status in _EVENTS:
            # Events are kept and passed on: no place for a link that anybody can read with.
            self.events.put(_EVENTS[job.status], self._shown(job) | _LINKS)

    def call_back(self, job_id: str) -> None:
        """Send the job to its ``callbackUrl``, if it has one and has ended."""
        job = self.table.find(job_id)
        if job is None or not job.status.final or not job.request.callback_url:
            return
        message = {
            "type": f"translation.{job.status}",
            "timestamp": job.updated.isoformat(),
            "data": sent_to(job.request.callback_url, self._shown(job)),
        }
        # Receivers take the same id for the same message: one job may end more than once.
        message_id = f"msg_{job.id}" + (f"_{job.retries}" if job.retries else "")
        self.webhooks.send(job.request.callback_url, message_id, json.dumps(message))

    def _shown(self, job: Job) -> dict[str, Any]:
        """Return the job as ``GET /jobs/{id}`` has it."""
        return self.views.view(job).model_dump(mode="json")
