"""Uploads from S3 to their translations: AWS wired as the template says, and both functions.

Each function runs with a role that may do what its policies say. The job function's executions run
in this process, each in a thread, one for a name.
"""

import copy
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest import mock

import boto3
import requests
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus

from audio_translation.handlers import upload as upload_handler
from audio_translation.wiring.job_function import job_function
from audio_translation.wiring.request_functions import request_functions
from audio_translation.wiring.upload_function import upload_function
from local.aws.event_source_mapping import delivering_uploads
from local.aws.iam_policies import statements_of
from local.aws.s3_event_routing import UploadQueues, connect_upload_events
from local.aws.template import ACCOUNT, REGION, environment, load_template, references
from tests.fakes.aws.lambda_invoke import FUNCTION
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, Aws
from tests.fakes.aws.roles import Roles
from tests.fakes.provider.speech_provider import SpeechProvider
from tests.worlds.jobs import run
from tests.worlds.kept_answers import NONE_KEPT

_LONGEST_SECONDS = 120.0
_THREADS = 32
Template = dict[str, Any]


@dataclass
class Executions:
    """Runs each execution once."""

    run: Callable[[str], object]
    started: Counter[str] = field(default_factory=Counter)
    _futures: list[Future[object]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS))

    def start(self, name: str, payload: str) -> None:
        """Start an execution, unless one of this name has been started."""
        with self._lock:
            self.started[name] += 1
            if self.started[name] == 1:
                self._futures.append(self._pool.submit(self.run, json.loads(payload)["jobId"]))

    def wait(self, seconds: float) -> None:
        """Wait until all that have been started have ended; raises what they raised."""
        for future in list(self._futures):
            future.result(seconds)

    def idle(self) -> bool:
        """Whether all that have been started have ended."""
        return all(future.done() for future in list(self._futures))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@dataclass
class UploadWorld:
    """The running flow, from a bucket to what is put beside its recordings.

    values: what references of the template stand for.
    """

    aws: Aws
    values: dict[str, str]
    queues: UploadQueues
    roles: Roles
    executions: Executions

    def put(self, key: str, content: bytes, bucket: str = BUCKET, **metadata: str) -> None:
        """Put a recording into a bucket; ``_`` in metadata's names is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in metadata.items()}
        self.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=content, Metadata=named)

    def read(self, key: str, bucket: str = BUCKET) -> str:
        """The text of an object."""
        body = self.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
        return str(body.read().decode())

    def error(self, key: str, bucket: str = BUCKET) -> Any:
        """The error beside a recording."""
        name = key.removeprefix("uploads/")
        return json.loads(self.read(f"translations/{name}.error.json", bucket))["error"]

    def written(self, bucket: str = BUCKET) -> list[str]:
        """The keys beside recordings."""
        keys = self.aws.keys(bucket)
        return [key for key in keys if key.startswith("translations/")]

    def send(self, event: object, *, single: bool = False) -> None:
        """Deliver an event as EventBridge does."""
        queue = self.queues.single_events if single else self.queues.recordings
        body = event if isinstance(event, str) else json.dumps(event)
        self.aws.client("sqs").send_message(QueueUrl=queue, MessageBody=body)

    def taken(self) -> list[str]:
        """Take all events that wait in the queue of recordings out of it."""
        sqs, bodies = self.aws.client("sqs"), []
        while messages := sqs.receive_message(
            QueueUrl=self.queues.recordings, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                sqs.delete_message(
                    QueueUrl=self.queues.recordings, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies

    def lost(self) -> int:
        """How many events ended where nobody takes them."""
        return self._waiting(self.queues.lost)

    @contextmanager
    def delivering(self) -> Iterator[None]:
        """Invoke the upload function for what is in the queues."""

        def call(event: Any, context: Any) -> Any:
            return upload_handler.handler(event, cast(Any, context))

        session = boto3.Session("testing", "testing", region_name="us-east-1")
        with delivering_uploads(session, self.aws.endpoint, self.queues, call):
            yield

    def idle(self) -> bool:
        """Whether no event waits and no job runs."""
        queues = (self.queues.recordings, self.queues.single_events)
        return not any(map(self._waiting, queues)) and self.executions.idle()

    def settle(self, seconds: float = _LONGEST_SECONDS) -> None:
        """Deliver until the queues are empty and no job runs."""
        ends = time.monotonic() + seconds
        with self.delivering():
            while any(map(self._waiting, (self.queues.recordings, self.queues.single_events))):
                assert time.monotonic() < ends, "events are left"
                time.sleep(0.05)
        self.executions.wait(max(1, ends - time.monotonic()))

    def _waiting(self, queue: str) -> int:
        """How many messages a queue has, or a greater number.

        moto counts those that wait first and then those that are being worked on. One that comes
        back in between is in neither count, hence the second time.
        """
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        client, found = self.aws.client("sqs"), 0
        for _ in range(2):
            answer = client.get_queue_attributes(QueueUrl=queue, AttributeNames=names)
            found = max(found, sum(map(int, answer["Attributes"].values())))
        return found


def _run_to_its_end(job_id: str) -> None:
    result = run(job_id)
    assert result.status is InvocationStatus.SUCCEEDED, result.error


@contextmanager
def running_uploads(
    aws: Aws,
    provider: SpeechProvider,
    work_folder: Path,
    *,
    template: Template | None = None,
    execute: Callable[[str], object] = _run_to_its_end,
    **parameters: str,
) -> Iterator[UploadWorld]:
    """Start the flow in an AWS that is empty; ``parameters`` are those of the stack."""
    template = template or load_template()
    requests.post(f"{aws.endpoint}/moto-api/reset", timeout=30).raise_for_status()
    aws.reset()
    kept = NONE_KEPT["KEEP_ANSWERS"]
    given = {"ProviderBaseUrl": provider.base_url, "KeepAnswers": kept, **parameters}
    names = {"AudioBucket": BUCKET, "JobTable": JOB_TABLE, "JobFunction.Alias": FUNCTION, **given}
    if parameters.get("Records", "off") != "off":
        names["RecordKey"] = aws.new_record_key()
        names["RecordKey.Arn"] = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{names['RecordKey']}"
    values = references(template, names)
    executions = Executions(execute)
    with ExitStack() as exits:
        exits.callback(executions.close)
        roles = exits.enter_context(Roles(aws.endpoint, executions.start))
        for function in ("UploadFunction", "JobFunction"):
            roles.may[function] = statements_of(template, function, values)
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        queues = connect_upload_events(
            session,
            aws.endpoint,
            bucket=BUCKET,
            upload_bucket=parameters.get("UploadBucket", ""),
            template=template,
        )

        def environ(function: str) -> dict[str, str]:
            return {
                **environment(template, function, names),
                **aws.environment,
                "AWS_ENDPOINT_URL": roles.url,
                "AWS_ACCESS_KEY_ID": function,
                "FETCH_ALLOW_LOOPBACK": "true",
                "WORK_FOLDER": str(work_folder),
            }

        exits.callback(_forget)
        _forget()
        with mock.patch.dict(os.environ, environ("UploadFunction")):
            upload_function()  # its clients keep its credentials
        with mock.patch.dict(os.environ, environ("JobFunction")):
            job_function()  # once, before executions ask for it side by side
            yield UploadWorld(aws, values, queues, roles, executions)
            executions.close()


def _forget() -> None:
    for made in (upload_function, job_function, request_functions):
        made.cache_clear()


def changed(change: Callable[[Template], object]) -> Template:
    """The template with a change."""
    template = copy.deepcopy(load_template())
    change(template)
    return template
