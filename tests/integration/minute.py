"""A recording of a minute, which is what most jobs of these tests are of."""

import requests

from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import recording

WAV = recording(24)  # a minute


def uploaded(body: bytes, name: str) -> str:
    """Do what a caller of POST /uploads does; return the job's id."""
    request = UploadRequest.model_validate({"fileName": name, "size": len(body)})
    prepared = request_functions().jobs.prepare(request, owner="me")
    link = prepared.upload
    sent = requests.put(link.url, body, headers=link.headers, timeout=30)
    assert sent.status_code == 200
    return prepared.job.id
