"""What routes answer that change a job."""

from typing import Any

from audio_translation.http_api.openapi.responses import LOCATION, WAIT, WORK, responses
from audio_translation.jobs.job_view import JobView

RETRY: Any = responses(
    "The job, queued again",
    JobView,
    status=202,
    headers=LOCATION | WAIT,
    errors={
        400: "invalid_request: it has not failed",
        409: "job_not_finished: it still runs, and goes on by itself",
    },
)
CORRECTION: Any = responses(
    "The job; its links lead to what was laid out anew",
    JobView,
    errors={
        409: "job_not_finished: it has not succeeded; idempotency_conflict: it is being corrected",
        **{status: WORK[status] for status in (502, 503, 504)},
    },
)
