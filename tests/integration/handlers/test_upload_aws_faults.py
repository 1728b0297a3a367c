"""AWS fails under an upload, or a job's restart: the event stays until one job is started."""

import json
import os
import re
from collections.abc import Iterator
from typing import Any, cast
from unittest import mock

import pytest

from audio_translation.errors import Internal, RateLimited, ServiceError
from audio_translation.handlers import restart, upload
from audio_translation.wiring.restart_function import restart_function
from audio_translation.wiring.upload_function import upload_function
from local import REPOSITORY
from local.aws.lambda_context import LambdaContext
from tests.fakes.aws.failing import TOLD_BY_AWS, FailingAws, Fault, ImpatientClients
from tests.fakes.aws.lambda_invoke import FUNCTION, Functions
from tests.fakes.aws.moto_server import BUCKET, JOB_TABLE, Aws

_KEY = "uploads/calls/a.wav"
_FAILURES = [("s3", "HEAD"), ("s3", "GET"), ("dynamodb", ""), ("lambda", "")]
_CONTEXT = cast(Any, LambdaContext("request-1", ends_at=1e12))


@pytest.fixture
def functions() -> Iterator[Functions]:
    with Functions() as functions:
        yield functions


@pytest.fixture
def failing(
    aws: Aws, functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, FailingAws]]:
    """What stands in front of each service."""
    for module in ("upload_function", "restart_function"):
        monkeypatch.setattr(f"audio_translation.wiring.{module}.Clients", ImpatientClients)
    with FailingAws(aws.endpoint) as most, FailingAws(functions.url) as invoke:
        environ = {
            **aws.environment,
            "AWS_ENDPOINT_URL": most.url,
            "AWS_ENDPOINT_URL_LAMBDA": invoke.url,
            "BUCKET": BUCKET,
            "JOB_FUNCTION": FUNCTION,
            "JOB_TABLE": JOB_TABLE,
            "UPLOAD_JOBS_AT_ONCE": "2",
        }
        with mock.patch.dict(os.environ, environ):
            for made in (upload_function, restart_function):
                made.cache_clear()
            yield {"s3": most, "dynamodb": most, "lambda": invoke}
        for made in (upload_function, restart_function):
            made.cache_clear()


def test_an_upload_is_delivered_again_until_its_one_job_is_started(
    aws: Aws, functions: Functions, failing: dict[str, FailingAws]
) -> None:
    etag = aws.client("s3").put_object(Bucket=BUCKET, Key=_KEY, Body=b"x")["ETag"].strip('"')
    detail = {"bucket": {"name": BUCKET}, "object": {"key": _KEY, "etag": etag}}
    event = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
    batch = {"Records": [{"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}]}
    for service, where in _FAILURES:
        for fault in Fault:
            if fault is Fault.CUT_BODY or (where, fault) == ("HEAD", Fault.REFUSE):
                continue  # the one has no body, the other is an answer: it may not be read
            failing[service].fail(service, fault, where=where)
            answer = upload.handler(batch, _CONTEXT)
            assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}, (service, fault)
            with pytest.raises(ServiceError) as raised:
                upload.handler(event, _CONTEXT)
            assert type(raised.value) is (RateLimited if fault is Fault.THROTTLE else Internal)
            assert not re.search(f"{BUCKET}|{JOB_TABLE}|{TOLD_BY_AWS}", str(raised.value))
            failing[service].recover()
    assert upload.handler(batch, _CONTEXT) == {"batchItemFailures": []}
    assert len(functions.started) == 1
    assert aws.keys(BUCKET) == [_KEY], "no error is told beside it"


def test_a_lost_job_waits_until_it_can_be_started_again(
    functions: Functions, failing: dict[str, FailingAws]
) -> None:
    lost = json.loads((REPOSITORY / "events" / "restart-job.json").read_text())
    for fault in (one for one in Fault if one is not Fault.CUT_BODY):
        failing["lambda"].fail("lambda", fault)
        with pytest.raises(RateLimited if fault is Fault.THROTTLE else Internal) as raised:
            restart.handler(lost, _CONTEXT)
        assert not re.search(f"{FUNCTION}|{TOLD_BY_AWS}", str(raised.value))
        failing["lambda"].recover()
    restart.handler(lost, _CONTEXT)
    assert len(functions.started) == 1
