"""Thirty recordings that are put into the local S3: what appears beside them, by real speech.

``make bench`` runs it, because it takes minutes; ``make test`` does the same with a scripted
provider, and single recordings by Whisper.
"""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import mean
from typing import Any

import pytest
import webvtt
from sacrebleu import CHRF

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.recording_jobs import OWNER
from audio_translation.jobs.storage.job_table import JobTable
from local.aws.moto_server import session_without_account
from local.aws.resources import BUCKET, JOB_TABLE
from local.service import LocalService
from tests.audio.recordings import ALL, FOLDER, Recording, recordings
from tests.fakes.aws.moto_server import ClientsAt

pytestmark = pytest.mark.timeout(480)

# Whisper base is at its worst with so few words; these are of all languages together.
LOWEST_CHRF = 40
SPEECH = (FOLDER / "es" / "conf-waitforleader.mp3").read_bytes()
BROKEN = {"text.mp3": b"This is no audio at all. " * 50, "cut.mp3": SPEECH[:40], "empty.wav": b""}


def shortest(number: int) -> list[Recording]:
    """The shortest ones, of every language."""
    found = sorted(recordings(manifest=ALL), key=lambda recording: recording.seconds)[:number]
    assert {recording.language for recording in found} == {"es", "fr", "it", "ru"}
    return found


def test_of_thirty_recordings_three_are_broken_and_every_event_comes_three_times(
    local_service: LocalService,
) -> None:
    s3 = local_service.s3()
    spoken = {f"batch/{r.language}/{r.path.stem} ñ+1%.mp3": r for r in shortest(27)}
    files = {name: recording.path.read_bytes() for name, recording in spoken.items()}
    files |= {f"batch/{name}": content for name, content in BROKEN.items()}
    assert len(files) == 30
    with ThreadPoolExecutor(4) as threads:
        put = threads.map(
            lambda name: s3.put_object(Bucket=BUCKET, Key=f"uploads/{name}", Body=files[name]),
            files,
        )
        etags = [answer["ETag"].strip('"') for answer in put]
    deliver_again(local_service, list(zip(files, etags, strict=True)), times=2)

    expected = {f"translations/{name}.{form}" for name in spoken for form in ("json", "vtt")}
    expected |= {f"translations/batch/{name}.error.json" for name in BROKEN}
    wait_for(local_service, len(expected))

    first = written(local_service)
    assert set(first) == expected
    for name in BROKEN:
        error = json.loads(read(local_service, f"translations/batch/{name}.error.json"))["error"]
        assert error["code"] == "unsupported_audio"
    scores = []
    for name, recording in spoken.items():
        text = json.loads(read(local_service, f"translations/{name}.json"))["text"]
        captions = webvtt.from_string(read(local_service, f"translations/{name}.vtt")).captions
        assert " ".join(caption.text for caption in captions).split() == text.split()
        scores.append(CHRF().sentence_score(text, [recording.english]).score)
    assert mean(scores) >= LOWEST_CHRF, scores

    ends = {f"uploads/{name}": JobStatus.SUCCEEDED for name in spoken}
    ends |= {f"uploads/batch/{name}": JobStatus.FAILED for name in BROKEN}
    jobs = jobs_of(local_service)
    assert len(jobs) == len(ends), "one for each"
    assert {job.upload.key: job.status for job in jobs if job.upload} == ends
    assert written(local_service) == first, "nothing is written twice"


def deliver_again(service: LocalService, objects: list[tuple[str, str]], *, times: int) -> None:
    """What S3 does when it tells of an object more than once, and in any order."""
    sqs = session_without_account().client("sqs", endpoint_url=service.aws_url)
    queue = sqs.get_queue_url(QueueName="UploadQueue")["QueueUrl"]
    repeated = objects * times
    random.Random(4).shuffle(repeated)
    for key, etag in repeated:
        detail = {"bucket": {"name": BUCKET}, "object": {"key": f"uploads/{key}", "etag": etag}}
        event = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))


def written(service: LocalService) -> dict[str, Any]:
    """The batch's results: their keys, and when each was written."""
    listing = service.s3().list_objects_v2(Bucket=BUCKET, Prefix="translations/batch/")
    return {item["Key"]: item["LastModified"] for item in listing.get("Contents", [])}


def wait_for(service: LocalService, number: int) -> None:
    """Until there are so many results, and no event is left."""
    sqs = session_without_account().client("sqs", endpoint_url=service.aws_url)
    queue = sqs.get_queue_url(QueueName="UploadQueue")["QueueUrl"]
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    ends = time.monotonic() + 400
    while time.monotonic() < ends:
        found = len(written(service))
        events = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=counts)["Attributes"]
        if found >= number and not any(map(int, events.values())):
            return
        time.sleep(0.5)
    raise AssertionError(f"{found} of {number} results, {events}")


def read(service: LocalService, key: str) -> str:
    with service.s3().get_object(Bucket=BUCKET, Key=key)["Body"] as body:
        return str(body.read().decode())


def jobs_of(service: LocalService) -> list[Job]:
    """The jobs of the batch's recordings."""
    table = JobTable(ClientsAt(service.aws_url), table=JOB_TABLE)
    jobs, cursor = table.page(OWNER, limit=100, cursor=None)
    assert cursor is None
    return [job for job in jobs if job.upload and job.upload.key.startswith("uploads/batch/")]
