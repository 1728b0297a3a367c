"""A job function in this process and all that it talks to."""

import contextlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from aws_durable_execution_sdk_python_testing.runner import (
    DurableFunctionTestResult,
    DurableFunctionTestRunner,
)

from audio_translation.audio.chunk_plan import Chunk
from audio_translation.aws.bucket import Bucket
from audio_translation.aws.bucket_keys import result_key
from audio_translation.handlers import job as job_handler
from audio_translation.jobs.job import Job
from audio_translation.jobs.storage.job_files import JobFiles
from audio_translation.jobs.storage.job_table import JobTable
from audio_translation.translation.request import TranslationRequest
from audio_translation.wiring.job_function import job_function
from audio_translation.wiring.request_functions import request_functions
from tests.audio.tones import english
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, KEY_PARAMETER, Aws
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.fakes.source import Source
from tests.worlds.kept_answers import NONE_KEPT

WEBHOOK_PARAMETER = "/audio-translation/webhook-secret"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True)
class JobWorld:
    """AWS, a provider that hears tones, a web server with recordings."""

    aws: Aws
    provider: SpeechProvider
    source: Source
    work_folder: Path

    @property
    def table(self) -> JobTable:
        return JobTable(self.aws.clients, table=JOB_TABLE)

    @property
    def files(self) -> JobFiles:
        return JobFiles(Bucket(self.aws.clients, BUCKET))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.aws.environment,
            "API_KEY_PARAMETER": KEY_PARAMETER,
            "BUCKET": BUCKET,
            "CHUNK_TARGET_SECONDS": "10",
            "FETCH_ALLOW_LOOPBACK": "true",
            "JOB_CONCURRENCY": "4",
            "JOB_TABLE": JOB_TABLE,
            "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
            "POWERTOOLS_SERVICE_NAME": "audio-translation",
            "PROVIDER_BASE_URL": self.provider.base_url,
            "WEBHOOK_SECRET_PARAMETER": WEBHOOK_PARAMETER,
            "WORK_FOLDER": str(self.work_folder),
            **NONE_KEPT,
        }

    @contextlib.contextmanager
    def settings(self, **changes: str) -> Iterator[None]:
        """Start the function's sandbox anew, with other settings for a while."""
        with mock.patch.dict(os.environ, {**self.environment, **changes}):
            _forget()
            yield
        _forget()

    def warm_up(self) -> None:
        """Make both functions now: each empties the work folder, which they share here."""
        request_functions()
        job_function()

    def job(self, url: str, job_id: str = "job-1", **wishes: Any) -> str:
        """Put a job into the table as the API does; return its id."""
        self.aws.client("ssm").put_parameter(
            Name=WEBHOOK_PARAMETER, Value=WEBHOOK_SECRET, Type="SecureString", Overwrite=True
        )
        now = datetime.now(UTC)
        request = TranslationRequest.model_validate({"audioFileUrl": url, **wishes})
        job = Job(
            id=job_id,
            owner="somebody",
            request=request,
            created=now,
            updated=now,
            expires=now + timedelta(days=7),
        )
        self.table.create(job)
        return job_id

    def find(self, job_id: str) -> Job:
        job = self.table.find(job_id)
        assert job is not None
        return job

    def view(self, job_id: str) -> dict[str, Any]:
        """The job as ``GET /jobs/{id}`` has it."""
        return request_functions().jobs.views.view(self.find(job_id)).model_dump(mode="json")

    def check_paid_once(self, job_id: str) -> None:
        """Every chunk was answered for once, none more often, and nothing else was."""
        paid = self.provider.paid
        assert list(paid.values()) == [1] * self.find(job_id).chunks, paid

    def said(self, job_id: str) -> list[str]:
        """The texts of the stored translation's segments."""
        return [segment.text.strip() for segment in self.files.translation(job_id).segments]

    def plan(self, job_id: str) -> list[Chunk]:
        """The chunks of the audio that are translated."""
        return [part.chunk for part in self.files.parts(job_id).all()]

    def bus(self) -> Callable[[], dict[str, int]]:
        """Listen to EventBridge; return what tells how often each event was put since."""
        client = self.aws.client("events")
        bus = client.describe_event_bus(Name="default")["Arn"]
        names = {kind: f"a-{uuid.uuid4()}" for kind in ("Job Succeeded", "Job Failed")}
        for kind, name in names.items():
            pattern = json.dumps({"source": ["audio-translation"], "detail-type": [kind]})
            client.create_archive(ArchiveName=name, EventSourceArn=bus, EventPattern=pattern)
        return lambda: {
            kind: client.describe_archive(ArchiveName=name)["EventCount"]
            for kind, name in names.items()
        }

    def stored(self) -> list[str]:
        """What lies in the bucket."""
        return self.aws.keys(BUCKET)

    def result(self, job_id: str, extension: str) -> str:
        """The stored result."""
        return self._content(result_key(job_id, extension)).decode()

    def _content(self, key: str) -> bytes:
        with self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"] as body:
            return bytes(body.read())


def _forget() -> None:
    job_function.cache_clear()
    request_functions.cache_clear()


def sentences(count: int) -> list[str]:
    """What is said of a whole recording."""
    return [english(number) for number in range(count)]


def run(
    job_id: str, *, skip_time: bool = True, seconds: int = 60, **said: int | str
) -> DurableFunctionTestResult:
    """Run a job's execution to its end, within ``seconds``, pauses skipped.

    ``said`` is what the event says besides: of executions before, or of a live session.
    """
    runner = DurableFunctionTestRunner(job_handler.handler, skip_time=skip_time)
    with closing(runner._scheduler._loop), runner:  # the runner leaves its loop open
        event = json.dumps({"jobId": job_id, **said})
        return runner.run(event, execution_timeout=seconds, execution_name=job_id)
