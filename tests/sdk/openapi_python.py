"""What a program does with the client that openapi-python-client makes of /openapi.json.

    python openapi_python.py BASE_URL API_KEY AUDIO_URL RECORDING

It prints what it saw as JSON; test_generated_clients.py says what that should be.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from generated.api.jobs import delete_job, get_job, get_job_translation, list_jobs
from generated.api.open_ai import create_translation, list_models
from generated.api.translation import translate
from generated.api.uploads import prepare_upload
from generated.client import AuthenticatedClient
from generated.models import (
    CreateTranslationBody,
    ErrorEnvelope,
    JobView,
    PreparedUpload,
    ResponseFormat,
    Translation,
    TranslationRequest,
    UploadRequest,
    VerboseTranslation,
)
from generated.models.job_status import JobStatus
from generated.types import File

BASE_URL, API_KEY, AUDIO_URL, RECORDING = sys.argv[1:]
PATH = Path(RECORDING)
PATIENCE = httpx.Timeout(120)
CLIENT = AuthenticatedClient(
    BASE_URL, token=API_KEY, prefix="", auth_header_name="x-api-key", timeout=PATIENCE
)
OPENAI = AuthenticatedClient(BASE_URL, token=API_KEY, timeout=PATIENCE)


def main() -> None:
    sys.stdout.write(json.dumps(saw()))


def saw() -> dict[str, Any]:
    body = TranslationRequest(AUDIO_URL)
    plain = translate.sync(client=CLIENT, body=body)
    assert isinstance(plain, Translation)
    verbose = translate.sync(
        client=CLIENT,
        body=TranslationRequest(AUDIO_URL, response_format=ResponseFormat.VERBOSE_JSON),
    )
    assert isinstance(verbose, VerboseTranslation)
    srt = CLIENT.get_httpx_client().request(
        **translate._get_kwargs(
            body=TranslationRequest(AUDIO_URL, response_format=ResponseFormat.SRT)
        )
    )
    job = translate.sync(client=CLIENT, body=body, prefer="respond-async")
    assert isinstance(job, JobView)
    ended = followed(job.id)
    again = get_job_translation.sync(ended.id, client=CLIENT)
    assert isinstance(again, Translation)
    listed = list_jobs.sync(client=CLIENT)
    wrong = translate.sync(client=CLIENT, body=TranslationRequest("ftp://example.com/a.mp3"))
    assert isinstance(wrong, ErrorEnvelope)
    form = CreateTranslationBody(File(PATH.open("rb"), PATH.name), "whisper-1")
    sent = create_translation.sync(client=OPENAI, body=form)
    assert isinstance(sent, Translation)
    return {
        "json": plain.text,
        "verbose_json": [verbose.text, verbose.language, len(verbose.segments)],
        "srt": srt.text.splitlines()[0],
        "job": ended.status,
        "translation": again.text,
        "listed": ended.id in [one.id for one in listed.jobs],
        "error": [wrong.error.code, wrong.error.param],
        "form": sent.text,
        "whisper-1": "whisper-1" in [one.id for one in list_models.sync(client=OPENAI).data],
        "uploaded": uploaded().status,
        "deleted": delete_job.sync_detailed(ended.id, client=CLIENT).status_code,
    }


def followed(job_id: str) -> JobView:
    """Ask for a job until it has ended, as often as Retry-After says."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        answer = get_job.sync_detailed(job_id, client=CLIENT)
        assert isinstance(answer.parsed, JobView)
        if answer.parsed.status not in {JobStatus.QUEUED, JobStatus.RUNNING}:
            return answer.parsed
        time.sleep(min(1, float(answer.headers["retry-after"])))
    raise TimeoutError(job_id)


def uploaded() -> JobView:
    body = UploadRequest(file_name=PATH.name, size=PATH.stat().st_size)
    prepared = prepare_upload.sync(client=CLIENT, body=body)
    assert isinstance(prepared, PreparedUpload)
    upload = prepared.upload
    headers = upload.headers.to_dict()
    httpx.request(upload.method, upload.url, headers=headers, content=PATH.read_bytes())
    return followed(prepared.job.id)


main()
