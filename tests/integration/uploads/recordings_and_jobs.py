"""What the tests of uploads put into buckets and tables, and read there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from audio_translation.jobs.job import Job, JobStatus
from audio_translation.jobs.slots import UPLOADS, Slots
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.translation.request import TranslationRequest
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE
from tests.worlds.uploads import Template, UploadWorld

BROKEN = {"text.mp3": b"This is no audio at all. " * 50, "cut.wav": b"RIFF\x24", "empty.mp3": b""}


def words(world: UploadWorld, name: str, bucket: str = BUCKET) -> str:
    """The text beside a recording."""
    return str(json.loads(world.read(f"translations/{name}.json", bucket))["text"])


def head(world: UploadWorld, key: str, bucket: str = BUCKET) -> str:
    return str(world.aws.client("s3").head_object(Bucket=bucket, Key=key)["ETag"].strip('"'))


def job(job_id: str, status: JobStatus, *, updated: timedelta = timedelta(0)) -> Job:
    now = datetime.now(UTC)
    return Job(
        id=job_id,
        owner="uploads",
        status=status,
        request=TranslationRequest.model_validate({"audioFileUrl": "s3://b/uploads/x.wav"}),
        created=now,
        updated=now - updated,
        expires=now + timedelta(days=7),
    )


def slots_of(world: UploadWorld, number: int) -> Slots:
    return Slots(world.aws.clients, JOB_TABLE, UPLOADS, number)


def create(world: UploadWorld, made: Job) -> None:
    JobTable(world.aws.clients, table=JOB_TABLE).create(made)


def impatient(template: Template) -> None:
    """A second to wait for a slot, and no long pause until the next delivery."""
    resources = template["Resources"]
    resources["UploadFunction"]["Properties"]["Timeout"] = 11
    resources["UploadQueue"]["Properties"]["VisibilityTimeout"] = 1
    resources["UploadQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] = 3


def created(key: str, bucket: str, source: str, world: UploadWorld) -> dict[str, Any]:
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "etag": head(world, key, bucket)}}
    return {"source": source, "detail-type": "Object Created", "detail": detail}
