"""Jobs as the table has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.jobs.job import Job
from audio_translation.translation.request import TranslationRequest

REQUEST = TranslationRequest.model_validate({"audioFileUrl": "https://a.test/a.mp3"})


def made(
    job_id: str, owner: str = "me", request: TranslationRequest = REQUEST, **fields: Any
) -> Job:
    """A job that was made now and is kept for a week."""
    now = datetime.now(UTC)
    known = {"created": now, "updated": now, "expires": now + timedelta(days=7), **fields}
    return Job(id=job_id, owner=owner, request=request, **known)
